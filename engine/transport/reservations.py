"""Streams that clients have reserved, and the operations that are answered through each."""

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing
from secrets import token_urlsafe
from typing import Final

import orjson
from graphql import OperationType

from engine.errors import Errors, RequestRefused
from engine.requests import Response
from engine.transport.answers import Reply, encode
from engine.transport.connections import Farewell
from engine.transport.media import EVENT_STREAM
from engine.transport.sse import KEEP_ALIVE

MOST_UNOPENED: Final = 1_000  # reservations; one more, and the oldest goes
AHEAD: Final = 16  # events that wait to be sent; operations with more wait themselves


class SharedStream:
    """One client's stream, reserved by ``caller``; what is begun before it is opened waits for that."""

    def __init__(self, token: str, caller: Hashable) -> None:
        self.token = token
        self.caller = caller
        self._ending = asyncio.Event()
        self.farewell = Farewell(self._ending.set)
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # operations, also those letting go of their source

    def begin(
        self,
        operation_id: str,
        kind: OperationType,
        responses: AsyncGenerator[Response],
        errors: Errors,
        most: int,
    ) -> None:
        """Answer an operation through the stream. Raises ``RequestRefused``."""
        if operation_id in self._operations:
            raise RequestRefused.because("This operationId is under way.", "OPERATION_EXISTS", 409)
        if len(self._tasks) >= most:
            message = "This stream has too many operations under way."
            raise RequestRefused.because(message, "TOO_MANY_OPERATIONS", 429)
        task = asyncio.create_task(self._operate(operation_id, kind, responses, errors))
        self._operations[operation_id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self, operation_id: str) -> None:
        """Nothing more is said of the operation; one that has ended may be stopped as well."""
        operation = self._operations.pop(operation_id, None)
        if operation is not None:
            operation.cancel()

    async def end(self) -> None:
        """Stop everything, and wait until each has let go of its source."""
        for task in self._tasks:
            if not task.cancelling():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def write(self, reply: Reply, keep_alive: float) -> None:
        """Send every event, and a comment at first and after each ``keep_alive`` seconds of silence."""
        await reply.start(200, EVENT_STREAM, {"x-accel-buffering": "no"})
        await reply.chunk(KEEP_ALIVE)
        ending = asyncio.create_task(self._ending.wait())
        upcoming = asyncio.create_task(self._frames.get())
        try:
            while True:
                await asyncio.wait(
                    {upcoming, ending}, timeout=keep_alive, return_when=asyncio.FIRST_COMPLETED
                )
                if upcoming.done():
                    await reply.chunk(upcoming.result())
                    upcoming = asyncio.create_task(self._frames.get())
                    await asyncio.sleep(
                        0
                    )  # it may be there already: what was answered is sent before the end
                elif ending.done():
                    break
                else:
                    await reply.chunk(KEEP_ALIVE)
        finally:
            ending.cancel()
            upcoming.cancel()
        await reply.chunk(b"", more=False)

    async def _operate(
        self, operation_id: str, kind: OperationType, responses: AsyncGenerator[Response], errors: Errors
    ) -> None:
        async with aclosing(responses):
            with self.farewell.owing(kind):
                async for response in responses:
                    if response.is_event:  # the protocol has no message for a place alone
                        body = encode(response, errors, {"id": operation_id})
                        await self._frames.put(b"event: next\ndata: " + body + b"\n\n")
                if self._operations.get(operation_id) is asyncio.current_task():
                    del self._operations[operation_id]
                last = orjson.dumps({"id": operation_id})
                await self._frames.put(b"event: complete\ndata: " + last + b"\n\n")


class Reservations:
    """The streams of this process by their tokens."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._streams: dict[str, SharedStream] = {}  # in the order they were reserved in
        self._unopened: dict[str, asyncio.TimerHandle] = {}
        self._lapsing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._streams)

    def reserve(self, caller: Hashable) -> str:
        """The token of a new stream, which lapses where nobody opens it in time."""
        token = token_urlsafe(32)
        self._streams[token] = SharedStream(token, caller)
        timer = asyncio.get_running_loop().call_later(self._patience, self._lapse, token)
        self._unopened[token] = timer
        if len(self._unopened) > MOST_UNOPENED:
            self._lapse(next(iter(self._unopened)))
        return token

    def find(self, token: str | None) -> SharedStream:
        """Raises ``RequestRefused`` with 404."""
        found = self._streams.get(token or "")
        if found is None:
            raise self.unknown()
        return found

    def open(self, stream: SharedStream) -> None:
        """It is somebody's now. Raises ``RequestRefused`` where it was already."""
        timer = self._unopened.pop(stream.token, None)
        if timer is None:
            raise RequestRefused.because("This stream is open already.", "STREAM_IS_OPEN", 409)
        timer.cancel()

    async def close(self, stream: SharedStream) -> None:
        """Forget the stream and end what is answered through it."""
        self._streams.pop(stream.token, None)
        await stream.end()

    def _lapse(self, token: str) -> None:
        self._unopened.pop(token).cancel()
        task = asyncio.create_task(self.close(self._streams[token]))
        self._lapsing.add(task)
        task.add_done_callback(self._lapsing.discard)

    @staticmethod
    def unknown() -> RequestRefused:
        return RequestRefused.because("There is no such stream: reserve one.", "STREAM_NOT_FOUND", 404)
