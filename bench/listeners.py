"""``python -m bench.listeners PORT``: a process full of listeners, told what to do by lines of JSON."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import orjson
import uvloop

from bench.sockets import Ear, connect, subscription

ROOM = 64 << 20  # bytes of one answer


class Crowd:
    """The listeners of this process, and what was heard since the last ``reset``."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ears: list[Ear] = []

    async def connect(self, operations: list[Any], times: int, path: str, room: int | None = None) -> float:
        """So many of each operation; how long it took in seconds. ``room``: of each one's receive buffer."""
        began = monotonic()
        messages = [subscription(query, **variables) for query, variables in operations * times]
        self._ears += await connect(self._port, messages, path, room)
        return monotonic() - began

    async def hear(self, number: int, within: float) -> list[list[float]]:
        """When each of so many messages came to each listener; fewer to those that are let go."""
        until = monotonic() + within
        while monotonic() < until and any(  # noqa: ASYNC110 - frames are to cost nothing else
            len(ear.heard) < number and ear.closed is None for ear in self._ears
        ):
            await asyncio.sleep(0.01)
        return [ear.heard[:number] for ear in self._ears]

    async def reset(self) -> None:
        for ear in self._ears:
            ear.heard.clear()

    async def stop_reading(self) -> None:
        for ear in self._ears:
            ear.stop_reading()

    async def close(self) -> None:
        for ear in self._ears:
            ear.close()
        self._ears.clear()
        await asyncio.sleep(0.5)


class Remote:
    """A crowd in a process of its own: every method of ``Crowd`` by its name."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def __call__(self, name: str, **arguments: Any) -> Any:
        assert self._process.stdin is not None, "it was opened"
        assert self._process.stdout is not None, "it was opened"
        self._process.stdin.write(orjson.dumps([name, arguments]) + b"\n")
        return orjson.loads(await self._process.stdout.readline())


@asynccontextmanager
async def crowd(port: int) -> AsyncIterator[Remote]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.listeners", str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=ROOM,
    )
    try:
        yield Remote(process)
    finally:
        process.kill()
        await process.wait()


async def _obey() -> None:
    there = Crowd(int(sys.argv[1]))
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        name, arguments = orjson.loads(line)
        answer = await getattr(there, name)(**arguments)
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_obey())
