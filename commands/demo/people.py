"""Who works in the demo shop, and who buys there. Nobody here exists; example.com receives no mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.seeding import Rows
from domain.access import Permission
from domain.accounts import new_token_key

SUPPORT = (
    Permission.MANAGE_ORDERS,
    Permission.MANAGE_CHECKOUTS,
    Permission.HANDLE_CHECKOUTS,
    Permission.MANAGE_USERS,
)


@dataclass(frozen=True, slots=True)
class Place:
    street: str
    city: str
    postal_code: str
    country: str
    area: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; the first of ``places`` is where their parcels go, the last gets the bill."""

    email: str
    first_name: str
    last_name: str
    places: Sequence[Place] = ()
    language: str = "EN"
    group: str | None = None


ADMIN = Person("admin@example.com", "Robin", "Maas", group="Full access")
HELPER = Person("support@example.com", "Sanne", "Oyelaran", group="Customer support")
ADA = Person(
    "customer@example.com",
    "Dorothy",
    "Finch",
    (
        Place("212 W 18th St", "New York", "10011", "US", "NY", "+12125550147"),
        Place("64 Warren Rd", "Portland", "97205", "US", "OR"),
    ),
)
OLA = Person(
    "klient@example.com",
    "Ola",
    "Zielińska",
    (
        Place("ul. Józefa 14", "Kraków", "31-056", "PL", "", "+48126190000"),
        Place("ul. Targowa 3", "Warszawa", "03-728", "PL"),
    ),
    "PL",
)
LOGINS = (ADMIN, HELPER, ADA, OLA)
"""Those who may log in; the others are there for their orders."""
CUSTOMERS = (
    ADA,
    OLA,
    Person(
        "b.lindqvist@example.com",
        "Britt",
        "Lindqvist",
        (Place("1407 N Damen Ave", "Chicago", "60622", "US", "IL"),),
    ),
    Person(
        "kwame.asante@example.com",
        "Kwame",
        "Asante",
        (Place("55 Valencia St", "San Francisco", "94103", "US", "CA"),),
    ),
    Person(
        "jp.tremblay@example.com",
        "Jean-Paul",
        "Tremblay",
        (Place("320 Rue Saint-Paul", "Québec", "G1K 3W8", "CA", "QC"),),
    ),
    Person(
        "marek.sowa@example.com", "Marek", "Sowa", (Place("ul. Długa 45", "Gdańsk", "80-831", "PL"),), "PL"
    ),
    Person(
        "h.brandt@example.com", "Hanne", "Brandt", (Place("Oranienstraße 18", "Berlin", "10999", "DE"),), "DE"
    ),
)


def admit(rows: Rows, hashes: Mapping[str, str], now: datetime) -> dict[str, int]:
    """Staff and customers with their address books; ids by e-mail. ``hashes`` are of passwords, by e-mail."""
    groups = {
        "Full access": _group(rows, "Full access", tuple(Permission)),
        "Customer support": _group(rows, "Customer support", SUPPORT),
    }
    people = {}
    for index, person in enumerate((ADMIN, HELPER, *CUSTOMERS)):
        user_id = rows.add(
            "users",
            email=person.email,
            password_hash=hashes.get(person.email),
            first_name=person.first_name,
            last_name=person.last_name,
            is_staff=person.group is not None,
            is_confirmed=True,
            language_code=person.language,
            default_shipping_address_id=None,
            default_billing_address_id=None,
            token_key=new_token_key(),
            date_joined=now - timedelta(days=200 - 9 * index),
        )
        people[person.email] = user_id
        if person.group is not None:
            rows.put("user_groups", user_id=user_id, group_id=groups[person.group])
        book = [write_address(rows, person, place, user_id) for place in person.places]
        if book:
            rows.change(
                "users", user_id, default_shipping_address_id=book[0], default_billing_address_id=book[-1]
            )
    return people


def write_address(rows: Rows, person: Person, place: Place, user_id: int | None = None) -> int:
    """An address in somebody's book, or without ``user_id`` one that an order keeps."""
    return rows.add(
        "addresses",
        user_id=user_id,
        first_name=person.first_name,
        last_name=person.last_name,
        street_address_1=place.street,
        city=place.city,
        postal_code=place.postal_code,
        country=place.country,
        country_area=place.area,
        phone=place.phone,
    )


def _group(rows: Rows, name: str, permissions: Sequence[Permission]) -> int:
    group_id = rows.add("groups", name=name)
    for permission in permissions:
        rows.put("group_permissions", group_id=group_id, permission=permission)
    return group_id
