"""Stock, against Postgres."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from db import stocks
from db.pool import Database
from db.tables import checkouts, orders
from domain.stocks import Allocation, Arrival, InsufficientStock, Shelf, Shelves, Take, plan
from tests.factory import AnyRow, Factory
from tests.statements import Statements

SOON = timedelta(minutes=15)


async def checkout(factory: Factory, channel: AnyRow) -> UUID:
    row = await factory.add(checkouts.Checkouts, channel_id=channel.id, currency="USD", country="US")
    key: UUID = row.id
    return key


async def order_line(factory: Factory, channel: AnyRow, variant: AnyRow, quantity: int) -> UUID:
    order = await factory.add(orders.Orders, channel_id=channel.id, currency="USD")
    nothing = dict.fromkeys(
        [
            f"{of}_{side}"
            for of in ("unit", "undiscounted_unit", "total", "undiscounted_total")
            for side in ("net", "gross")
        ],
        0,
    )
    line = await factory.add(
        orders.OrderLines,
        order_id=order.id,
        variant_id=variant.id,
        quantity=quantity,
        currency="USD",
        **nothing,
    )
    key: UUID = line.id
    return key


async def units(
    database: Database, *keys: tuple[int, int], **options: object
) -> dict[tuple[int, int], int | None]:
    async with database.read() as connection:
        rows = await stocks.available(connection, keys, **options)  # type: ignore[arg-type]  # each test gives its own
    return {(row.variant_id, row.channel_id): row.quantity for row in rows}


async def test_available_is_what_the_channels_warehouses_hold_and_nobody_has_taken(
    factory: Factory, database: Database
) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl", "PLN", "PL")
    mug = await factory.variant(await factory.product(us, pl), us, pl)
    await factory.stock(mug, await factory.warehouse(us, pl), 5)
    local = await factory.stock(mug, await factory.warehouse(us), 3)
    await factory.fetch("update stocks set allocated = 1 where id = $1", local.id)

    found = await units(database, (mug.id, us.id), (mug.id, pl.id), (mug.id, us.id))

    assert found == {(mug.id, us.id): 7, (mug.id, pl.id): 5}


async def test_a_variant_whose_stock_is_not_tracked_has_no_number(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    song = await factory.variant(await factory.product(channel), channel, track_inventory=False)

    assert await units(database, (song.id, channel.id)) == {(song.id, channel.id): None}


async def test_what_is_held_for_others_is_not_available_until_it_expires(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    shelf = await factory.stock(mug, await factory.warehouse(channel), 5)
    mine, now, key = await checkout(factory, channel), datetime.now(UTC), (mug.id, channel.id)
    async with database.transaction() as tx:
        await stocks.reserve(tx, mine, [Take(shelf.id, mug.id, 2)], now + SOON)

    assert await units(database, key) == {key: 3}
    assert await units(database, key, checkout_id=mine) == {key: 5}
    assert await units(database, key, checkout_id=uuid4()) == {key: 3}
    assert await units(database, key, now=now + SOON) == {key: 5}


async def test_a_warehouse_of_shipping_zones_counts_for_their_countries_only(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    europe = await factory.shipping_zone(channel, countries=["PL", "DE"])
    world = await factory.shipping_zone(channel, countries=[], is_default=True)
    await factory.stock(mug, await factory.warehouse(channel, zones=[europe]), 1)
    await factory.stock(mug, await factory.warehouse(channel, zones=[world]), 10)
    await factory.stock(mug, await factory.warehouse(channel), 100)
    key = (mug.id, channel.id)

    assert await units(database, key) == {key: 111}
    assert await units(database, key, country="PL") == {key: 101}
    assert await units(database, key, country="JP") == {key: 110}


@pytest.mark.parametrize("rows", [1, 50])
async def test_any_number_of_variants_costs_one_statement(
    factory: Factory, shop: object, statements: Statements, rows: int
) -> None:
    channel = await factory.channel()
    product = await factory.product(channel)
    keys = [((await factory.variant(product, channel, stock=1)).id, channel.id) for _ in range(rows)]

    async with statements.recording() as sent:
        found = await units(shop.db, *keys)  # type: ignore[attr-defined]  # the shop, whose statements are heard

    assert len(sent) == 1
    assert found == dict.fromkeys(keys, 1)


async def test_shelves_come_first_warehouse_first_without_what_others_hold(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    song = await factory.variant(await factory.product(channel), channel, track_inventory=False)
    far, near = await factory.warehouse(channel), await factory.warehouse(channel)
    await factory.fetch("update warehouse_channels set position = 1 where warehouse_id = $1", far.id)
    in_far, in_near = await factory.stock(mug, far, 5), await factory.stock(mug, near, 3)
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        other = await checkout(factory, channel)
        await stocks.reserve(tx, other, [Take(in_near.id, mug.id, 2)], now + SOON)

    async with database.transaction() as tx:
        found = await stocks.lock(tx, channel.id, [mug.id, song.id], now=now)

    assert found == Shelves([Shelf(in_near.id, mug.id, 1), Shelf(in_far.id, mug.id, 5)], frozenset({song.id}))


async def test_a_new_reservation_replaces_the_one_before(factory: Factory, database: Database) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    first = await factory.stock(mug, await factory.warehouse(channel), 5)
    second = await factory.stock(mug, await factory.warehouse(channel), 5)
    mine, soon = await checkout(factory, channel), datetime.now(UTC) + SOON

    async with database.transaction() as tx:
        await stocks.reserve(tx, mine, [Take(first.id, mug.id, 2)], soon)
        await stocks.reserve(tx, mine, [Take(second.id, mug.id, 1)], soon)
    kept = await factory.fetch("select stock_id, quantity from reservations")

    assert [(row.stock_id, row.quantity) for row in kept] == [(second.id, 1)]

    async with database.transaction() as tx:
        await stocks.release(tx, mine)

    assert await factory.fetch("select id from reservations") == []


@pytest.mark.parametrize(("seconds", "until"), [(0, 0), (59, 59), (61, 900)])
async def test_what_is_about_to_expire_is_held_no_longer(
    factory: Factory, database: Database, seconds: int, until: int
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    shelf = await factory.stock(mug, await factory.warehouse(channel), 5)
    mine, now = await checkout(factory, channel), datetime.now(UTC)

    async with database.transaction() as tx:
        await stocks.reserve(tx, mine, [Take(shelf.id, mug.id, 2)], now + timedelta(seconds=seconds))
        is_held = await stocks.extend(tx, mine, now + SOON, now=now)

    assert is_held == (until == 900)
    assert await factory.value("select expires_at from reservations") == now + timedelta(seconds=until)


async def test_allocated_is_the_sum_of_the_allocations(factory: Factory, database: Database) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    shelf = await factory.stock(mug, await factory.warehouse(channel), 5)
    lines = [await order_line(factory, channel, mug, 2) for _ in range(2)]

    async with database.transaction() as tx:
        await stocks.allocate(tx, [Allocation(line, shelf.id, 2) for line in lines])

    assert await factory.value("select allocated from stocks where id = $1", shelf.id) == 4
    assert await factory.value("select sum(quantity) from allocations where stock_id = $1", shelf.id) == 4


async def test_more_than_there_is_cannot_be_allocated(factory: Factory, database: Database) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    shelf = await factory.stock(mug, await factory.warehouse(channel), 5)
    line = await order_line(factory, channel, mug, 6)

    with pytest.raises(AssertionError):
        async with database.transaction() as tx:
            await stocks.allocate(tx, [Allocation(line, shelf.id, 6)])
    with pytest.raises(asyncpg.CheckViolationError):
        await factory.fetch("update stocks set allocated = 6 where id = $1", shelf.id)

    assert await factory.value("select allocated from stocks where id = $1", shelf.id) == 0
    assert await factory.fetch("select id from allocations") == []


async def test_units_on_backorder_are_available_beside_those_on_hand(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    empty = await factory.stock(mug, await factory.warehouse(channel), 2, backorder_limit=5)
    full = await factory.stock(mug, await factory.warehouse(channel), 4, backorder_limit=1)
    await factory.fetch("update stocks set allocated = 3 where id = $1", empty.id)
    mine, now, key = await checkout(factory, channel), datetime.now(UTC), (mug.id, channel.id)
    async with database.transaction() as tx:
        await stocks.reserve(tx, mine, [Take(empty.id, mug.id, 1), Take(full.id, mug.id, 1)], now + SOON)
    async with database.transaction() as tx:
        found = await stocks.lock(tx, channel.id, [mug.id], now=now)

    assert found.shelves == [Shelf(empty.id, mug.id, 0, backorder=3), Shelf(full.id, mug.id, 3, backorder=1)]
    assert await units(database, key) == {key: 7}
    assert await units(database, key, checkout_id=mine) == {key: 9}
    async with database.read() as connection:
        assert await stocks.unsold(connection, [mug.id]) == {mug.id: 4}


async def test_more_than_there_is_and_may_be_on_backorder_cannot_be_allocated(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    shelf = await factory.stock(mug, await factory.warehouse(channel), 5, backorder_limit=3)
    line = await order_line(factory, channel, mug, 9)

    with pytest.raises(AssertionError):
        async with database.transaction() as tx:
            await stocks.allocate(tx, [Allocation(line, shelf.id, 9)])
    for forbidden in ("set allocated = 9", "set on_hand = -1", "set backorder_limit = -1"):
        with pytest.raises(asyncpg.CheckViolationError):
            await factory.fetch("update stocks " + forbidden)
    async with database.transaction() as tx:
        await stocks.allocate(tx, [Allocation(line, shelf.id, 8)])

    assert await factory.value("select allocated from stocks where id = $1", shelf.id) == 8


async def test_on_hand_is_the_sum_of_the_movements(factory: Factory, database: Database) -> None:
    channel = await factory.channel()
    mug = await factory.variant(await factory.product(channel), channel)
    lamp = await factory.variant(await factory.product(channel), channel)
    warehouse = await factory.warehouse(channel)
    await factory.stock(mug, warehouse, 5)

    async with database.transaction() as tx:
        arrivals = [Arrival(warehouse.id, mug.id, 7), Arrival(warehouse.id, lamp.id, 2)]
        await stocks.receive(tx, arrivals, cause="RECEIVED", reference="delivery 1")
    async with database.transaction() as tx:
        await stocks.receive(tx, [Arrival(warehouse.id, mug.id, -4)], cause="COUNTED")
    rows = await factory.fetch("""
        select stock.variant_id, stock.on_hand, sum(movement.quantity) as moved
          from stocks as stock join stock_movements as movement on movement.stock_id = stock.id
         group by stock.id
    """)

    assert {row.variant_id: (row.on_hand, row.moved) for row in rows} == {mug.id: (8, 8), lamp.id: (2, 2)}


async def test_carts_that_share_variants_in_any_order_all_finish(
    factory: Factory, database: Database
) -> None:
    channel = await factory.channel()
    product = await factory.product(channel)
    warehouses = [await factory.warehouse(channel) for _ in range(2)]
    variants = [await factory.variant(product, channel) for _ in range(6)]
    for variant in variants:
        for warehouse in warehouses:
            await factory.stock(variant, warehouse, 4)
    carts = [await checkout(factory, channel) for _ in range(40)]
    chance, now = random.Random(7), datetime.now(UTC)  # noqa: S311  # a test's dice

    async def shop_for(cart: UUID) -> int:
        wanted = {variant.id: 1 for variant in chance.sample(variants, 4)}
        try:
            async with database.transaction() as tx:
                shelves = await stocks.lock(tx, channel.id, list(wanted), now=now, checkout_id=cart)
                await stocks.reserve(tx, cart, plan(wanted, shelves), now + SOON)
        except InsufficientStock:
            return 0
        return 4

    async with asyncio.timeout(20):
        taken = sum(await asyncio.gather(*(shop_for(cart) for cart in carts)))
    held = await factory.fetch("""
        select stock.on_hand, coalesce(sum(held.quantity), 0) as held
          from stocks as stock left join reservations as held on held.stock_id = stock.id
         group by stock.id
    """)

    assert all(row.held <= row.on_hand for row in held)
    assert sum(row.held for row in held) == taken
    assert taken > 0
