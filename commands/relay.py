"""Moving the outbox to the listeners: what is committed is announced, at least once."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog

from adapters.events import EventsDown
from commands.shop import Shop
from db import outbox, sessions
from db.statements import Connection
from domain.events import Announcement, topic

log = structlog.get_logger(__name__)

BATCH: Final = 500
POLL: Final = 1.0  # seconds between looks without a notice
BACKOFF: Final = 0.1, 5.0  # seconds between attempts to reach Redis: the first, and at most
KEPT: Final = timedelta(days=7)  # how long an event stays after it was announced
SWEEP: Final = timedelta(minutes=1)
SWEPT: Final = 10_000  # events looked at in one sweep


async def relay(shop: Shop, session: Connection) -> None:
    """Announce whatever comes into the outbox, for ever. One relay at a time: ``session`` holds the lead.

    While Redis is down events wait in the outbox, and the shop goes on selling. Ends with what asyncpg raises
    when the session is lost.
    """
    swept = shop.clock() - SWEEP
    async with sessions.listening(session, outbox.CHANNEL) as noticed:
        while True:
            noticed.clear()
            if await _announced(shop, session) < BATCH:
                if shop.clock() - swept >= SWEEP:
                    await forget(session, swept := shop.clock())
                await _notice(noticed)


async def announce(shop: Shop, session: Connection) -> int:
    """Announce the oldest events that wait, at most ``BATCH``; how many they were.

    Raises ``EventsDown``: they are announced again then, for nobody knows how many were heard.
    """
    waiting = await outbox.waiting(session, BATCH)
    if waiting:
        await shop.events.announce([said for row in waiting for said in announcements(row)])
        await outbox.mark_announced(session, [row.id for row in waiting], shop.clock())
    return len(waiting)


async def forget(session: Connection, now: datetime) -> int:
    """Delete the oldest events, announced long before ``now``; how many they were."""
    return await outbox.forget(session, now - KEPT, SWEPT)


def announcements(row: outbox.WaitingRow) -> Iterator[Announcement]:
    """An event as its object's listeners hear it.

    Who listens to a checkout hears when it becomes an order, for no event of the checkout itself says so.
    """
    facts: dict[str, Any] = orjson.loads(row.facts)
    yield Announcement(topic(row.subject, row.subject_id), row.kind, row.id, facts)
    if row.kind == "OrderCreated" and facts["checkout_id"] is not None:
        yield Announcement(topic("Checkout", facts["checkout_id"]), row.kind, row.id, facts)


async def _announced(shop: Shop, session: Connection) -> int:
    """As ``announce``, however long it takes to reach Redis."""
    pause, longest = BACKOFF
    while True:
        try:
            return await announce(shop, session)
        except EventsDown as down:
            log.warning("relay_waits", error=str(down), seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)


async def _notice(noticed: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL):
            await noticed.wait()
    except TimeoutError:
        return
