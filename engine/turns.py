"""Turns at work that is done one at a time: callers have them by turns, however much each has waiting."""

import asyncio
from collections import OrderedDict
from contextvars import ContextVar
from types import TracebackType
from typing import Final

CALLER: Final = ContextVar("caller", default="")
"""By whom the current task was sent: an address, told by the transports. All who are nobody are one."""


class Turns:
    """``async with`` them while the work is done. They belong to the loop that runs; another begins anew.

    A caller who has a hundred documents read keeps somebody with a single one waiting for one of them.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_taken = False
        self._waiting: OrderedDict[str, OrderedDict[asyncio.Future[None], None]] = OrderedDict()

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._is_taken = loop, False
            self._waiting.clear()
        if not self._is_taken:
            self._is_taken = True
            return
        turn, caller = loop.create_future(), CALLER.get()
        self._waiting.setdefault(caller, OrderedDict())[turn] = None
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(caller, turn)
            else:  # it had just come
                self._pass_on()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if asyncio.get_running_loop() is self._loop:
            self._pass_on()

    def _forget(self, caller: str, turn: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(caller, OrderedDict())
        waiting.pop(turn, None)
        if not waiting:
            self._waiting.pop(caller, None)

    def _pass_on(self) -> None:
        """To whoever has waited longest since their last turn."""
        while self._waiting:
            caller, turns = self._waiting.popitem(last=False)
            turn, _ = turns.popitem(last=False)
            if turns:
                self._waiting[caller] = turns
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False
