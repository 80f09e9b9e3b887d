"""Ways of shipping: what a channel offers to a country, and what was offered to a checkout."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid4

from db.rows import Row
from db.statements import Connection, Statement
from domain.shipping import Inclusion, Method, MethodKind, PostalRange


class ShippingMethodRow(Row):
    """A method at a price: the channel's, or with a ``delivery_id`` the one that a checkout was offered."""

    id: int
    channel_id: int
    delivery_id: UUID | None
    name: str
    description: str | None
    kind: str
    minimum_delivery_days: int | None
    maximum_delivery_days: int | None
    minimum_order_amount: Decimal | None
    maximum_order_amount: Decimal | None
    is_active: bool
    price_amount: Decimal
    currency: str
    meta: str
    private_meta: str


class DeliveryRow(Row):
    id: UUID
    checkout_id: UUID
    shipping_method_id: int
    price_amount: Decimal
    checkout_version: int
    is_valid: bool


class _CandidateRow(Row):
    """``postal_ranges`` are (first, last or empty, inclusion)."""

    id: int
    kind: str
    price_amount: Decimal
    minimum_order_amount: Decimal | None
    maximum_order_amount: Decimal | None
    minimum_weight: Decimal | None
    maximum_weight: Decimal | None
    postal_ranges: list[list[str]]
    excluded_products: list[int]


METHOD = """
    method.id, method.name, method.description, method.kind, method.minimum_delivery_days,
    method.maximum_delivery_days, method.is_active, method.meta, method.private_meta
"""
DELIVERY = "id, checkout_id, shipping_method_id, price_amount, checkout_version, is_valid"
CANDIDATES = Statement("""
    select method.id, method.kind, listing.price_amount, listing.minimum_order_amount,
           listing.maximum_order_amount, method.minimum_weight, method.maximum_weight,
           array(
               select array[range.first, coalesce(range.last, ''), range.inclusion]
                 from shipping_method_postal_codes as range
                where range.shipping_method_id = method.id
           ) as postal_ranges,
           array(
               select excluded.product_id
                 from shipping_method_excluded_products as excluded
                where excluded.shipping_method_id = method.id
           ) as excluded_products
      from shipping_methods as method
      join shipping_method_listings as listing
        on listing.shipping_method_id = method.id and listing.channel_id = :channel_id
      join shipping_zones as zone on zone.id = method.shipping_zone_id
      join shipping_zone_channels as shown
        on shown.shipping_zone_id = zone.id and shown.channel_id = :channel_id
     where method.is_active
       and (
           cast(:country as text) = any(zone.countries)
           or zone.is_default and not exists (
               select
                 from shipping_zone_channels as other
                 join shipping_zones as named on named.id = other.shipping_zone_id
                where other.channel_id = :channel_id and cast(:country as text) = any(named.countries)
           )
       )
""")
WEIGHT = Statement("""
    select coalesce(sum(line.quantity * coalesce(variant.weight, product.weight, kind.weight, 0)), 0)
      from checkout_lines as line
      join product_variants as variant on variant.id = line.variant_id
      join products as product on product.id = variant.product_id
      join product_types as kind on kind.id = product.product_type_id
     where line.checkout_id = :checkout_id and kind.is_shipping_required
""")
METHODS = Statement(f"""
    select {METHOD}, wanted.channel_id, cast(null as uuid) as delivery_id, listing.minimum_order_amount,
           listing.maximum_order_amount, coalesce(listing.price_amount, 0) as price_amount,
           channel.currency_code as currency
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join shipping_methods as method on method.id = wanted.id
      join channels as channel on channel.id = wanted.channel_id
      left join shipping_method_listings as listing
        on listing.shipping_method_id = method.id and listing.channel_id = wanted.channel_id
""")
OFFERED_METHODS = Statement(f"""
    select {METHOD}, checkout.channel_id, delivery.id as delivery_id, listing.minimum_order_amount,
           listing.maximum_order_amount, delivery.price_amount, checkout.currency
      from checkout_deliveries as delivery
      join checkouts as checkout on checkout.id = delivery.checkout_id
      join shipping_methods as method on method.id = delivery.shipping_method_id
      left join shipping_method_listings as listing
        on listing.shipping_method_id = method.id and listing.channel_id = checkout.channel_id
     where delivery.id = any(:delivery_ids)
""")
DELIVERIES = Statement(f"select {DELIVERY} from checkout_deliveries where id = any(:ids)")
WITHDRAW = Statement("""
    update checkout_deliveries
       set is_valid = false, checkout_version = :version
     where checkout_id = :checkout_id and shipping_method_id <> all(:kept)
""")
OFFER = Statement(f"""
    insert into checkout_deliveries (id, checkout_id, shipping_method_id, price_amount, checkout_version)
    select offered.id, :checkout_id, offered.method_id, offered.price, :version
      from unnest(cast(:ids as uuid[]), cast(:method_ids as bigint[]), cast(:prices as numeric[]))
           as offered (id, method_id, price)
        on conflict (checkout_id, shipping_method_id) do update
       set price_amount = excluded.price_amount, checkout_version = excluded.checkout_version, is_valid = true
 returning {DELIVERY}
""")


