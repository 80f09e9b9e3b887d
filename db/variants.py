"""Variants, each as it is seen in a channel."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from db.products import PUBLISHED, Key
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer


class VariantRow(Row):
    """``channel_id`` is the channel it is seen in, null where none was asked for.

    Lean rows have the columns of ``LEAN`` and no others.
    """

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


class CountRow(Row):
    """How many variants of a product are seen in a channel."""

    product_id: int
    channel_id: int | None
    number: int


# Written over ``variant`` and ``wanted.channel_id``. Most lists show no more than the lean ones.
LEAN_COLUMNS = """
    variant.id, wanted.channel_id, variant.product_id, variant.name, variant.sku, variant.position,
    variant.track_inventory, variant.quantity_limit
"""
COLUMNS = f"""
    {LEAN_COLUMNS}, variant.weight, variant.external_reference, variant.created_at, variant.updated_at,
    variant.meta, variant.private_meta
"""
LEAN = frozenset(name.strip().partition(".")[2] for name in LEAN_COLUMNS.split(","))
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


async def id_by_sku(connection: Connection, sku: str) -> int | None:
    found: int | None = await ID_BY_SKU.value(connection, sku=sku)
    return found


async def id_by_reference(connection: Connection, reference: str) -> int | None:
    found: int | None = await ID_BY_REFERENCE.value(connection, reference=reference)
    return found
