"""Answers that many wait for, handed out a hundred in each turn of the loop.

graphql-core has a task for each row. Thousands that are woken together all run before the loop looks at the
network again, and everybody else waits for a second.
"""

import asyncio
from collections import deque
from functools import partial
from typing import Any, Final

AT_FIRST: Final = 500  # answers of an execution are handed out as they come
AT_ONCE: Final = 100  # of the others


class Pace:
    """Of one execution; nearly all need none, so it is made of little."""

    __slots__ = ("_arrived", "_asked", "_task")

    def __init__(self) -> None:
        self._asked = 0
        self._arrived: deque[tuple[asyncio.Future[Any], asyncio.Future[Any]]] | None = None
        self._task: asyncio.Task[None] | None = None

    def of(self, answer: asyncio.Future[Any]) -> asyncio.Future[Any]:
        """The answer, when its turn has come. Cancelling it takes nothing from others."""
        self._asked += 1
        if self._asked <= AT_FIRST:
            return answer
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(partial(self._arrive, told))
        return told

    def _arrive(self, told: asyncio.Future[Any], answer: asyncio.Future[Any]) -> None:
        if self._arrived is None:
            self._arrived = deque()
        self._arrived.append((told, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._hand_out(self._arrived))

    async def _hand_out(self, arrived: deque[tuple[asyncio.Future[Any], asyncio.Future[Any]]]) -> None:
        while arrived:
            for _ in range(min(AT_ONCE, len(arrived))):
                _tell(*arrived.popleft())
            await asyncio.sleep(0)
        self._task = None


def _tell(told: asyncio.Future[Any], answer: asyncio.Future[Any]) -> None:
    if told.done():  # who waited is gone
        if not answer.cancelled():
            answer.exception()
        return
    if answer.cancelled():
        told.cancel()
        return
    fault = answer.exception()
    if fault is None:
        told.set_result(answer.result())
    else:
        told.set_exception(fault)
        told.exception()  # seen, should nobody wait any more
