"""Address books: limits, defaults, and hands that come at once."""

import asyncio

import pytest

from commands import addresses
from commands.accounts import profile
from commands.shop import Shop
from domain.access import Permission, Viewer
from domain.accounts import MAX_ADDRESSES, AddressDraft, AddressUse, Profile
from domain.refusals import Denied, Invalid, NotFound, Refused
from tests.factory import AnyRow, Factory

WARSAW = AddressDraft(
    fields={
        "first_name": "Ada",
        "last_name": "Byron",
        "street_address_1": "Tęczowa 7",
        "city": "Warszawa",
        "postal_code": "00-001",
        "country": "PL",
        "phone": "48 321 321 888",
    }
)


@pytest.fixture
async def ada(factory: Factory) -> AnyRow:
    return await factory.user("ada@example.com")


def viewer(person: AnyRow) -> Viewer:
    return Viewer(person.id, person.email)


async def defaults(factory: Factory, person: AnyRow) -> tuple[int | None, int | None]:
    """Billing, shipping."""
    (row,) = await factory.fetch("select * from users where id = $1", person.id)
    return row.default_billing_address_id, row.default_shipping_address_id


async def test_an_address_is_kept_the_countrys_way(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    made = await addresses.create(shop, viewer(ada), WARSAW, AddressUse.BILLING)

    (row,) = await factory.fetch("select * from addresses where user_id = $1", ada.id)
    assert (row.id, row.city, row.phone) == (made, "WARSZAWA", "+48321321888")
    assert await defaults(factory, ada) == (made, None)
    assert [event.kind for event in await factory.fetch("select kind from outbox")] == ["CustomerUpdated"]


async def test_all_that_is_wrong_is_told_at_once(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    draft = AddressDraft(fields={"country": "PL", "postal_code": "1", "phone": "x"}, meta={"": ""})

    with pytest.raises(Refused) as refused:
        await addresses.create(shop, viewer(ada), draft)

    assert [(one.field, one.code) for one in refused.value.refusals] == [
        ("streetAddress1", "REQUIRED"),
        ("city", "REQUIRED"),
        ("postalCode", "INVALID"),
        ("phone", "INVALID"),
        ("metadata", "REQUIRED"),
    ]
    assert await factory.value("select count(*) from addresses") == 0


async def test_only_staff_has_an_address_taken_unchecked(shop: Shop, ada: AnyRow) -> None:
    draft = AddressDraft(fields={"country": "PL"}, unchecked=True)
    clerk = Viewer(ada.id, ada.email, is_staff=True, permissions=frozenset({Permission.MANAGE_USERS}))

    with pytest.raises(Denied):
        await addresses.create(shop, viewer(ada), draft)
    with pytest.raises(Denied):
        await profile.update(shop, viewer(ada), Profile(default_addresses={AddressUse.BILLING: draft}))

    assert await addresses.create(shop, clerk, draft) > 0


async def test_the_last_place_in_a_book_is_given_once(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    for _ in range(MAX_ADDRESSES - 1):
        await factory.address(ada)

    answers = await asyncio.gather(
        *(addresses.create(shop, viewer(ada), WARSAW) for _ in range(5)), return_exceptions=True
    )

    assert [type(answer) for answer in answers if not isinstance(answer, int)] == [Invalid] * 4
    assert await factory.value("select count(*) from addresses") == MAX_ADDRESSES


async def test_a_deleted_default_is_none(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    row = await factory.address(ada)
    await addresses.set_default(shop, viewer(ada), row.id, AddressUse.SHIPPING)
    await addresses.set_default(shop, viewer(ada), row.id, AddressUse.BILLING)

    gone = await addresses.delete(shop, viewer(ada), row.id)

    assert (gone.id, gone.is_default_shipping_address) == (row.id, True)
    assert await defaults(factory, ada) == (None, None)


async def test_only_ones_own_book_can_be_changed(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    theirs = await factory.address(await factory.user())
    copy = await factory.address()

    for other in (theirs.id, copy.id, 999_999):
        with pytest.raises(NotFound):
            await addresses.update(shop, viewer(ada), other, WARSAW)
        with pytest.raises(NotFound):
            await addresses.delete(shop, viewer(ada), other)
        with pytest.raises(NotFound):
            await addresses.set_default(shop, viewer(ada), other, AddressUse.BILLING)

    assert await factory.value("select count(*) from addresses where city = 'New York'") == 2
    assert await defaults(factory, ada) == (None, None)


async def test_a_profile_changes_its_default_address_in_place(
    shop: Shop, factory: Factory, ada: AnyRow
) -> None:
    row = await factory.address(ada)
    await addresses.set_default(shop, viewer(ada), row.id, AddressUse.SHIPPING)
    moved = AddressDraft(fields={"street_address_1": "2 Side Street"}, meta={"floor": "3"})

    await profile.update(shop, viewer(ada), Profile(default_addresses={AddressUse.SHIPPING: moved}))

    (kept,) = await factory.fetch("select * from addresses")
    assert (kept.id, kept.street_address_1, kept.meta) == (row.id, "2 Side Street", '{"floor": "3"}')


async def test_a_default_for_both_is_not_changed_for_one(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    row = await factory.address(ada)
    for use in AddressUse:
        await addresses.set_default(shop, viewer(ada), row.id, use)

    await profile.update(shop, viewer(ada), Profile(default_addresses={AddressUse.BILLING: WARSAW}))

    billing, shipping = await defaults(factory, ada)
    assert shipping == row.id
    assert await factory.value("select city from addresses where id = $1", billing) == "WARSZAWA"
    assert await factory.value("select city from addresses where id = $1", shipping) == "New York"


async def test_a_profile_is_changed_in_whole_or_not_at_all(shop: Shop, factory: Factory, ada: AnyRow) -> None:
    wrong = AddressDraft(fields={"country": "PL"})

    with pytest.raises(Refused) as refused:
        await profile.update(
            shop,
            viewer(ada),
            Profile(
                first_name="Augusta",
                last_name="B\0",
                default_addresses={AddressUse.BILLING: wrong, AddressUse.SHIPPING: WARSAW},
            ),
        )

    assert {(one.field, one.facts.get("address_type")) for one in refused.value.refusals} == {
        ("lastName", None),
        ("streetAddress1", AddressUse.BILLING),
        ("city", AddressUse.BILLING),
        ("postalCode", AddressUse.BILLING),
    }
    assert await factory.value("select first_name from users") == ""
    assert await factory.value("select count(*) from addresses") == 0
