"""Variants, each as it is seen in a channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from db.prices import TAXED, tax_rates
from db.products import PUBLISHED, Key
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.pages import InvalidCursor, PageRequest, Slice, cut
from domain.pages import Key as SortKey

R = TypeVar("R", bound="VariantRow")


class VariantRow(Row):
    """``channel_id`` is the channel it is seen in, null where none was asked for."""

    id: int
    channel_id: int | None
    product_id: int
    name: str
    sku: str | None
    position: int
    track_inventory: bool
    weight: Decimal | None
    quantity_limit: int | None
    external_reference: str | None
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class PricedVariantRow(VariantRow):
    """A variant with what it costs in the channel, as ``VariantPriceRow`` has it.

    ``full`` and ``asked`` are null where it is not listed there.
    """

    variant_id: int
    full: Decimal | None
    asked: Decimal | None
    currency: str
    with_tax: bool
    tax_rate: Decimal


class CountRow(Row):
    """How many variants of a product are seen in a channel."""

    product_id: int
    channel_id: int | None
    number: int


# Written over ``variant`` and ``wanted.channel_id``.
COLUMNS = """
    variant.id, wanted.channel_id, variant.product_id, variant.name, variant.sku, variant.position,
    variant.track_inventory, variant.weight, variant.quantity_limit, variant.external_reference,
    variant.created_at, variant.updated_at, variant.meta, variant.private_meta
"""
LISTED = """
    exists (
        select from variant_listings as listed
         where listed.variant_id = variant.id and listed.channel_id = wanted.channel_id
    )
"""
BY_KEYS = Statement(f"""
    select {COLUMNS}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join product_variants as variant on variant.id = wanted.id
      left join product_listings as listing
        on listing.product_id = variant.product_id and listing.channel_id = wanted.channel_id
     where :all or {PUBLISHED} and {LISTED}
