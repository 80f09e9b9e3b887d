"""Stock: units on hand, promised to orders, and held for checkouts that are being paid.

Up to its backorder limit, more of a stock may be promised and held than is on hand.

Every taker goes through ``lock``, which takes rows in (warehouse, variant) order: those who want the same
units queue.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain.stocks import Allocation, Arrival, Shelf, Shelves, Take

ABOUT_TO_EXPIRE = timedelta(minutes=1)  # longer than any transaction lasts


class AvailableRow(Row):
    """``quantity`` is null for a variant whose stock is not tracked: it never runs out."""

    variant_id: int
    channel_id: int
    quantity: int | None


class _UnsoldRow(Row):
    variant_id: int
    quantity: int


class _ShelfRow(Row):
    stock_id: int
    variant_id: int
    free: int
    backorder: int


# A warehouse tied to shipping zones sends to their countries, one tied to none sends anywhere. A default zone
# stands for the countries that no other zone of the channel names.
SENDS_THERE = """
    (
        cast(:country as text) is null
        or not exists (
            select from warehouse_shipping_zones as tie where tie.warehouse_id = stock.warehouse_id
        )
        or exists (
            select
              from warehouse_shipping_zones as tie
              join shipping_zone_channels as listed
                on listed.shipping_zone_id = tie.shipping_zone_id and listed.channel_id = sold.channel_id
              join shipping_zones as zone on zone.id = tie.shipping_zone_id
             where tie.warehouse_id = stock.warehouse_id
               and (
                   cast(:country as text) = any(zone.countries)
                   or zone.is_default and not exists (
                       select
                         from shipping_zone_channels as other
                         join shipping_zones as named on named.id = other.shipping_zone_id
                        where other.channel_id = sold.channel_id
                          and cast(:country as text) = any(named.countries)
                   )
               )
        )
    )
"""
HELD_FOR_OTHERS = """
    select coalesce(sum(held.quantity), 0)
      from reservations as held
     where held.stock_id = stock.id
       and held.expires_at > coalesce(cast(:now as timestamptz), now())
       and held.checkout_id is distinct from cast(:checkout_id as uuid)
"""
AVAILABLE = Statement(f"""
    select wanted.variant_id, wanted.channel_id,
           case when variant.track_inventory then coalesce((
               select sum(greatest(
                          stock.on_hand + stock.backorder_limit - stock.allocated - ({HELD_FOR_OTHERS}), 0
                      ))
                 from stocks as stock
                 join warehouse_channels as sold
                   on sold.warehouse_id = stock.warehouse_id and sold.channel_id = wanted.channel_id
                where stock.variant_id = wanted.variant_id and {SENDS_THERE}
           ), 0)::bigint end as quantity
      from (
               select distinct variant_id, channel_id
                 from unnest(cast(:variant_ids as bigint[]), cast(:channel_ids as bigint[]))
                      as given (variant_id, channel_id)
           ) as wanted
      join product_variants as variant on variant.id = wanted.variant_id
""")
UNSOLD = Statement("""
    select variant.id as variant_id,
           coalesce(sum(greatest(stock.on_hand - stock.allocated, 0)), 0)::bigint as quantity
      from product_variants as variant
      left join stocks as stock on stock.variant_id = variant.id
     where variant.id = any(:variant_ids) and variant.track_inventory
     group by variant.id
""")
LOCK = Statement(f"""
    select stock.id
      from stocks as stock
      join warehouse_channels as sold
        on sold.warehouse_id = stock.warehouse_id and sold.channel_id = :channel_id
      join product_variants as variant on variant.id = stock.variant_id and variant.track_inventory
     where stock.variant_id = any(:variant_ids) and {SENDS_THERE}
     order by stock.warehouse_id, stock.variant_id
       for update of stock
""")
UNTRACKED = Statement("""
    select id from product_variants where id = any(:variant_ids) and not track_inventory
