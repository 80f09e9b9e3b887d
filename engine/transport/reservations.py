"""Streams that clients have reserved, and the operations that are answered through each."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import aclosing
from secrets import token_urlsafe
from typing import Final

import orjson
from graphql import OperationType

from engine.errors import Errors, RequestRefused
from engine.live import Follower, Told
from engine.members import Member
from engine.requests import Response
from engine.transport.answers import Reply, encode, tail_of
from engine.transport.lines import Line
from engine.transport.options import TransportOptions
from engine.transport.streams import BROKEN, KEEP_ALIVE, Stream

MOST_UNOPENED: Final = 1_000  # reservations; one more, and the oldest goes

Follow = Callable[[Follower], AsyncGenerator[Response | Member]]  # an operation's answers


class Telling:
    """An operation on a stream, whose group tells its events: a follower."""

    __slots__ = ("_head", "_id", "_stream", "member")

    def __init__(self, stream: "SharedStream", operation_id: str) -> None:
        self._stream = stream
        self._id = operation_id
        self._head = b'event: next\ndata: {"id":%b,"payload":' % orjson.dumps(operation_id)
        self.member: Member | None = None

    def frame(self, tail: bytes) -> bytes:
        """The event with what ends its JSON."""
        return b"%b%b\n\n" % (self._head, tail)

    def last(self) -> bytes:
        """The event that says that nothing more comes."""
        return b"event: complete\ndata: %b\n\n" % orjson.dumps({"id": self._id})

    def tell(self, told: Told) -> None:
        stream = self._stream.stream
        stream.offer(self._id, self.frame(tail_of(told, stream.errors)), told.about)

    def end(self, response: Response | None) -> None:
        stream = self._stream.stream
        self._stream.over(self._id, self)
        if response is not None:
            stream.offer(self._id, self.frame(encode(response, stream.errors) + b"}"))
        stream.offer(self._id, self.last())

    def cancel(self) -> None:
        """The client wants to hear no more."""
        if self.member is not None:
            self.member.leave()


class SharedStream:
    """One client's stream, reserved by ``caller``; what is begun before it is opened waits for that."""

    def __init__(self, token: str, caller: Hashable, errors: Errors, options: TransportOptions) -> None:
        self.token = token
        self.caller = caller
        self.stream = Stream(errors, options)
        self.farewell = self.stream.farewell
        self._most = options.operations_per_socket
        self._operations: dict[str, asyncio.Task[None] | Telling] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # operations, also those letting go of their source

    def begin(self, operation_id: str, kind: OperationType, follow: Follow) -> None:
        """Answer an operation through the stream. Raises ``RequestRefused``."""
        if operation_id in self._operations:
            raise RequestRefused.because("This operationId is under way.", "OPERATION_EXISTS", 409)
        told = sum(isinstance(operation, Telling) for operation in self._operations.values())
        if len(self._tasks) + told >= self._most:
            message = "This stream has too many operations under way."
            raise RequestRefused.because(message, "TOO_MANY_OPERATIONS", 429)
        task = asyncio.create_task(self._operate(operation_id, kind, follow))
        self._operations[operation_id] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self, operation_id: str) -> None:
        """Nothing more is said of the operation; one that has ended may be stopped as well."""
        operation = self._operations.pop(operation_id, None)
        if operation is not None:
            operation.cancel()
            self.stream.forget(operation_id)

    def over(self, operation_id: str, telling: Telling) -> None:
        """Free the id of an operation that is told."""
        if self._operations.get(operation_id) is telling:
            del self._operations[operation_id]

    async def end(self) -> None:
        """Stop everything, and wait until each has let go of its source."""
        for operation in self._operations.values():
            if isinstance(operation, Telling):
                operation.cancel()
        for task in self._tasks:
            if not task.cancelling():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.stream.close()

    async def serve(self, reply: Reply, line: Line | None) -> None:
        """Send every event until the end, and a comment at first: there may be no event for long."""
        await self.stream.open(reply, line, KEEP_ALIVE)
        await self.stream.serve()

    async def _operate(self, operation_id: str, kind: OperationType, follow: Follow) -> None:
        telling = Telling(self, operation_id)
        try:
            async with aclosing(follow(telling)) as answers:
                with self.farewell.owing(kind):
                    async for answer in answers:
                        if isinstance(answer, Member):
                            self._go_on(operation_id, telling, answer)
                            return
                        if answer.is_event:  # the protocol has no message for a place alone
                            tail = encode(answer, self.stream.errors) + b"}"
                            await self.stream.write(operation_id, telling.frame(tail))
                    if self._operations.get(operation_id) is asyncio.current_task():
                        del self._operations[operation_id]
                    await self.stream.write(operation_id, telling.last())
        except Exception as exception:  # noqa: BLE001 - a fault of ours: the client comes back
            self.stream.errors.exception(exception)
            self.stream.end(BROKEN)

    def _go_on(self, operation_id: str, telling: Telling, member: Member) -> None:
        """The operation is a task no more."""
        telling.member = member
        if member.listens:
            self._operations[operation_id] = telling
        elif self._operations.get(operation_id) is asyncio.current_task():
            del self._operations[operation_id]


class Reservations:
    """The streams of this process by their tokens."""

    def __init__(self, errors: Errors, options: TransportOptions) -> None:
        self._errors = errors
        self._options = options
        self._streams: dict[str, SharedStream] = {}  # in the order they were reserved in
        self._unopened: dict[str, asyncio.TimerHandle] = {}
        self._lapsing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._streams)

    def reserve(self, caller: Hashable) -> str:
        """The token of a new stream, which lapses where nobody opens it in time."""
        token = token_urlsafe(32)
        self._streams[token] = SharedStream(token, caller, self._errors, self._options)
        timer = asyncio.get_running_loop().call_later(self._options.init_timeout, self._lapse, token)
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
