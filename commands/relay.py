"""Moving the outbox to the listeners: what is committed is announced, at least once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from adapters.events import EventsDown
from commands.shop import Shop
from db import outbox, sessions
from db.statements import Connection

log = structlog.get_logger(__name__)

BATCH: Final = 500
PACE: Final = 0.01  # seconds from one batch to the next: one event alone goes at once, a stream in batches
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
    announced: list[int] = []
    async with sessions.listening(session, outbox.CHANNEL) as noticed:
        while True:
            noticed.clear()
            began = monotonic()
            if positions := await _announced(shop, session, announced):
                announced = positions
                await asyncio.sleep(began + PACE - monotonic())
                continue
            if shop.clock() - swept >= SWEEP:
                await forget(session, swept := shop.clock())
            await _notice(noticed)


async def announce(shop: Shop, session: Connection, announced: Sequence[int] = ()) -> list[int]:
    """Announce the first events that come after those ``announced``; their positions.

    At most ``BATCH``. What one call has announced is marked by the next. Raises ``EventsDown``: they are
    announced again then, for nobody knows how many were heard, as are those that were not marked when the
    lead passes on. Those who listen by way of the history find them there all the same.
    """
    waiting = await outbox.next_events(session, BATCH, announced=announced, now=shop.clock())
    if waiting:
        await shop.events.announce(waiting)
    return [said.position for said in waiting]


async def forget(session: Connection, now: datetime) -> int:
    """Delete the oldest events, announced long before ``now``; how many they were."""
    return await outbox.forget(session, now - KEPT, SWEPT)


async def _announced(shop: Shop, session: Connection, announced: Sequence[int]) -> list[int]:
    """As ``announce``, however long it takes to reach Redis."""
    pause, longest = BACKOFF
    while True:
        try:
            return await announce(shop, session, announced)
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
