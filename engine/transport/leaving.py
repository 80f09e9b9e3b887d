"""A client that goes away: nobody waits for its answer any more."""

import asyncio
from typing import Final

from starlette.types import Receive

# Seconds; few operations live long enough to need somebody waiting for their client to leave.
WATCH_AFTER: Final = 0.05


class Left(Exception):
    """The client is gone: nobody reads an answer."""


class LeavingCancels:
    """Cancels the block when the client disconnects, and raises ``Left``. The body must have been read.

    A class, since an ``asynccontextmanager`` costs a request three times as much.
    """

    __slots__ = ("_left", "_receive", "_task", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "an ASGI application runs in a task"
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if kind is asyncio.CancelledError and self._left and self._task.uncancel() == 0:
            raise Left from None

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._left = True
        self._task.cancel()
