"""One client's socket, and its operations."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

import orjson
from starlette.types import Receive, Send

from engine.errors import FormattedError, RequestRefused, spoken
from engine.executor import Executor
from engine.live import Told
from engine.members import Member
from engine.requests import GraphQLRequest, Response
from engine.transport import protocol
from engine.transport.answers import encode, tail_of
from engine.transport.connections import Farewell
from engine.transport.lines import Shortcut, TextLine
from engine.transport.options import ConnectionParams, TransportOptions
from engine.transport.outbox import Outbox, Overflow
from engine.transport.protocol import SocketClosed
from engine.transport.subscribing import Subscription

REASON_BYTES = 123  # what a close frame holds beside its code


async def close(send: Send, code: int, reason: str) -> None:
    short = reason.encode()[:REASON_BYTES].decode(errors="ignore")
    try:
        await send({"type": "websocket.close", "code": code, "reason": short})
    except OSError:  # ASGI's way to say that the client left first
        return


class Socket:
    """One client. The reader takes its messages in order; every operation begins as a task of its own.

    As long as it is a task nothing is queued for the client: it asks for its next event when the last one has
    been sent. A subscription that has joined its group is no task: it is told, within the outbox's bounds.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        executor: Executor,
        make_context: Callable[[ConnectionParams | None], Awaitable[object]],
        options: TransportOptions,
        *,
        line: TextLine | None = None,
    ) -> None:
        self._receive = receive
        self._raw_send = send
        self._line = line
        self.shortcut = Shortcut() if line is None else line.shortcut
        self._executor = executor
        self._make_context = make_context
        self._options = options
        self.farewell = Farewell(self)
        self._outbox = Outbox(self._send_text, self._lost, options.send_timeout)
        self._params: Mapping[str, Any] | None = None  # None until connection_init
        self._acknowledged = False
        self._operations: dict[str, asyncio.Task[None] | Subscription] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # operations, also those letting go of their source
        self._end: asyncio.Future[SocketClosed | None] = asyncio.get_running_loop().create_future()

    @property
    def held(self) -> int:
        """Bytes that are kept here for the client."""
        return self._outbox.held + (0 if self._line is None else self._line.unsent)

    def go(self) -> None:
        """The server goes down."""
        self._end_with(SocketClosed(protocol.GOING_AWAY, "Going away"))

    async def serve(self) -> None:
        """Serve until either side ends it, then cancel what still runs and wait for it."""
        timeout = SocketClosed(protocol.INITIALISATION_TIMEOUT, "Connection initialisation timeout")
        self._timer = asyncio.get_running_loop().call_later(
            self._options.init_timeout, self._end_with, timeout
        )
        reader = asyncio.create_task(self._read())
        try:
            closed = await self._end
            if closed is not None:
                await self._close(closed)
        finally:
            self._timer.cancel()
            self.shortcut.shut()
            self._end.cancel()
            for operation in self._operations.values():
                if isinstance(operation, Subscription):
                    operation.leave()
            remaining = [reader, *self._tasks]
            for task in remaining:
                if not task.cancelling():  # one that lets go of its source already must be left to do so
                    task.cancel()
            await asyncio.gather(*remaining, return_exceptions=True)

    async def _close(self, closed: SocketClosed) -> None:
        """Say so, to a client that still takes anything."""
        await self._outbox.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._options.close_timeout):
                await close(self._raw_send, closed.code, closed.reason)

    def _end_with(self, closed: SocketClosed | None) -> None:
        """End the socket; None when there is nobody left to tell. The first reason is the one that counts."""
        if not self._end.done():
            self.shortcut.shut()
            self.farewell.let_go = closed is not None and closed.code == protocol.TRY_AGAIN_LATER
            self._end.set_result(closed)

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._receive()
                if frame["type"] == "websocket.disconnect":
                    self._end_with(None)
                    return
                text = frame.get("text")
                if text is None:
                    raise SocketClosed(protocol.INVALID_MESSAGE, "Messages are text frames.")  # noqa: TRY301
                if len(text) > self._options.max_body:
                    raise SocketClosed(protocol.MESSAGE_TOO_BIG, "Message too big")  # noqa: TRY301
                await self._take(protocol.read(text))
        except SocketClosed as closed:
            self._end_with(closed)
        except Exception as exception:  # noqa: BLE001 - a fault of ours must not leave a socket that nobody reads
            self._executor.errors.exception(exception)
            self._end_with(SocketClosed(protocol.INTERNAL_ERROR, "Internal server error"))

    def encoded(self, response: Response) -> bytes:
        """The response's JSON."""
        return encode(response, self._executor.errors)

    async def _take(self, message: protocol.Message) -> None:
        match message:
            case protocol.ConnectionInit(params):
                if self._params is not None:
                    raise SocketClosed(protocol.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
                self._params = params
                self._timer.cancel()
                self._spawn(self._initialise(params))
            case protocol.Ping(payload):
                await self._send({"type": "pong"} | ({} if payload is None else {"payload": payload}))
            case protocol.Subscribe(operation_id, request):
                await self._start(operation_id, request)
            case protocol.Complete(operation_id):
                operation = self._operations.pop(operation_id, None)
                if operation is not None:  # it may have crossed our own complete on the way
                    operation.cancel()
                    self._outbox.forget(operation_id)
            case protocol.Pong():
                pass

    async def _initialise(self, params: Mapping[str, Any]) -> None:
        """Ask for a context once: a client that may not enter hears it now, not with its first operation."""
        try:
            context = await self._make_context(params)
        except Exception as exception:  # noqa: BLE001 - told or masked by Errors
            error, status = self._executor.errors.exception(exception)
            code = protocol.INTERNAL_ERROR if status >= 500 else protocol.FORBIDDEN  # noqa: PLR2004
            self._end_with(SocketClosed(code, error["message"]))
            return
        seconds = self._options.lifetime(context)
        if seconds is not None:
            over = SocketClosed(protocol.FORBIDDEN, "Token expired")  # clients retry it, with a new token
            self._timer = asyncio.get_running_loop().call_later(seconds, self._end_with, over)
        self._acknowledged = True
        await self._send({"type": "connection_ack"})

    async def _start(self, operation_id: str, request: GraphQLRequest | RequestRefused) -> None:
        if not self._acknowledged:
            raise SocketClosed(protocol.UNAUTHORIZED, "Unauthorized")
        if operation_id in self._operations:
            raise SocketClosed(protocol.SUBSCRIBER_EXISTS, f"Subscriber for {operation_id} already exists")
        if self.farewell.begun:  # it is not begun, so that the client may send it again where it comes back
            return
        if isinstance(request, RequestRefused):
            await self._send({"id": operation_id, "type": "error", "payload": request.errors})
            return
        live = sum(isinstance(operation, Subscription) for operation in self._operations.values())
        if len(self._tasks) + live >= self._options.operations_per_socket:
            error = spoken("This socket has too many operations under way.", "TOO_MANY_OPERATIONS")
            await self._send({"id": operation_id, "type": "error", "payload": [error]})
            return
        self._operations[operation_id] = self._spawn(self._operate(operation_id, request))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _operate(self, operation_id: str, request: GraphQLRequest) -> None:
        make_context = partial(self._make_context, self._params)
        try:
            operation = await self._executor.prepare(request)
        except RequestRefused as refusal:
            await self._refuse(operation_id, refusal.errors)
            return
        subscription = Subscription(self, operation_id)
        async with aclosing(self._executor.follow(operation, make_context, subscription)) as answers:
            with self.farewell.owing(operation.kind):
                async for answer in answers:
                    if isinstance(answer, Member):
                        self._go_on(operation_id, subscription, answer)
                        return
                    if not answer.executed:
                        await self._refuse(operation_id, answer.errors)
                        return
                    if answer.is_event:  # the protocol has no message for a place alone
                        await self._write(operation_id, subscription.said(answer))
                self._forget(operation_id)
                await self._send({"id": operation_id, "type": "complete"})

    def _go_on(self, operation_id: str, subscription: Subscription, member: Member) -> None:
        """The operation is a task no more."""
        subscription.member = member
        if member.listens:
            self._operations[operation_id] = subscription
        else:
            self._forget(operation_id)

    async def _refuse(self, operation_id: str, errors: Sequence[FormattedError]) -> None:
        self._forget(operation_id)
        await self._send({"id": operation_id, "type": "error", "payload": errors})

    def _forget(self, operation_id: str) -> None:
        """Free the id before its last message is sent: the client may use it again as soon as it has that."""
        if self._operations.get(operation_id) is asyncio.current_task():
            del self._operations[operation_id]

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._write(message.get("id"), orjson.dumps(message))

    async def _write(self, operation_id: str | None, message: bytes) -> None:
        await self._outbox.write(operation_id, message)

    def offer(self, operation_id: str, message: bytes, about: Hashable = None) -> None:
        """Send a subscription's message when the client takes it; one that takes too few is let go."""
        try:
            self._outbox.offer(operation_id, message, about)
        except Overflow:
            self._end_with(SocketClosed(protocol.TRY_AGAIN_LATER, "Too slow: come back with your cursor"))

    def pass_on(self, operation_id: str, head: bytes, told: Told) -> None:
        """Send what a group tells, behind the ``head`` of its message, where the shortcut is shut.

        It is opened again as soon as nothing else is on its way to the client.
        """
        line = self._line
        if line is not None and self._outbox.is_free and not self._end.done() and line.open():
            frame = self.framed(head, told)
            if self.shortcut.write is not None:
                self.shortcut.write(frame)
        else:
            self.offer(operation_id, head + tail_of(told, self._executor.errors), told.about)

    def framed(self, head: bytes, told: Told) -> bytes:
        """The frame of that message, for the shortcut."""
        assert self._line is not None, "a shortcut is a line's"
        told.framed = self._line.framed
        told.frame = told.framed(head, tail_of(told, self._executor.errors))
        told.head = head
        return told.frame

    def over(self, operation_id: str, subscription: Subscription) -> None:
        """Free the id of a subscription."""
        if self._operations.get(operation_id) is subscription:
            del self._operations[operation_id]

    async def _send_text(self, text: bytes) -> None:
        if not self._end.done():
            self.shortcut.shut()
            await self._raw_send({"type": "websocket.send", "text": text.decode()})

    def _lost(self, exception: Exception) -> None:
        match exception:
            case TimeoutError():
                self._end_with(SocketClosed(protocol.TRY_AGAIN_LATER, "The client is too slow"))
            case OSError():  # ASGI's way to say that the client left first
                self._end_with(None)
            case _:
                self._executor.errors.exception(exception)
                self._end_with(SocketClosed(protocol.INTERNAL_ERROR, "Internal server error"))
