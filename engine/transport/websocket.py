"""graphql-transport-ws: many operations over one socket, none waiting for another."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

import orjson
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from engine.errors import spoken
from engine.executor import Executor
from engine.requests import GraphQLRequest
from engine.transport import protocol
from engine.transport.answers import encode
from engine.transport.connections import Connections
from engine.transport.options import ConnectionParams, MakeContext, TransportOptions
from engine.transport.protocol import SocketClosed

REASON_BYTES = 123  # what a close frame holds beside its code


class WebSocketEndpoint:
    """The ASGI application behind the path, for sockets."""

    def __init__(
        self,
        executor: Executor,
        make_context: MakeContext,
        options: TransportOptions,
        connections: Connections,
    ) -> None:
        self._executor = executor
        self._make_context = make_context
        self._options = options
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        connection = HTTPConnection(scope)
        if not self._options.trusts(connection.headers):
            await send({"type": "websocket.close", "code": protocol.FORBIDDEN})  # before accepting: HTTP 403
            return
        if protocol.SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await _close(send, protocol.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL})
        socket = Socket(receive, send, self._executor, partial(self._make_context, connection), self._options)
        with self._connections.holding(socket):
            await socket.serve()


async def _close(send: Send, code: int, reason: str) -> None:
    short = reason.encode()[:REASON_BYTES].decode(errors="ignore")
    try:
        await send({"type": "websocket.close", "code": code, "reason": short})
    except OSError:  # ASGI's way to say that the client left first
        return


class Socket:
    """One client. The reader takes its messages in order; every operation is a task of its own.

    Nothing is queued for the client: an operation asks for its next event when the last one has been sent.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        executor: Executor,
        make_context: Callable[[ConnectionParams | None], Awaitable[object]],
        options: TransportOptions,
    ) -> None:
        self._receive = receive
        self._raw_send = send
        self._executor = executor
        self._make_context = make_context
        self._options = options
        self._sending = asyncio.Lock()
        self._params: Mapping[str, Any] | None = None  # None until connection_init
        self._acknowledged = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # operations, also those letting go of their source
        self._end: asyncio.Future[SocketClosed | None] = asyncio.get_running_loop().create_future()

    def going_away(self) -> None:
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
                await _close(self._raw_send, closed.code, closed.reason)
        finally:
            self._timer.cancel()
            self._end.cancel()
            remaining = [reader, *self._tasks]
            for task in remaining:
                if not task.cancelling():  # one that lets go of its source already must be left to do so
                    task.cancel()
            await asyncio.gather(*remaining, return_exceptions=True)

    def _end_with(self, closed: SocketClosed | None) -> None:
        """End the socket; None when there is nobody left to tell. The first reason is the one that counts."""
        if not self._end.done():
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

    async def _start(self, operation_id: str, request: GraphQLRequest) -> None:
        if not self._acknowledged:
            raise SocketClosed(protocol.UNAUTHORIZED, "Unauthorized")
        if operation_id in self._operations:
            raise SocketClosed(protocol.SUBSCRIBER_EXISTS, f"Subscriber for {operation_id} already exists")
        if len(self._tasks) >= self._options.operations_per_socket:
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
        async with aclosing(self._executor.subscribe(request, make_context)) as responses:
            async for response in responses:
                if not response.executed:
                    self._forget(operation_id)
                    await self._send({"id": operation_id, "type": "error", "payload": response.errors})
                    return
                if not response.is_event:  # the protocol has no message for a place alone
                    continue
                envelope = {"id": operation_id, "type": "next"}
                await self._write(encode(response, self._executor.errors, envelope))
        self._forget(operation_id)
        await self._send({"id": operation_id, "type": "complete"})

    def _forget(self, operation_id: str) -> None:
        """Free the id before its last message is sent: the client may use it again as soon as it has that."""
        if self._operations.get(operation_id) is asyncio.current_task():
            del self._operations[operation_id]

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._write(orjson.dumps(message))

    async def _write(self, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._options.send_timeout), self._sending:
                if not self._end.done():
                    await self._raw_send({"type": "websocket.send", "text": message.decode()})
        except TimeoutError:
            self._end_with(SocketClosed(protocol.POLICY_VIOLATION, "The client is too slow"))
        except OSError:  # ASGI's way to say that the client left first
            self._end_with(None)
