"""The outbox, moved to Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.events import EventsDown, Listener
from commands import relay
from commands.shop import Shop
from db import outbox, sessions
from db.statements import Connection
from domain.events import Announcement, CheckoutUpdated, MetadataUpdated, OrderCreated, StockChanged
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


async def heard(listener: Listener, number: int = 1) -> list[str]:
    """The topics of the next announcements."""
    async with asyncio.timeout(10):
        return [(await anext(listener)).topic for _ in range(number)]


async def test_what_is_committed_is_announced_once_in_the_order_it_was_recorded(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    await record(shop, 3, 1)
    await record(shop, 2)

    numbers = [await relay.announce(shop, session), await relay.announce(shop, session)]

    assert numbers == [3, 0]
    assert await heard(listener, 3) == ["ProductVariant:3", "ProductVariant:1", "ProductVariant:2"]


async def test_what_is_rolled_back_is_never_announced(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    with suppress(ZeroDivisionError):
        async with shop.db.transaction() as tx:
            await outbox.record(tx, StockChanged(1))
            raise ZeroDivisionError
    await record(shop, 2)

    number = await relay.announce(shop, session)

    assert (number, await heard(listener)) == (1, ["ProductVariant:2"])


async def test_transactions_that_commit_against_the_order_of_their_ids_lose_nothing(
    shop: Shop, session: Connection, listener: Listener
) -> None:
    async with shop.db.transaction() as slow:
        await outbox.record(slow, StockChanged(1))
        await record(shop, 2)
        first = await relay.announce(shop, session)
        await relay.forget(session, shop.clock() + 2 * relay.KEPT)
    second = await relay.announce(shop, session)

    assert (first, second) == (1, 1)
    assert await heard(listener, 2) == ["ProductVariant:2", "ProductVariant:1"]


async def test_events_carry_what_they_are_about_and_a_number_that_grows(
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
        await relay.announce(shop, session)
        async with asyncio.timeout(10):
            told = [await anext(listener) for _ in range(4)]

    first = told[0].sequence
    assert first is not None
    made = {"checkout_id": str(checkout)}
    assert told == [
        Announcement(f"Checkout:{checkout}", "CheckoutUpdated", first, {}),
        Announcement(f"Order:{order}", "OrderCreated", first + 1, made),
        Announcement(f"Checkout:{checkout}", "OrderCreated", first + 1, made),
        Announcement("Product:7", "MetadataUpdated", first + 2, {"of": "Product"}),
    ]


async def test_events_wait_while_redis_is_away(
    redis: Redis, settings: Settings, session: Connection, factory: Factory
) -> None:
    async with open_shop(settings.model_copy(update={"redis_url": redis.url})) as shop:
        await redis.stop()
        await record(shop, 1)
        with pytest.raises(EventsDown):
            await relay.announce(shop, session)
        waiting = await factory.value("select count(*) from outbox where published_at is null")
        await redis.start()

        assert (waiting, await relay.announce(shop, session)) == (1, 1)


async def test_only_what_was_announced_long_ago_is_forgotten(
    shop: Shop, session: Connection, factory: Factory
) -> None:
    await record(shop, 1)
    await relay.announce(shop, session)
    await record(shop, 2)
    last = shop.clock() + relay.KEPT

    numbers = [
        await relay.forget(session, at) for at in (last - timedelta(minutes=1), last + timedelta(minutes=1))
    ]

    assert numbers == [0, 1]
    assert [row.subject_id for row in await factory.fetch("select subject_id from outbox")] == ["2"]


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
