"""Python's collector, kept from stopping everybody: what has outlived its looks is looked at no more.

A full look takes half a second where documents and plans at hand are many, and nobody is served meanwhile.
But what stays in a server goes by its references once it is let go of. Only what holds itself in a circle
waits for the collector, and nearly all of that has gone with its request. So whatever outlives the second
of its looks is frozen, and the next ones see what came since: under a stream of new documents, which push
out others, that would be all of them. Circles that were frozen while somebody needed them are found when
all is thawed, which is done only where more and more is frozen.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette

# After how many more living objects the collector looks at the new ones, after how many such looks at those
# that outlived one, and after how many of these at all. A listing makes thousands of objects and drops them:
# looking after 700, Python's default, is a seventh of its time. After 30 000 it would be next to nothing, but
# one look takes 80 ms then where hostile documents come in, and a few where they do not.
LOOKS: Final = (10_000, 1, 100)
SECOND: Final = 1  # the generation of those that outlived one look
PATIENCE: Final = 600.0  # seconds between two counts of what is frozen
ROOM: Final = 1_000_000  # objects more than after the last thaw; what is kept of documents is some 400 000


def spared(app: Starlette) -> Starlette:
    """The same app; while it is up, the collector sees no more what was before, nor what outlives two looks.

    For the process that serves it and does nothing else: others share the collector with whoever asks it.
    """
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        async with inner(app) as state, sparing_the_collector():
            yield state

    app.router.lifespan_context = lifespan
    return app


@asynccontextmanager
async def sparing_the_collector() -> AsyncIterator[None]:
    """Until the end of the block; what is frozen by then stays so."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOOKS)
    gc.callbacks.append(_settle)
    try:
        async with _thawing():
            yield
    finally:
        gc.callbacks.remove(_settle)
        gc.set_threshold(*usual)


def _settle(phase: str, look: Mapping[str, Any]) -> None:
    if phase == "stop" and look["generation"] >= SECOND:
        gc.freeze()


def thaw() -> None:
    """Look at everything, once."""
    gc.unfreeze()
    gc.collect()


def thawed(most: int) -> int:
    """Thaw if more objects than ``most`` are frozen; how many may be before the next time."""
    if gc.get_freeze_count() <= most:
        return most
    thaw()
    return gc.get_freeze_count() + ROOM


@asynccontextmanager
async def _thawing() -> AsyncIterator[None]:
    """Thaw now and then while the block runs, where what is frozen has grown."""

    async def forever() -> None:
        most = gc.get_freeze_count() + ROOM
        while True:
            await asyncio.sleep(PATIENCE)
            most = thawed(most)

    task = asyncio.create_task(forever())
    try:
        yield
    finally:
        task.cancel()
