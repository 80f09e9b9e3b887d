"""Shelves as the life of an order moves them: units promised, sent, given up, and put back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain.sending import Move, Place
from domain.stocks import Allocation


class _PromiseRow(Row):
    line_id: UUID
    stock_id: int
    quantity: int


class _PlaceRow(Row):
    stock_id: int
    warehouse_id: int
    variant_id: int
    on_hand: int
    free: int


PROMISES = Statement("""
    select promised.order_line_id as line_id, promised.stock_id, promised.quantity
      from allocations as promised
      join order_lines as line on line.id = promised.order_line_id
     where line.order_id = :order_id
     order by promised.id
""")
OPEN_SHELVES = Statement("""
    insert into stocks (warehouse_id, variant_id)
    select wanted.warehouse_id, wanted.variant_id
      from unnest(cast(:warehouse_ids as bigint[]), cast(:variant_ids as bigint[]))
           as wanted (warehouse_id, variant_id)
      join warehouses on warehouses.id = wanted.warehouse_id
      join product_variants on product_variants.id = wanted.variant_id
     order by wanted.warehouse_id, wanted.variant_id
        on conflict do nothing
""")
LOCK = Statement("""
    select stock.id
      from stocks as stock
     where stock.id = any(:stock_ids)
        or (stock.warehouse_id, stock.variant_id) in (
               select warehouse_id, variant_id
                 from unnest(cast(:warehouse_ids as bigint[]), cast(:variant_ids as bigint[]))
                      as wanted (warehouse_id, variant_id)
           )
     order by stock.warehouse_id, stock.variant_id
       for update of stock
""")
PLACES = Statement("""
    select stock.id as stock_id, stock.warehouse_id, stock.variant_id, stock.on_hand,
           (stock.on_hand - stock.allocated - coalesce((
               select sum(held.quantity)
                 from reservations as held
                where held.stock_id = stock.id and held.expires_at > :now
           ), 0))::int as free
      from stocks as stock
     where stock.id = any(:stock_ids)
     order by stock.warehouse_id, stock.variant_id
""")
MOVE = Statement("""
    with given as (
        select line_id, stock_id, promised, on_hand
          from unnest(
                   cast(:line_ids as uuid[]),
                   cast(:stock_ids as bigint[]),
                   cast(:promised as int[]),
                   cast(:on_hand as int[])
               ) as given (line_id, stock_id, promised, on_hand)
    ),
    fewer as (
        update allocations as known
           set quantity = known.quantity + given.promised
          from given
         where known.order_line_id = given.line_id and known.stock_id = given.stock_id
           and given.promised < 0 and known.quantity + given.promised > 0
    ),
    gone as (
        delete from allocations as known
         using given
         where known.order_line_id = given.line_id and known.stock_id = given.stock_id
           and known.quantity + given.promised = 0
    ),
    more as (
        insert into allocations as known (order_line_id, stock_id, quantity)
        select line_id, stock_id, promised from given where promised > 0
            on conflict (order_line_id, stock_id) do update set quantity = known.quantity + excluded.quantity
    ),
    summed as (
        select stock_id, sum(promised) as promised, sum(on_hand) as on_hand from given group by stock_id
    ),
    moved as (
        insert into stock_movements (stock_id, quantity, cause, reference, created_at)
        select stock_id, on_hand, :cause, :reference, :now from summed where on_hand <> 0
    )
    update stocks as stock
       set allocated = stock.allocated + summed.promised, on_hand = stock.on_hand + summed.on_hand
      from summed
     where stock.id = summed.stock_id
""")


async def promises(tx: Connection, order_id: UUID) -> list[Allocation]:
    """What the order's lines are promised, the oldest promise first."""
    rows = await PROMISES.rows(tx, _PromiseRow, order_id=order_id)
    return [Allocation(row.line_id, row.stock_id, row.quantity) for row in rows]


async def lock(
    tx: Connection,
    stock_ids: Iterable[int],
    wanted: Iterable[tuple[int, int]] = (),
    *,
    now: datetime,
    opened: bool = False,
) -> list[Place]:
    """These shelves, and those of ``wanted`` (warehouse, variant), held until the transaction ends.

    Locked in (warehouse, variant) order. ``opened``: a wanted one that is not there is made,
    where there are such a warehouse and such a variant.
    """
    pairs = sorted(set(wanted))
    named = {
        "warehouse_ids": [warehouse_id for warehouse_id, _ in pairs],
        "variant_ids": [variant_id for _, variant_id in pairs],
    }
    if opened and pairs:
        await OPEN_SHELVES.run(tx, **named)
    locked = await tx.fetch(LOCK.text, *LOCK.arguments({"stock_ids": list(stock_ids), **named}))
    # Whoever held the locks before us may have changed units since that statement began.
    rows = await PLACES.rows(tx, _PlaceRow, stock_ids=[row["id"] for row in locked], now=now)
    return [Place(row.stock_id, row.warehouse_id, row.variant_id, row.on_hand, row.free) for row in rows]


async def move(tx: Connection, moves: Sequence[Move], *, cause: str, reference: UUID, now: datetime) -> None:
    """Change what is promised and what is on hand. The shelves are locked; one move a line and shelf."""
    if not moves:
        return
    changed = await MOVE.run(
        tx,
        line_ids=[one.line_id for one in moves],
        stock_ids=[one.stock_id for one in moves],
        promised=[one.promised for one in moves],
        on_hand=[one.on_hand for one in moves],
        cause=cause,
        reference=str(reference),
        now=now,
    )
    assert changed == len({one.stock_id for one in moves}), "planned over shelves that are locked"
