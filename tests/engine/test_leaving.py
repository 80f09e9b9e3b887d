"""Clients that leave: what waits for them goes with the answer."""

import asyncio
import gc

from starlette.types import Message

from engine.transport.leaving import Leaving


async def test_who_was_waited_for_leaves_nothing_to_the_collector() -> None:
    waits = asyncio.Event()

    async def receive() -> Message:
        waits.set()
        never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await never

    leaving = Leaving()
    gc.collect()
    gc.disable()
    try:
        request = leaving.cancels(receive)
        with request:
            request.begin()
            await waits.wait()
        await asyncio.sleep(0)
        del request
        left_behind = gc.collect()
    finally:
        gc.enable()

    assert left_behind == 0
