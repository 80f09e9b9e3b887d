"""Parts of a plan, side by side."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

from engine.loading import Loading


async def together(parts: Sequence[Coroutine[Any, Any, Any]], loading: Loading) -> list[Any]:
    """What each part gives; raises the first exception of theirs, once all have ended.

    The first runs in the task of the caller, which is a task less than ``asyncio.gather`` takes.
    """
    if not parts:
        return []
    loading.branches += len(parts) - 1
    others = [asyncio.create_task(part) for part in parts[1:]]
    try:
        first: Any = None
        fault: Exception | None = None
        try:
            first = await parts[0]
        except Exception as exception:  # noqa: BLE001 - raised below, when nobody works any more
            fault = exception
        if others:
            await asyncio.wait(others)
    except BaseException:
        for task in others:
            task.cancel()
        raise
    finally:
        loading.branches -= len(parts) - 1
    faults = [fault, *(task.exception() for task in others)]  # each looked at, else the loop complains of it
    for one in faults:
        if one is not None:
            raise one
    return [first, *(task.result() for task in others)]
