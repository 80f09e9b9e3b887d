"""The outbox, moved to Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest

from adapters.events import EventsDown
from adapters.listeners import Listener
from commands import relay
from commands.shop import Shop
from db import outbox, sessions
from db.statements import Connection
from domain.events import Announcement, CheckoutUpdated, MetadataUpdated, OrderCreated, Reach, StockChanged
from server.settings import Settings
from server.wiring import open_shop
from tests.factory import Factory
from tests.live.conftest import Redis

VARIANTS = [f"ProductVariant:{number}" for number in range(1, 10)]


@pytest.fixture
async def listener(shop: Shop) -> AsyncIterator[Listener]:
    """Hears of the first nine variants."""
    async with shop.events.listen(VARIANTS) as listener:
        yield listener


async def record(shop: Shop, *variant_ids: int) -> None:
    async with shop.db.transaction() as tx:
        await outbox.record(tx, *(StockChanged(key) for key in variant_ids))


async def announce(shop: Shop, session: Connection) -> int:
    """Announce and mark all that waits; how many they were."""
    number, positions = 0, await relay.announce(shop, session)
    while positions:
        number += len(positions)
        positions = await relay.announce(shop, session, positions)
    return number


async def heard(listener: Listener, number: int = 1) -> list[str]:
    """The topics of the next announcements."""
    async with asyncio.timeout(10):
        return [told.topic for _ in range(number) if (told := await anext(listener)) is not None]


async def test_what_is_committed_is_announced_once_in_the_order_it_was_recorded(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    await record(shop, 3, 1)
    await record(shop, 2)

    numbers = [await announce(shop, session), await announce(shop, session)]

    assert numbers == [3, 0]
    assert await heard(listener, 3) == ["ProductVariant:3", "ProductVariant:1", "ProductVariant:2"]


async def test_what_the_last_lead_did_not_mark_is_announced_again_and_first(
    shop: Shop, session: Connection, listener: Listener, factory: Factory
) -> None:
    await record(shop, 1)
    await relay.announce(shop, session)
    await record(shop, 2)

    again = await relay.announce(shop, session)
    nothing = await relay.announce(shop, session, again)

    assert (again, nothing) == ([1, 2], [])
    assert await heard(listener, 2) == ["ProductVariant:1", "ProductVariant:2"]
    assert await factory.value("select count(*) from outbox where published_at is null") == 0


async def test_what_is_rolled_back_is_never_announced(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    with suppress(ZeroDivisionError):
        async with shop.db.transaction() as tx:
            await outbox.record(tx, StockChanged(1))
            raise ZeroDivisionError
    await record(shop, 2)

    number = await announce(shop, session)

    assert (number, await heard(listener)) == (1, ["ProductVariant:2"])


async def test_transactions_that_commit_against_the_order_of_their_ids_lose_nothing(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    async with shop.db.transaction() as slow:
        await outbox.record(slow, StockChanged(1))
        await record(shop, 2)
        first = await announce(shop, session)
        await relay.forget(session, shop.clock() + 2 * relay.KEPT)
    second = await announce(shop, session)

    assert (first, second) == (1, 1)
    assert await heard(listener, 2) == ["ProductVariant:2", "ProductVariant:1"]


async def test_events_carry_what_they_are_about_and_a_position_that_grows(
    shop: Shop, session: Connection
) -> None:
    order, checkout = uuid4(), uuid4()
    topics = [f"Order:{order}", f"Checkout:{checkout}", "Product:7"]
    async with shop.db.transaction() as tx:
        await outbox.record(
            tx,
            CheckoutUpdated(checkout),
            OrderCreated(order, checkout_id=str(checkout)),
            MetadataUpdated(7, of="Product"),
        )

    async with shop.events.listen(topics) as listener:
        await announce(shop, session)
        async with asyncio.timeout(10):
            told = [await anext(listener) for _ in range(3)]

    assert [told_of(one) for one in told] == [
        (1, f"Checkout:{checkout}", "CheckoutUpdated", {}, None),
        (2, f"Order:{order}", "OrderCreated", {"checkout_id": str(checkout)}, f"Checkout:{checkout}"),
        (3, "Product:7", "MetadataUpdated", {"of": "Product"}, None),
    ]


def told_of(said: Announcement | None) -> tuple[Any, ...]:
    assert said is not None
    return said.position, said.topic, said.kind, said.facts, said.also


async def test_positions_follow_the_commits_and_never_a_later_one(
    shop: Shop, session: Connection, factory: Factory
) -> None:
    async with shop.db.transaction() as slow:
        await outbox.record(slow, StockChanged(1))
        await record(shop, 2)
        await announce(shop, session)
    await record(shop, 3)
    await announce(shop, session)

    rows = await factory.fetch("select position, subject_id from outbox order by position")

    assert [(row.position, row.subject_id) for row in rows] == [(1, "2"), (2, "1"), (3, "3")]


async def test_an_event_has_its_position_though_redis_is_away(
    redis: Redis, settings: Settings, session: Connection, factory: Factory
) -> None:
    async with open_shop(settings.model_copy(update={"redis_url": redis.url})) as shop:
        await redis.stop()
        for variant in (1, 2):
            await record(shop, variant)
            with pytest.raises(EventsDown):
                await announce(shop, session)
        await redis.start()

    rows = await factory.fetch("select position, published_at from outbox order by id")
    assert [(row.position, row.published_at) for row in rows] == [(1, None), (2, None)]


async def test_events_wait_while_redis_is_away(
    redis: Redis, settings: Settings, session: Connection, factory: Factory
) -> None:
    async with open_shop(settings.model_copy(update={"redis_url": redis.url})) as shop:
        await redis.stop()
        await record(shop, 1)
        with pytest.raises(EventsDown):
            await announce(shop, session)
        waiting = await factory.value("select count(*) from outbox where published_at is null")
        await redis.start()

        assert (waiting, await announce(shop, session)) == (1, 1)


async def test_only_what_was_announced_long_ago_is_forgotten_and_never_the_newest(
    shop: Shop, session: Connection, factory: Factory
) -> None:
    await record(shop, 1, 2)
    await announce(shop, session)
    await record(shop, 3)
    last = shop.clock() + relay.KEPT
    moments = [last - timedelta(minutes=1), last + timedelta(minutes=1)]

    before = [await relay.forget(session, at) for at in moments]
    left = [row.subject_id for row in await factory.fetch("select subject_id from outbox order by id")]
    await announce(shop, session)
    after = await relay.forget(session, last + 2 * relay.KEPT)
    async with shop.db.read() as connection:
        reach = await outbox.reach(connection)

    assert (before, left) == ([0, 1], ["2", "3"])
    assert (after, reach) == (1, Reach(oldest=3, newest=3))


async def test_the_history_is_forgotten_from_its_oldest_end_without_a_hole(
    shop: Shop, session: Connection, factory: Factory
) -> None:
    await record(shop, 1, 2, 3, 4)
    await announce(shop, session)
    await factory.fetch("update outbox set published_at = now() + interval '1 day' where position = 2")

    number = await relay.forget(session, shop.clock() + relay.KEPT + timedelta(minutes=1))

    assert number == 1
    assert await factory.value("select array_agg(position order by position) from outbox") == [2, 3, 4]


async def test_the_relay_is_woken_by_a_commit(
    shop: Shop, session: Connection, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 3600)
    running = asyncio.create_task(relay.relay(shop, session))
    try:
        await record(shop, 1)
        first = await heard(listener)
        await record(shop, 2)
        second = await heard(listener)
    finally:
        running.cancel()

    assert first + second == ["ProductVariant:1", "ProductVariant:2"]


async def test_an_event_alone_is_announced_at_once_and_a_stream_in_batches_at_a_pace(
    shop: Shop, session: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 3600)
    monkeypatch.setattr(relay, "PACE", 1.0)
    batches: list[tuple[float, list[str]]] = []
    announce, notice = shop.events.announce, relay._notice
    told, idle = asyncio.Event(), asyncio.Event()

    async def announcing(announcements: Sequence[Announcement]) -> None:
        batches.append((monotonic(), [said.key for said in announcements]))
        await announce(announcements)
        told.set()

    async def noticing(noticed: asyncio.Event) -> None:
        idle.set()
        await notice(noticed)

    async def after(wanted: asyncio.Event, *variant_ids: int) -> float:
        """Wait until something is so; then record events, each in a transaction of its own. When that was."""
        async with asyncio.timeout(10):
            await wanted.wait()
        wanted.clear()
        began = monotonic()
        for key in variant_ids:
            await record(shop, key)
        return began

    monkeypatch.setattr(shop.events, "announce", announcing)
    monkeypatch.setattr(relay, "_notice", noticing)
    running = asyncio.create_task(relay.relay(shop, session))
    try:
        alone = await after(idle, 1)
        await after(told, 2, 3, 4)  # before the pace is over
        await after(told)
        idle.clear()
        again = await after(idle, 5)
        await after(told)
    finally:
        running.cancel()

    times, keys = zip(*batches, strict=True)
    assert keys == (["1"], ["2", "3", "4"], ["5"])
    assert times[0] - alone < 1.0
    assert times[1] - times[0] >= 0.9, "the pace is counted from before the events were read"
    assert times[2] - again < 1.0


async def test_the_relay_looks_again_when_a_notice_was_lost(
    shop: Shop, session: Connection, listener: Listener, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 0.02)
    running = asyncio.create_task(relay.relay(shop, session))
    try:
        await factory.fetch(
            "insert into outbox (kind, subject, subject_id) values ('StockChanged', 'ProductVariant', '4')"
        )
        told = await heard(listener)
    finally:
        running.cancel()

    assert told == ["ProductVariant:4"]


async def test_one_leads_and_the_next_takes_over_when_it_is_gone(database_url: str) -> None:
    async with sessions.open_session(database_url) as second:
        async with sessions.open_session(database_url) as first:
            led = [await sessions.take_lead(first), await sessions.take_lead(second)]
        async with asyncio.timeout(10):
            while not await sessions.take_lead(second):  # noqa: ASYNC110 - Postgres tells nobody
                await asyncio.sleep(0.01)

    assert led == [True, False]
