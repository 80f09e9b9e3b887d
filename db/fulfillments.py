"""What is sent of orders and what comes back. The order is locked by whoever asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from db.rows import Row
from db.statements import Connection, Statement
from domain.fulfillments import Line
from domain.orders import FulfillmentStatus
from domain.sending import Packed


class ShipmentRow(Row):
    """A shipment as far as undoing it goes."""

    id: UUID
    order_id: UUID
    number: int
    status: str
    tracking_number: str


class PackedRow(Row):
    """``warehouse_id`` and ``variant_id`` are the shelf's it came from, null where stock is not counted."""

    id: int
    fulfillment_id: UUID
    order_line_id: UUID
    stock_id: int | None
    warehouse_id: int | None
    variant_id: int | None
    quantity: int


class _LineRow(Row):
    id: UUID
    variant_id: int | None
    quantity: int
    settled: int
    returned: int
    is_tracked: bool


LINES = Statement("""
    select line.id, line.variant_id, line.quantity, line.quantity_fulfilled as settled,
           coalesce(back.quantity, 0)::int as returned,
           coalesce(variant.track_inventory, false) as is_tracked
      from order_lines as line
      left join product_variants as variant on variant.id = line.variant_id
      left join (
               select packed.order_line_id, sum(packed.quantity) as quantity
                 from fulfillments as shipment
                 join fulfillment_lines as packed on packed.fulfillment_id = shipment.id
                where shipment.order_id = :order_id
                  and shipment.status in ('RETURNED', 'REFUNDED_AND_RETURNED', 'REPLACED')
                group by packed.order_line_id
           ) as back on back.order_line_id = line.id
     where line.order_id = :order_id
     order by line.position, line.id
""")
SHIPMENT = Statement("select id, order_id, number, status, tracking_number from fulfillments where id = :id")
SHIPMENTS = Statement("""
    select id, order_id, number, status, tracking_number
      from fulfillments
     where order_id = :order_id
     order by number, id
""")
PACKED = Statement("""
    select packed.id, packed.fulfillment_id, packed.order_line_id, packed.stock_id, stock.warehouse_id,
           stock.variant_id, packed.quantity
      from fulfillment_lines as packed
      left join stocks as stock on stock.id = packed.stock_id
     where packed.fulfillment_id = any(:ids)
     order by packed.id
""")
INSERT = Statement("""
    insert into fulfillments (id, order_id, number, status, tracking_number, created_at)
    select :id, cast(:order_id as uuid), coalesce(max(number), 0) + 1, :status, :tracking_number, :now
      from fulfillments
     where order_id = cast(:order_id as uuid)
""")
PACK = Statement("""
    insert into fulfillment_lines (fulfillment_id, order_line_id, stock_id, quantity)
    select :id, packed.line_id, packed.stock_id, packed.quantity
      from unnest(cast(:line_ids as uuid[]), cast(:stock_ids as bigint[]), cast(:quantities as int[]))
           with ordinality as packed (line_id, stock_id, quantity, place)
     order by packed.place
""")
SETTLE = Statement("""
    update order_lines as line
       set quantity_fulfilled = line.quantity_fulfilled + given.units
      from unnest(cast(:line_ids as uuid[]), cast(:units as int[])) as given (line_id, units)
     where line.id = given.line_id
""")
UNPACK = Statement("""
    with given as (
        select id, units from unnest(cast(:ids as bigint[]), cast(:units as int[])) as given (id, units)
    ),
    gone as (
        delete from fulfillment_lines as packed using given
         where packed.id = given.id and packed.quantity = given.units
    )
    update fulfillment_lines as packed
       set quantity = packed.quantity - given.units
      from given
     where packed.id = given.id and packed.quantity > given.units
""")
DROP_EMPTY = Statement("""
    delete from fulfillments as shipment
     where shipment.id = any(:ids)
       and not exists (select from fulfillment_lines as packed where packed.fulfillment_id = shipment.id)
""")
MARK = Statement("update fulfillments set status = :status where id = :id")
TRACK = Statement("update fulfillments set tracking_number = :tracking_number where id = :id")


async def lines(tx: Connection, order_id: UUID) -> list[Line]:
    """The order's lines as they stand."""
    rows = await LINES.rows(tx, _LineRow, order_id=order_id)
    return [
        Line(row.id, row.variant_id, row.quantity, row.settled, row.returned, row.is_tracked) for row in rows
    ]


async def shipment(connection: Connection, id: UUID) -> ShipmentRow | None:
    return await SHIPMENT.row(connection, ShipmentRow, id=id)


async def shipments(connection: Connection, order_id: UUID) -> list[ShipmentRow]:
    """Those of an order, by number."""
    return await SHIPMENTS.rows(connection, ShipmentRow, order_id=order_id)


async def packed(connection: Connection, ids: Sequence[UUID]) -> list[PackedRow]:
    """What is in these shipments, in the order in which it was packed."""
    return await PACKED.rows(connection, PackedRow, ids=ids)


async def insert(
    tx: Connection,
    order_id: UUID,
    status: FulfillmentStatus,
    contents: Sequence[Packed],
    *,
    tracking_number: str = "",
    now: datetime,
) -> UUID:
    """A shipment, under the order's next number."""
    shipment_id = uuid4()
    await INSERT.run(
        tx, id=shipment_id, order_id=order_id, status=status, tracking_number=tracking_number, now=now
    )
    await PACK.run(
        tx,
        id=shipment_id,
        line_ids=[one.line_id for one in contents],
        stock_ids=[one.stock_id for one in contents],
        quantities=[one.quantity for one in contents],
    )
    return shipment_id


async def settle(tx: Connection, units: Mapping[UUID, int]) -> None:
    """So many units more (or, below 0, fewer) of each line are in shipments."""
    await SETTLE.run(tx, line_ids=list(units), units=list(units.values()))


async def unpack(tx: Connection, units: Mapping[int, int], shipment_ids: Sequence[UUID]) -> None:
    """Take these units (by line of a shipment) out; one of ``shipment_ids`` that is then empty is gone."""
    await UNPACK.run(tx, ids=list(units), units=list(units.values()))
    await DROP_EMPTY.run(tx, ids=shipment_ids)


async def mark(tx: Connection, id: UUID, status: FulfillmentStatus) -> None:
    """Say what has become of the shipment."""
    await MARK.run(tx, id=id, status=status)


async def track(tx: Connection, id: UUID, tracking_number: str) -> None:
    """The carrier's number for the shipment."""
    await TRACK.run(tx, id=id, tracking_number=tracking_number)
