"""Where the demo shop sells, from where, and how it sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.seeding import Rows

US, PL = "default-channel", "channel-pln"

# Rates by country for the standard class, books, groceries. The standard one is also the country's own.
RATES: Mapping[str, tuple[str, str, str]] = {
    "US": ("0.08", "0.08", "0"),
    "CA": ("0.05", "0.05", "0"),
    "PL": ("0.23", "0.05", "0.05"),
    "DE": ("0.19", "0.07", "0.07"),
    "FR": ("0.2", "0.055", "0.055"),
    "NL": ("0.21", "0.09", "0.09"),
    "AT": ("0.2", "0.1", "0.1"),
}
TAX_CLASSES = ("Standard", "Books", "Groceries")
UNTAXED = "No tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of shipping. Prices are amounts of the zone's channel, weights grams, both ends included.

    ``places`` are ranges of postal codes that it is for, ``not_to`` ranges that it is not.
    """

    name: str
    price: str
    days: tuple[int, int]
    value: tuple[str | None, str | None] = (None, None)
    weight: tuple[int, int] | None = None
    places: Sequence[tuple[str, str]] = ()
    not_to: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    name: str
    channel: str
    countries: Sequence[str]
    warehouse: str
    ways: Sequence[Way]
    is_default: bool = False


ZONES = (
    Zone(
        "United States",
        US,
        ("US",),
        "hudson",
        (
            Way(name="Ground", price="5.90", days=(3, 6), value=(None, "74.99")),
            Way(name="Ground, on us", price="0", days=(3, 6), value=("75", None)),
            # Alaska and Hawaii are further away than a night.
            Way(
                name="Overnight",
                price="19.50",
                days=(1, 1),
                not_to=(("99500", "99999"), ("96700", "96899")),
            ),
            Way(name="Letter", price="2.90", days=(4, 8), weight=(0, 250)),
            Way(name="Bicycle, Manhattan only", price="9", days=(0, 0), places=(("10001", "10282"),)),
        ),
    ),
    Zone("Canada", US, ("CA",), "hudson", (Way(name="Parcel to Canada", price="12.90", days=(5, 10)),)),
    Zone(
        "Rest of the world",
        US,
        (),
        "hudson",
        (
            Way(name="Air mail, up to 1 kg", price="16.90", days=(8, 20), weight=(0, 1000)),
            Way(name="Air mail, up to 10 kg", price="39.90", days=(8, 20), weight=(1001, 10000)),
        ),
        is_default=True,
    ),
    Zone(
        "Polska",
        PL,
        ("PL",),
        "praga",
        (
            Way(name="Automat paczkowy", price="12.99", days=(1, 2), value=(None, "249.99")),
            Way(name="Automat paczkowy gratis", price="0", days=(1, 2), value=("250", None)),
            Way(name="Kurier", price="18.99", days=(1, 2), weight=(0, 5000)),
            Way(name="Kurier, ciężka paczka", price="29.99", days=(1, 3), weight=(5001, 30000)),
            Way(name="Tego samego dnia", price="24.99", days=(0, 0), places=(("00-001", "04-999"),)),
        ),
    ),
    Zone(
        "Unia Europejska",
        PL,
        ("DE", "FR", "NL", "AT"),
        "praga",
        (
            Way(name="Paczka do Europy", price="49.99", days=(3, 7), weight=(0, 5000)),
            Way(name="Ciężka paczka do Europy", price="89.99", days=(3, 7), weight=(5001, 30000)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Places:
    """Ids by slug, tax classes by name, shipping methods by name."""

    channels: Mapping[str, int]
    tax_classes: Mapping[str, int]
    warehouses: Mapping[str, int]
    methods: Mapping[str, int]


def furnish(rows: Rows) -> Places:
    """Channels, taxes, warehouses and shipping."""
    channels = {
        US: _channel(rows, US, "United States", currency="USD", country="US", with_tax=False),
        PL: _channel(rows, PL, "Polska", currency="PLN", country="PL", with_tax=True),
    }
    classes = _taxes(rows)
    warehouses = {
        "hudson": _warehouse(
            rows,
            "hudson",
            "Hudson Yard",
            collection="LOCAL",
            address={
                "street_address_1": "451 W 30th St",
                "city": "New York",
                "postal_code": "10001",
                "country": "US",
                "country_area": "NY",
            },
        ),
        "praga": _warehouse(
            rows,
            "praga",
            "Magazyn Praga",
            collection="ALL",
            address={
                "street_address_1": "ul. Ząbkowska 27",
                "city": "Warszawa",
                "postal_code": "03-736",
                "country": "PL",
                "country_area": "",
            },
        ),
    }
    for channel, position, warehouse in ((US, 0, "hudson"), (PL, 0, "praga"), (US, 1, "praga")):
        rows.put(
            "warehouse_channels",
            warehouse_id=warehouses[warehouse],
            channel_id=channels[channel],
            position=position,
        )
    methods: dict[str, int] = {}
    for zone in ZONES:
        methods |= _zone(rows, zone, channels[zone.channel], warehouses[zone.warehouse], classes["Standard"])
    return Places(channels, classes, warehouses, methods)


def rate_of(country: str, tax_class: str) -> Decimal:
    """0.23 is 23 %."""
    return Decimal(0) if tax_class == UNTAXED else Decimal(RATES[country][TAX_CLASSES.index(tax_class)])


def _channel(rows: Rows, slug: str, name: str, *, currency: str, country: str, with_tax: bool) -> int:
    return rows.add(
        "channels",
        name=name,
        slug=slug,
        currency_code=currency,
        default_country=country,
        prices_entered_with_tax=with_tax,
        payment_gateways=["matvis.dummy"],
        meta={"demo": "yes"},
    )


def _taxes(rows: Rows) -> dict[str, int]:
    classes = {name: rows.add("tax_classes", name=name) for name in (*TAX_CLASSES, UNTAXED)}
    for country, rates in RATES.items():
        rows.add("tax_rates", country=country, tax_class_id=None, rate=Decimal(rates[0]))
        rows.add("tax_rates", country=country, tax_class_id=classes[UNTAXED], rate=Decimal(0))
        for name, rate in zip(TAX_CLASSES, rates, strict=True):
            rows.add("tax_rates", country=country, tax_class_id=classes[name], rate=Decimal(rate))
    return classes


def _warehouse(rows: Rows, slug: str, name: str, *, collection: str, address: Mapping[str, str]) -> int:
    address_id = rows.add("addresses", company_name=name, **address)
    return rows.add(
        "warehouses",
        name=name,
        slug=slug,
        email=f"{slug}@example.com",
        address_id=address_id,
        is_private=False,
        collection=collection,
    )


def _zone(rows: Rows, zone: Zone, channel_id: int, warehouse_id: int, tax_class_id: int) -> dict[str, int]:
    zone_id = rows.add(
        "shipping_zones", name=zone.name, countries=list(zone.countries), is_default=zone.is_default
    )
    rows.put("shipping_zone_channels", shipping_zone_id=zone_id, channel_id=channel_id)
    rows.put("warehouse_shipping_zones", warehouse_id=warehouse_id, shipping_zone_id=zone_id)
    return {way.name: _way(rows, way, zone_id, channel_id, tax_class_id) for way in zone.ways}


def _way(rows: Rows, way: Way, zone_id: int, channel_id: int, tax_class_id: int) -> int:
    lightest, heaviest = way.weight or (None, None)
    method_id = rows.add(
        "shipping_methods",
        shipping_zone_id=zone_id,
        name=way.name,
        kind="PRICE" if way.weight is None else "WEIGHT",
        minimum_weight=lightest,
        maximum_weight=heaviest,
        minimum_delivery_days=way.days[0],
        maximum_delivery_days=way.days[1],
        tax_class_id=tax_class_id,
    )
    rows.put(
        "shipping_method_listings",
        shipping_method_id=method_id,
        channel_id=channel_id,
        price_amount=way.price,
        minimum_order_amount=way.value[0],
        maximum_order_amount=way.value[1],
    )
    for inclusion, ranges in (("INCLUDE", way.places), ("EXCLUDE", way.not_to)):
        for first, last in ranges:
            rows.add(
                "shipping_method_postal_codes",
                shipping_method_id=method_id,
                first=first,
                last=last,
                inclusion=inclusion,
            )
    return method_id
