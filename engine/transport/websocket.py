"""graphql-transport-ws: many operations over one socket, none waiting for another."""

from functools import partial

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from engine.executor import Executor
from engine.transport import protocol
from engine.transport.connections import Connections
from engine.transport.headers import address_of, headers_of
from engine.transport.lines import text_line_of
from engine.transport.options import MakeContext, TransportOptions
from engine.transport.sockets import Socket, close
from engine.turns import CALLER


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
        CALLER.set(address_of(scope))
        await receive()  # websocket.connect
        if not self._options.trusts(headers_of(scope)):
            await send({"type": "websocket.close", "code": protocol.FORBIDDEN})  # before accepting: HTTP 403
            return
        if protocol.SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await close(send, protocol.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await send({"type": "websocket.accept", "subprotocol": protocol.SUBPROTOCOL})
        socket = Socket(
            receive,
            send,
            self._executor,
            partial(self._make_context, HTTPConnection(scope)),
            self._options,
            line=text_line_of(scope),
        )
        with self._connections.holding(socket.farewell):
            await socket.serve()
