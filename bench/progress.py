"""How far a long measure has come, told on stderr: the figures alone go to stdout."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

EVERY: Final = 10.0  # seconds


@asynccontextmanager
async def progress(what: str, number: int, done: Callable[[], int]) -> AsyncIterator[None]:
    """While the block runs, how many of ``number`` are ``done``, and about how long the rest will take."""
    telling = asyncio.create_task(_tell(what, number, done))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(what: str, number: int, done: Callable[[], int]) -> None:
    began = perf_counter()
    while True:
        await asyncio.sleep(EVERY)
        sys.stderr.write(f"{line(what, number, done(), perf_counter() - began)}\n")
        sys.stderr.flush()


def line(what: str, number: int, done: int, seconds: float) -> str:
    """As it is told after so many ``seconds``."""
    rate = done / seconds
    rest = f"about {(number - done) / rate / 60:.0f} min to go" if done else "no telling how long"
    return f"{done:,} of {number:,} {what}, {rate:,.0f} a second, {rest}"
