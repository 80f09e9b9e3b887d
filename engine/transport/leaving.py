"""A client that goes away: nobody waits for its answer any more."""

import asyncio
from typing import Final

from starlette.types import Receive

# Seconds; few operations live long enough to need somebody waiting for their client to leave.
WATCH_AFTER: Final = 0.05


class Left(Exception):
    """The client is gone: nobody reads an answer."""


class Leaving:
    """The requests of an endpoint that are being answered, in the order in which they came.

    One timer for all of them: nearly every request is gone before it would need its own.
    """

    def __init__(self) -> None:
        self._waiting: dict[LeavingCancels, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def cancels(self, receive: Receive) -> "LeavingCancels":
        """A block that is cancelled when the client leaves, whose body must have been read."""
        return LeavingCancels(self, receive)

    def add(self, request: "LeavingCancels") -> None:
        """In a while, look whether its client leaves."""
        loop = asyncio.get_running_loop()
        self._waiting[request] = loop.time() + WATCH_AFTER
        if self._timer is None:
            self._timer = loop.call_later(WATCH_AFTER, self._look, loop)

    def drop(self, request: "LeavingCancels") -> None:
        """It has been answered."""
        self._waiting.pop(request, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for request, due in list(self._waiting.items()):
            if due > now:
                self._timer = loop.call_later(due - now, self._look, loop)
                return
            del self._waiting[request]
            request.begin()


class LeavingCancels:
    """Cancels the block when the client disconnects, and raises ``Left``."""

    __slots__ = ("_leaving", "_left", "_receive", "_task", "_watcher")

    def __init__(self, leaving: Leaving, receive: Receive) -> None:
        self._leaving = leaving
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "an ASGI application runs in a task"
        self._task = task
        self._leaving.add(self)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._leaving.drop(self)
        watcher, self._watcher = self._watcher, None  # which holds us: the collector would have to find out
        if watcher is not None:
            watcher.cancel()
        if kind is asyncio.CancelledError and self._left and self._task.uncancel() == 0:
            raise Left from None

    def begin(self) -> None:
        """Wait for the client to leave, from now on."""
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._left = True
        self._task.cancel()
