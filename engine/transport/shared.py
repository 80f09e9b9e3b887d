"""Server-sent events: graphql-sse's single connection, one stream for many operations.

A client reserves a stream (PUT), opens it (GET), and has operations answered through it (POST, or a GET that
does not accept events), any of which it may end (DELETE). The token of its reservation goes with each
request, in a header or as ``?token=``.
https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope

from engine.errors import RequestRefused
from engine.executor import Executor
from engine.operations import comes_in_parts, refuse_mutation
from engine.parts import Form
from engine.repeating import HEADER
from engine.requests import GraphQLRequest
from engine.transport.answers import Reply
from engine.transport.asking import check_cross_site, parse_query, read_posted
from engine.transport.connections import Connections
from engine.transport.headers import headers_of
from engine.transport.leaving import Leaving
from engine.transport.lines import line_of
from engine.transport.media import EVENT_STREAM, asked_in_parts, negotiate
from engine.transport.options import MakeContext, TransportOptions
from engine.transport.reservations import Reservations, SharedStream
from engine.transport.room import Room

TOKEN: Final = "x-graphql-event-stream-token"  # noqa: S105 - the header's name
PLAIN: Final = "text/plain"


def token_of(headers: Mapping[str, str], query_string: bytes) -> str | None:
    """The token that a request brings."""
    if TOKEN in headers:
        return headers[TOKEN]
    if b"token=" not in query_string:
        return None
    return parameter(query_string, "token")


def parameter(query_string: bytes, name: str) -> str | None:
    try:
        found = parse_qs(query_string.decode("ascii"), max_num_fields=20).get(name)
    except ValueError:
        return None
    return found[0] if found else None


class SharedStreams:
    """What the endpoint does with requests about streams of many operations."""

    def __init__(
        self,
        executor: Executor,
        make_context: MakeContext,
        options: TransportOptions,
        connections: Connections,
        *,
        leaving: Leaving,
        room: Room,
    ) -> None:
        self._executor = executor
        self._room = room
        self._leaving = leaving
        self._make_context = make_context
        self._options = options
        self._connections = connections
        self._reservations = Reservations(executor.errors, options)

    def concerns(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Whether a request is about such a stream."""
        method = scope["method"]
        if method in {"PUT", "DELETE"}:
            return True
        if TOKEN not in headers and b"token=" not in scope["query_string"]:
            return False
        if token_of(headers, scope["query_string"]) is None:
            return False
        return method == "POST" or (method == "GET" and (TOKEN in headers or _opens(headers)))

    async def serve(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        """Answer it. Raises ``RequestRefused``, and ``Left``."""
        headers = headers_of(scope)
        check_cross_site(headers, self._options)
        make_context = partial(self._make_context, HTTPConnection(scope), None)
        if scope["method"] == "PUT":
            if self._connections.closing:
                raise going_away()
            token = self._reservations.reserve(await self._caller(make_context))
            await reply.write(HTTPStatus.CREATED, token.encode(), PLAIN)
            return
        stream = self._reservations.find(token_of(headers, scope["query_string"]))
        match scope["method"]:
            case "GET" if _opens(headers):
                negotiate(headers["accept"], (EVENT_STREAM,))
                self._reservations.open(stream)
                with self._connections.holding(stream.farewell):
                    try:
                        with self._leaving.cancels(receive):
                            await stream.serve(reply, line_of(scope))
                    finally:
                        await self._reservations.close(stream)
            case "GET" | "POST" as method:
                if method == "GET":
                    request = parse_query(scope["query_string"])
                else:
                    request = await read_posted(headers, receive, self._options, self._room)
                last = headers.get("last-event-id")
                request = request.keyed(headers.get(HEADER))
                if last:
                    request = request.returning(last)
                await self._begin(stream, request, make_context, headers, may_change=method == "POST")
                await reply.write(HTTPStatus.ACCEPTED, b"", None)
            case _:
                await self._check(stream, make_context)
                operation_id = parameter(scope["query_string"], "operationId")
                if operation_id is None:
                    raise no_id()
                stream.stop(operation_id)
                await reply.write(HTTPStatus.OK, b"", None)

    async def _begin(
        self,
        stream: SharedStream,
        request: GraphQLRequest,
        make_context: Callable[[], Awaitable[object]],
        headers: Mapping[str, str],
        *,
        may_change: bool,
    ) -> None:
        operation_id = request.extensions.get("operationId")
        if not isinstance(operation_id, str) or not operation_id:
            raise no_id()
        operation = await self._executor.prepare(request)
        if not may_change:
            refuse_mutation(operation)
        await self._check(stream, make_context)
        if stream.farewell.begun:
            raise going_away()
        if comes_in_parts(operation):
            asked = asked_in_parts(headers.get("accept"))
            form = asked.form if asked else Form.PLACED
            stream.begin(
                operation_id, operation.kind, lambda _: self._executor.deliver(operation, make_context, form)
            )
        else:
            follow = partial(self._executor.follow, operation, make_context)
            stream.begin(operation_id, operation.kind, follow)

    async def _check(self, stream: SharedStream, make_context: Callable[[], Awaitable[object]]) -> None:
        """Refuse a token in other hands as if there were none."""
        if await self._caller(make_context) != stream.caller:
            raise Reservations.unknown()

    async def _caller(self, make_context: Callable[[], Awaitable[object]]) -> Hashable:
        return self._options.identity(await self._executor.runner.context(make_context))


def _opens(headers: Mapping[str, str]) -> bool:
    """Whether a GET opens a stream, and is no operation."""
    return EVENT_STREAM in headers.get("accept", "").lower()


def no_id() -> RequestRefused:
    return RequestRefused.because("An operation of a shared stream needs an operationId.")


def going_away() -> RequestRefused:
    return RequestRefused.because("This server goes down: come back to another.", "GOING_AWAY", 503)
