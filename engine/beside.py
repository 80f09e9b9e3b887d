"""Long work without a wait in it, which would keep the loop from everybody: done beside it, one at a time.

Callers have their turns at it: who sends a hundred new documents waits for them, and others hardly do.

A second thread shares the interpreter with the loop by turns; a dozen of them would leave it little. The loop
waits a turn whenever it has waited for the network, several times in one request: so turns are shorter than
Python's own of 5 ms.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Final, ParamSpec, TypeVar

from engine.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")

TURN: Final = 0.001  # seconds

_turns = Turns()
_worker = ThreadPoolExecutor(
    1, thread_name_prefix="beside", initializer=sys.setswitchinterval, initargs=(TURN,)
)


async def beside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives, once its caller's turn has come."""
    call = partial(copy_context().run, partial(work, *args, **kwargs))
    async with _turns:
        return await asyncio.get_running_loop().run_in_executor(_worker, call)