""")
SHELVES = Statement(f"""
    select stock.id as stock_id, stock.variant_id,
           greatest(counted.free, 0)::bigint as free,
           greatest(stock.backorder_limit + least(counted.free, 0), 0)::bigint as backorder
      from stocks as stock
     cross join lateral (
               select stock.on_hand - stock.allocated - ({HELD_FOR_OTHERS}) as free
           ) as counted
      join warehouse_channels as sold
        on sold.warehouse_id = stock.warehouse_id and sold.channel_id = :channel_id
     where stock.id = any(:stock_ids)
     order by sold.position, stock.warehouse_id, stock.variant_id
""")
RESERVE = Statement("""
    insert into reservations (checkout_id, stock_id, quantity, expires_at)
    select :checkout_id, wanted.stock_id, wanted.quantity, :expires_at
      from unnest(cast(:stock_ids as bigint[]), cast(:quantities as int[])) as wanted (stock_id, quantity)
""")
RELEASE = Statement("delete from reservations where checkout_id = :checkout_id")
EXTEND = Statement("""
    update reservations set expires_at = greatest(expires_at, :until)
     where checkout_id = :checkout_id and expires_at > :sound
""")
ALLOCATE = Statement("""
    with wanted as (
        select given.order_line_id, given.stock_id, given.quantity
          from unnest(cast(:line_ids as uuid[]), cast(:stock_ids as bigint[]), cast(:quantities as int[]))
               as given (order_line_id, stock_id, quantity)
    ),
    promised as (
        insert into allocations (order_line_id, stock_id, quantity)
        select order_line_id, stock_id, quantity from wanted
    )
    update stocks as stock
       set allocated = stock.allocated + summed.quantity
      from (select stock_id, sum(quantity) as quantity from wanted group by stock_id) as summed
     where stock.id = summed.stock_id
       and stock.allocated + summed.quantity <= stock.on_hand + stock.backorder_limit
""")
# The row proposed for insertion is checked though another is there already: units that leave would fail as a
# row of their own, so such a row is proposed empty.
RECEIVE = Statement("""
    with given as materialized (
        select given.warehouse_id, given.variant_id, given.quantity,
               exists (
                   select
                     from stocks as known
                    where known.warehouse_id = given.warehouse_id and known.variant_id = given.variant_id
               ) as is_known
          from unnest(
                   cast(:warehouse_ids as bigint[]),
                   cast(:variant_ids as bigint[]),
                   cast(:quantities as int[])
               ) as given (warehouse_id, variant_id, quantity)
    ),
    moved as (
        insert into stocks as stock (warehouse_id, variant_id, on_hand)
        select warehouse_id, variant_id, case when is_known then greatest(quantity, 0) else quantity end
          from given
         order by warehouse_id, variant_id
            on conflict (variant_id, warehouse_id) do update
           set on_hand = stock.on_hand + (
                   select given.quantity
                     from given
                    where given.warehouse_id = excluded.warehouse_id
                      and given.variant_id = excluded.variant_id
               )
        returning stock.id, stock.warehouse_id, stock.variant_id
    )
    insert into stock_movements (stock_id, quantity, cause, reference)
    select moved.id, given.quantity, :cause, :reference
      from moved join given using (warehouse_id, variant_id)
