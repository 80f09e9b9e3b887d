"""Jobs: long work that tells how far it has come, to whoever waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from commands.shop import Shop
from db import jobs, outbox
from domain.jobs import JobFinished, JobProgressed, JobStarted, JobStatus
from domain.refusals import Refusal

log = structlog.get_logger(__name__)

PAUSE: Final = 0.5  # seconds between two reports: work may tell of every row, and nobody reads that fast
BROKEN: Final = "It was broken off by a fault; the log has the rest."


class Job:
    """A job under way. ``told`` may be called as often as one likes: the newest is reported now and then."""

    def __init__(self, shop: Shop, id: int) -> None:
        self.id = id
        self._shop = shop
        self._newest: tuple[str, int, int] | None = None
        self._reported: tuple[str, int, int] | None = None
        self._news = asyncio.Event()

    def told(self, stage: str, done: int, of: int) -> None:
        """``done`` of so many steps of the stage are behind us."""
        self._newest = stage, done, of
        self._news.set()

    async def report(self) -> None:
        """Write down what was told last, where that is new. Records ``JobProgressed``."""
        self._news.clear()
        newest = self._newest
        if newest is None or newest == self._reported:
            return
        stage, done, of = newest
        async with self._shop.db.transaction() as tx:
            await jobs.advance(tx, self.id, stage, done=done, total=of, now=self._shop.clock())
            await outbox.record(tx, JobProgressed(self.id))
        self._reported = newest

    async def keep_reporting(self) -> None:
        """Report for ever. That a report fails is no reason to stop the work."""
        while True:
            await self._news.wait()
            try:
                await self.report()
            except Exception as exception:  # the next report, or the last, may do better
                log.warning("job_unreported", job=self.id, error=repr(exception), exc_info=True)
            await asyncio.sleep(PAUSE)

    async def end(self, status: JobStatus, error: str | None = None) -> None:
        """Report for the last time. Records ``JobFinished``."""
        await self.report()
        async with self._shop.db.transaction() as tx:
            await jobs.end(tx, self.id, status, error, self._shop.clock())
            await outbox.record(tx, JobFinished(self.id, status))


@asynccontextmanager
async def job(shop: Shop, work: str) -> AsyncIterator[Job]:
    """A job for as long as the block lasts: a success, or a failure where it ends with an exception.

    What the block does is in transactions of its own, and told as it goes. Records ``JobStarted``.
    """
    async with shop.db.transaction() as tx:
        key = await jobs.insert(tx, work, shop.clock())
        await outbox.record(tx, JobStarted(key, work))
    begun = Job(shop, key)
    reporting = asyncio.create_task(begun.keep_reporting())
    try:
        yield begun
    except BaseException as exception:
        await _stop(reporting)
        error = exception.message if isinstance(exception, Refusal) else BROKEN
        await asyncio.shield(begun.end(JobStatus.FAILED, error))
        raise
    await _stop(reporting)
    await begun.end(JobStatus.SUCCESS)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
