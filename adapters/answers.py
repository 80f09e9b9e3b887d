"""Answers of the API that processes share through Redis, for as long as they are good."""

import asyncio
import time
from collections.abc import Callable

import structlog

from adapters.clusters import FAILURES, connect

log = structlog.get_logger(__name__)

TIMEOUT = 0.25  # seconds: making the answer takes less
PAUSE = 5.0  # seconds without asking Redis after it has failed
LARGEST = 1 << 20  # bytes of one answer
MOST_WAITING = 100  # answers on their way to Redis; more are kept by this process alone


class SharedAnswers:
    """Values by name, each for some seconds."""

    def __init__(self, url: str, shop: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = connect(url, timeout=TIMEOUT)
        self._prefix = f"matvis:{shop}:answer:"
        self._now = now
        self._away_until = 0.0
        self._waiting: set[asyncio.Task[None]] = set()

    async def get(self, name: str) -> bytes | None:
        """The value, if Redis has it and says so at once."""
        if self._now() < self._away_until:
            return None
        try:
            found: bytes | str | None = await self._client.get(self._prefix + name)
        except FAILURES as down:
            self._rest(down)
            return None
        return found if isinstance(found, bytes) else None

    def put(self, name: str, value: bytes, seconds: int) -> None:
        """Keep the value, without waiting for it to be kept."""
        if len(value) > LARGEST or len(self._waiting) >= MOST_WAITING or self._now() < self._away_until:
            return
        task = asyncio.create_task(self._put(name, value, seconds))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Hang up; what is on its way may be lost."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        await self._client.aclose()

    async def _put(self, name: str, value: bytes, seconds: int) -> None:
        try:
            await self._client.set(self._prefix + name, value, ex=seconds)
        except FAILURES as down:
            self._rest(down)

    def _rest(self, down: Exception) -> None:
        if self._now() >= self._away_until:
            log.warning("answers_unshared", error=str(down))
        self._away_until = self._now() + PAUSE