""")
LIMIT_BACKORDERS = Statement("update stocks set backorder_limit = :units where id = :stock_id")


async def available(
    connection: Connection,
    keys: Sequence[tuple[int, int]],
    *,
    country: str | None = None,
    checkout_id: UUID | None = None,
    now: datetime | None = None,
) -> list[AvailableRow]:
    """Units that can be bought, for each (variant, channel) of ``keys`` whose variant exists; in no order.

    They are on hand, or may be promised before they are.

    With ``country``, only what is sent there counts; what is held for ``checkout_id`` counts as free.
    ``now`` is what reservations expire by, the database's time where left out.
    """
    return await AVAILABLE.rows(
        connection,
        AvailableRow,
        variant_ids=[variant_id for variant_id, _ in keys],
        channel_ids=[channel_id for _, channel_id in keys],
        country=country,
        checkout_id=checkout_id,
        now=now,
    )


async def unsold(connection: Connection, variant_ids: Sequence[int]) -> dict[int, int]:
    """Units on hand in all warehouses that are not sold, by variant.

    One whose stock is not tracked is left out.
    """
    rows = await UNSOLD.rows(connection, _UnsoldRow, variant_ids=variant_ids)
    return {row.variant_id: row.quantity for row in rows}


async def lock(
    tx: Connection,
    channel_id: int,
    variant_ids: Sequence[int],
    *,
    now: datetime,
    checkout_id: UUID | None = None,
    country: str | None = None,
) -> Shelves:
    """The shelves these variants are sold from, first warehouse first, held until the transaction ends.

    Locked in (warehouse, variant) order. ``country``, ``checkout_id`` and ``now`` as in ``available``.
    """
    locked = await tx.fetch(
        LOCK.text, *LOCK.arguments({"channel_id": channel_id, "variant_ids": variant_ids, "country": country})
    )
    # Whoever held the locks before us may have reserved units since the statement above began: only a new one
    # sees them.
    rows = await SHELVES.rows(
        tx,
        _ShelfRow,
        channel_id=channel_id,
        stock_ids=[row["id"] for row in locked],
        checkout_id=checkout_id,
        now=now,
    )
    untracked = await tx.fetch(UNTRACKED.text, *UNTRACKED.arguments({"variant_ids": variant_ids}))
    return Shelves(
        [Shelf(row.stock_id, row.variant_id, row.free, row.backorder) for row in rows],
        frozenset(row["id"] for row in untracked),
    )


async def reserve(tx: Connection, checkout_id: UUID, takes: Sequence[Take], expires_at: datetime) -> None:
    """Hold these units for the checkout, in place of whatever was held for it. The shelves are locked."""
    await release(tx, checkout_id)
    await RESERVE.run(
        tx,
        checkout_id=checkout_id,
        stock_ids=[take.stock_id for take in takes],
        quantities=[take.quantity for take in takes],
        expires_at=expires_at,
    )


async def extend(tx: Connection, checkout_id: UUID, until: datetime, *, now: datetime) -> bool:
    """Hold on what is held for the checkout; whether anything was.

    What is about to expire counts as gone: a taker who waits for a lock may have seen it expire.
    """
    return await EXTEND.run(tx, checkout_id=checkout_id, until=until, sound=now + ABOUT_TO_EXPIRE) > 0


async def release(tx: Connection, checkout_id: UUID) -> None:
    """Hold nothing for the checkout any more."""
    await RELEASE.run(tx, checkout_id=checkout_id)


async def allocate(tx: Connection, allocations: Sequence[Allocation]) -> None:
    """Promise these units to their order lines. The shelves are locked and were found to have them."""
    changed = await ALLOCATE.run(
        tx,
        line_ids=[one.line_id for one in allocations],
        stock_ids=[one.stock_id for one in allocations],
        quantities=[one.quantity for one in allocations],
    )
    assert changed == len({one.stock_id for one in allocations}), "planned over shelves that are locked"


async def receive(tx: Connection, arrivals: Sequence[Arrival], *, cause: str, reference: str = "") -> None:
    """Count units in: at most one arrival for a shelf, which is made where there is none."""
    await RECEIVE.run(
        tx,
        warehouse_ids=[one.warehouse_id for one in arrivals],
        variant_ids=[one.variant_id for one in arrivals],
        quantities=[one.quantity for one in arrivals],
        cause=cause,
        reference=reference,
    )


async def limit_backorders(tx: Connection, stock_id: int, units: int) -> None:
    """Let so many units be promised beyond what is on hand. The shelf is locked, and allows for it."""
    await LIMIT_BACKORDERS.run(tx, stock_id=stock_id, units=units)