""")
PRODUCTS = """
    unnest(cast(:product_ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (product_id, channel_id)
"""
BY_PRODUCTS = Statement(f"""
    select {COLUMNS}
      from {PRODUCTS}
      join product_variants as variant on variant.product_id = wanted.product_id
     where :all or {LISTED}
     order by variant.product_id, variant.position, variant.id
""")
COUNTS = Statement(f"""
    select wanted.product_id, wanted.channel_id, count(variant.id) as number
      from {PRODUCTS}
      left join product_variants as variant
        on variant.product_id = wanted.product_id and (:all or {LISTED})
     group by wanted.product_id, wanted.channel_id
""")
PAGE = """
    select {columns}
      from {products}
     cross join lateral (
               select {inner_columns}
                 from {variants}
                where variant.product_id = wanted.product_id
                  and (:all or {listed})
                  and (
                      cast(:after_position as int) is null
                      or (variant.position, variant.id) > (:after_position, cast(:after_id as bigint))
                  )
                  and (
                      cast(:before_position as int) is null
                      or (variant.position, variant.id) < (:before_position, cast(:before_id as bigint))
                  )
                order by variant.position {way}, variant.id {way}
                limit cast(:size as int)
           ) as page
     order by page.position {way}, page.id {way}
"""
# Each way, by what a row brings. What a product is taxed at is looked up once for all of its variants.
PAGES: Mapping[type[VariantRow], Sequence[Statement]] = {
    VariantRow: [
        Statement(
            PAGE.format(
                columns="page.*",
                products=PRODUCTS,
                inner_columns=COLUMNS,
                variants="product_variants as variant",
                listed=LISTED,
                way=way,
            )
        )
        for way in ("asc", "desc")
    ],
    PricedVariantRow: [
        Statement(
            PAGE.format(
                columns=f"page.*, {TAXED}",
                products=f"""
                    {PRODUCTS}
                    join products as product on product.id = wanted.product_id
                    {tax_rates()}
                """,
                inner_columns=f"""
                    {COLUMNS}, variant.id as variant_id, sold.price_amount as full,
                    sold.discounted_amount as asked
                """,
                variants="""
                    product_variants as variant
                    left join variant_listings as sold
                      on sold.variant_id = variant.id and sold.channel_id = wanted.channel_id
                """,
                listed="sold.variant_id is not null",
                way=way,
            )
        )
        for way in ("asc", "desc")
    ],
}
ID_BY_SKU = Statement("select id from product_variants where sku = :sku")
ID_BY_REFERENCE = Statement("select id from product_variants where external_reference = :reference")


async def by_keys(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[VariantRow]:
    """Those the viewer may see: shoppers see what is listed in the channel, of products published there."""
    return await _by_keys(connection, keys, everything=viewer.sees_unpublished)


async def any_by_keys(connection: Connection, keys: Sequence[Key]) -> list[VariantRow]:
    """Listed or not: for whoever came to the variant by what may be seen, such as a line of a checkout."""
    return await _by_keys(connection, keys, everything=True)


async def _by_keys(connection: Connection, keys: Sequence[Key], *, everything: bool) -> list[VariantRow]:
    ids, channel_ids = zip(*keys, strict=True)
    return await BY_KEYS.rows(connection, VariantRow, ids=ids, channel_ids=channel_ids, all=everything)


async def by_products(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[VariantRow]:
    """All that the viewer may see of these products, which the viewer sees; in the merchant's order."""
    product_ids, channel_ids = zip(*keys, strict=True)
    return await BY_PRODUCTS.rows(
        connection, VariantRow, product_ids=product_ids, channel_ids=channel_ids, all=viewer.sees_unpublished
    )


async def counts_by_products(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[CountRow]:
    product_ids, channel_ids = zip(*keys, strict=True)
    return await COUNTS.rows(
        connection, CountRow, product_ids=product_ids, channel_ids=channel_ids, all=viewer.sees_unpublished
    )


async def pages_by_products(
    connection: Connection, keys: Sequence[Key], viewer: Viewer, request: PageRequest
) -> dict[Key, Slice[VariantRow]]:
    """The same page of each product's variants, in one statement."""
    return await _pages(connection, VariantRow, keys, viewer, request)


async def priced_pages_by_products(
    connection: Connection, keys: Sequence[Key], viewer: Viewer, request: PageRequest
) -> dict[Key, Slice[PricedVariantRow]]:
    """As ``pages_by_products``, with what they cost. Every key names a channel."""
    return await _pages(connection, PricedVariantRow, keys, viewer, request)


async def _pages(
    connection: Connection,
    kind: type[R],
    keys: Sequence[Key],
    viewer: Viewer,
    request: PageRequest,
) -> dict[Key, Slice[R]]:
    forward, backward = PAGES[kind]
    after, before = _position(request.after), _position(request.before)
    product_ids, channel_ids = zip(*keys, strict=True)
    rows = await (backward if request.backward else forward).rows(
        connection,
        kind,
        product_ids=product_ids,
        channel_ids=channel_ids,
        all=viewer.sees_unpublished,
        after_position=after[0],
        after_id=after[1],
        before_position=before[0],
        before_id=before[1],
        size=request.size + 1,
    )
    groups: dict[Key, list[R]] = {key: [] for key in keys}
    for row in rows:
        groups[row.product_id, row.channel_id].append(row)
    return {
        key: cut(found, [(row.position, row.id) for row in found], request) for key, found in groups.items()
    }


async def id_by_sku(connection: Connection, sku: str) -> int | None:
    found: int | None = await ID_BY_SKU.value(connection, sku=sku)
    return found


async def id_by_reference(connection: Connection, reference: str) -> int | None:
    found: int | None = await ID_BY_REFERENCE.value(connection, reference=reference)
    return found


def _position(key: SortKey | None) -> tuple[int | None, int | None]:
    """Raises ``InvalidCursor`` for a cursor of another list."""
    match key:
        case None:
            return None, None
        case (int(position), int(variant_id)):
            return position, variant_id
        case _:
            raise InvalidCursor("This is not a cursor of this list.")
