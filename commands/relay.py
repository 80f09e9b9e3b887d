"""Moving the outbox to the listeners: what is committed is announced, at least once."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.events import EventsDown
from commands.shop import Shop
from db import outbox, sessions
from db.statements import Connection

log = structlog.get_logger(__name__)

BATCH: Final = 500
POLL: Final = 1.0  # seconds between looks without a notice
BACKOFF: Final = 0.1, 5.0  # seconds between attempts to reach Redis: the first, and at most
KEPT: Final = timedelta(days=7)  # how long an event stays after it was announced, and a cursor leads to it
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
    """Give the committed events their positions, and announce the first that wait; how many they were.

    At most ``BATCH`` of either. Raises ``EventsDown``: they are announced again then, for nobody knows how
    many were heard. Those who listen by way of the history find them there all the same.
    """
    await outbox.settle(session, BATCH)
    waiting = await outbox.unannounced(session, BATCH)
    if waiting:
        await shop.events.announce(waiting)
        await outbox.mark_announced(session, [said.position for said in waiting], shop.clock())
    return len(waiting)


async def forget(session: Connection, now: datetime) -> int:
    """Delete the oldest events, announced long before ``now``; how many they were."""
    return await outbox.forget(session, now - KEPT, SWEPT)


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
