"""Warehouses, and which of them hand goods over to shoppers."""

from collections.abc import Sequence
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class WarehouseRow(Row):
    """``collection`` is DISABLED, LOCAL (only what lies there) or ALL."""

    id: int
    name: str
    slug: str
    email: str
    address_id: int | None
    is_private: bool
    collection: str
    meta: str
    private_meta: str


class CollectionPointRow(WarehouseRow):
    checkout_id: UUID


COLUMNS = """
    warehouse.id, warehouse.name, warehouse.slug, warehouse.email, warehouse.address_id, warehouse.is_private,
    warehouse.collection, warehouse.meta, warehouse.private_meta
"""
BY_IDS = Statement(f"select {COLUMNS} from warehouses as warehouse where warehouse.id = any(:ids)")
COLLECTION_POINTS = Statement(f"""
    select {COLUMNS}, checkout.id as checkout_id
      from checkouts as checkout
      join warehouse_channels as sold on sold.channel_id = checkout.channel_id
      join warehouses as warehouse on warehouse.id = sold.warehouse_id
     where checkout.id = any(:checkout_ids)
       and warehouse.address_id is not null
       and (
           warehouse.collection = 'ALL'
           or warehouse.collection = 'LOCAL' and not exists (
               select
                 from checkout_lines as line
                 join product_variants as variant on variant.id = line.variant_id and variant.track_inventory
                where line.checkout_id = checkout.id
                group by line.variant_id
               having sum(line.quantity) > coalesce((
                          select stock.on_hand - stock.allocated
                            from stocks as stock
                           where stock.variant_id = line.variant_id and stock.warehouse_id = warehouse.id
                      ), 0)
           )
       )
     order by checkout.id, sold.position, warehouse.id
""")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[WarehouseRow]:
    return await BY_IDS.rows(connection, WarehouseRow, ids=ids)


async def collection_points(connection: Connection, checkout_ids: Sequence[UUID]) -> list[CollectionPointRow]:
    """Where these checkouts' goods may be fetched: they lie there, or are brought there."""
    return await COLLECTION_POINTS.rows(connection, CollectionPointRow, checkout_ids=checkout_ids)