async def candidates(connection: Connection, channel_id: int, country: str) -> list[Method]:
    """The active methods of the channel's zones for the country; a default zone takes what no other names."""
    rows = await CANDIDATES.rows(connection, _CandidateRow, channel_id=channel_id, country=country)
    return [
        Method(
            id=row.id,
            kind=MethodKind(row.kind),
            price=row.price_amount,
            minimum_order=row.minimum_order_amount,
            maximum_order=row.maximum_order_amount,
            minimum_weight=row.minimum_weight,
            maximum_weight=row.maximum_weight,
            postal_ranges=[
                PostalRange(first, last or None, Inclusion(inclusion))
                for first, last, inclusion in row.postal_ranges
            ],
            excluded_products=frozenset(row.excluded_products),
        )
        for row in rows
    ]


async def weight(connection: Connection, checkout_id: UUID) -> Decimal:
    """Grams of all that is shipped; what has no weight of its own has its product's, else its type's."""
    grams: Decimal = await WEIGHT.value(connection, checkout_id=checkout_id)
    return grams


async def methods(connection: Connection, keys: Sequence[tuple[int, int]]) -> list[ShippingMethodRow]:
    """Methods by (id, channel), at the channel's price: 0 where it does not list them."""
    return await METHODS.rows(
        connection,
        ShippingMethodRow,
        ids=[method for method, _ in keys],
        channel_ids=[channel for _, channel in keys],
    )


async def methods_by_delivery_ids(
    connection: Connection, delivery_ids: Sequence[UUID]
) -> list[ShippingMethodRow]:
    """Methods at the price at which a checkout was offered them."""
    return await OFFERED_METHODS.rows(connection, ShippingMethodRow, delivery_ids=delivery_ids)


async def deliveries_by_ids(connection: Connection, ids: Sequence[UUID]) -> list[DeliveryRow]:
    return await DELIVERIES.rows(connection, DeliveryRow, ids=ids)


async def offer(
    tx: Connection, checkout_id: UUID, version: int, methods: Sequence[Method]
) -> list[DeliveryRow]:
    """Make these the checkout's deliveries as of ``version``, in this order; any other is no longer valid.

    A method keeps the delivery that it had.
    """
    await WITHDRAW.run(tx, checkout_id=checkout_id, version=version, kept=[one.id for one in methods])
    if not methods:
        return []
    rows = await OFFER.rows(
        tx,
        DeliveryRow,
        checkout_id=checkout_id,
        version=version,
        ids=[uuid4() for _ in methods],
        method_ids=[one.id for one in methods],
        prices=[one.price for one in methods],
    )
    by_method = {row.shipping_method_id: row for row in rows}
    return [by_method[one.id] for one in methods]
