"""Contexts of events."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Final

from engine.errors import RequestRefused
from engine.live import Audience
from engine.running import Runner

SHARED_FOR: Final = 1.0  # seconds for which groups share the reads of an event


class Contexts:
    """Contexts of events, so that groups of one audience read what an event is about together."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._made: dict[Hashable, asyncio.Task[object]] = {}

    async def of(self, audience: Audience, place: int, make: Callable[[], Awaitable[object]]) -> object:
        """A context for the event at ``place``. Raises ``RequestRefused``."""
        key = (audience.name, place)
        begun = self._made.get(key)
        if begun is not None:
            with suppress(RequestRefused):  # which was said to another member
                return audience.beside(await asyncio.shield(begun))
        making = self._made[key] = asyncio.create_task(self._runner.context(make))
        asyncio.get_running_loop().call_later(SHARED_FOR, self._made.pop, key, None)
        try:
            return await asyncio.shield(making)
        except RequestRefused:
            if self._made.get(key) is making:  # another member may still be let in
                del self._made[key]
            raise
