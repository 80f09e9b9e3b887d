"""Long work without a wait in it, which would keep the loop from everybody: done beside it, one at a time.

A second thread shares the interpreter with the loop by turns of 5 ms; a dozen of them would leave it little.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_worker = ThreadPoolExecutor(1, thread_name_prefix="beside")


async def beside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives; it begins when whatever was asked for before has ended."""
    call = partial(copy_context().run, partial(work, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_worker, call)
