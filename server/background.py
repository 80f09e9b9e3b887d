"""What goes on beside the requests: the shop's chores, done by one of its processes at a time."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import structlog

from commands.completing import complete_left
from commands.idempotency_keys import forget
from commands.payments.patience import Patience
from commands.payments.sweeping import sweep
from commands.promotions import refresh_prices
from commands.relay import relay
from commands.shop import Shop
from db import promotions, sessions

log = structlog.get_logger(__name__)

CANDIDATE: Final = 1.0  # seconds between attempts to take the lead
BACKOFF: Final = 0.2, 5.0  # seconds before a new session after one was lost: the first, and at most
PRICES: Final = 30.0  # seconds between looks at the promotions, which others may have edited meanwhile

PAYMENTS: Final = 60.0  # seconds between looks at payments that nobody looks after
KEYS: Final = 600.0  # seconds between looks for idempotency keys that have had their time


@asynccontextmanager
async def chores(shop: Shop, session_url: str) -> AsyncIterator[None]:
    """Do the shop's chores while the block runs, whenever this process has the lead."""
    task = asyncio.create_task(_lead(shop, session_url))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _lead(shop: Shop, session_url: str) -> None:
    pause, longest = BACKOFF
    while True:
        try:
            async with sessions.open_session(session_url) as session:
                while not await sessions.take_lead(session):  # noqa: ASYNC110 - another process has it
                    await asyncio.sleep(CANDIDATE)
                pause, _ = BACKOFF
                async with (
                    _beside(_keep_prices(shop)),
                    _beside(_sweep_payments(shop)),
                    _beside(_complete_left(shop)),
                    _beside(_forget_keys(shop)),
                ):
                    await relay(shop, session)
        except Exception as exception:  # whatever it was, events must go on
            log.warning("lead_lost", error=repr(exception), seconds=pause, exc_info=True)
        await asyncio.sleep(pause)
        pause = min(pause * 2, longest)


@asynccontextmanager
async def _beside(chore: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(chore)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_prices(shop: Shop) -> None:
    """Let prices follow the promotions: once at first, and then at each start and end."""
    settled: datetime | None = None  # prices are those of this moment
    while True:
        seconds = PRICES
        try:
            now = shop.clock()
            due = await _next_change(shop, settled or now)
            if settled is None or (due is not None and due <= now):
                await refresh_prices(shop)
                settled = now
                due = await _next_change(shop, now)
            if due is not None:
                seconds = min(PRICES, max(0.0, (due - now).total_seconds()))
        except Exception as exception:  # the next look may do better
            log.warning("prices_stale", error=repr(exception), exc_info=True)
        await asyncio.sleep(seconds)


async def _sweep_payments(shop: Shop) -> None:
    patience = Patience()
    while True:
        try:
            await sweep(shop, patience)
        except Exception as exception:  # the next look may do better
            log.warning("payments_unswept", error=repr(exception), exc_info=True)
        await asyncio.sleep(PAYMENTS)


async def _complete_left(shop: Shop) -> None:
    """Beside the sweep, which may have to wait for a gateway."""
    while True:
        try:
            await complete_left(shop)
        except Exception as exception:  # the next look may do better
            log.warning("left_uncompleted", error=repr(exception), exc_info=True)
        await asyncio.sleep(PAYMENTS)


async def _forget_keys(shop: Shop) -> None:
    while True:
        try:
            await forget(shop)
        except Exception as exception:  # the next look may do better
            log.warning("keys_unforgotten", error=repr(exception), exc_info=True)
        await asyncio.sleep(KEYS)


async def _next_change(shop: Shop, after: datetime) -> datetime | None:
    async with shop.db.read() as connection:
        return await promotions.next_change(connection, after)
