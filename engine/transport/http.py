"""GraphQL over HTTP: one operation, one answer; or one an event, for those who accept an event stream."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from engine.errors import RequestRefused
from engine.executor import Executor
from engine.explorer.page import Explorer
from engine.operations import refuse_mutation, refuse_subscription
from engine.requests import GraphQLRequest, Response
from engine.transport.answers import Reply
from engine.transport.connections import Connections
from engine.transport.headers import headers_of
from engine.transport.media import EVENT_STREAM, GRAPHQL_JSON, HTML, JSON, check_json, negotiate
from engine.transport.multipart import is_multipart, parse_form
from engine.transport.options import MakeContext, TransportOptions
from engine.transport.sse import EventStream

WATCH_AFTER = (
    0.05  # seconds; few operations live long enough to need somebody waiting for their client to leave
)
OFFERS = (JSON, GRAPHQL_JSON, EVENT_STREAM)
PREFLIGHTED = frozenset({"x-requested-with", "graphql-require-preflight", "apollo-require-preflight"})


class HTTPEndpoint:
    """The ASGI application behind the path."""

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
        self._explorer = Explorer(options.path, options.examples) if options.explorer else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        reply = Reply(headers, send, self._options)
        media = JSON
        try:
            method = _method(scope)
            if method == "OPTIONS":
                await reply.preflight()
                return
            media = negotiate(headers.get("accept"), self._offers(method))
            if media == HTML and self._explorer is not None:
                await reply.write(200, self._explorer.page(scope), HTML, self._explorer.headers)
                return
            if method == "GET":
                check_cross_site(headers, self._options)
                request = parse_query(scope["query_string"])
            else:
                request = await self._posted(headers, receive)
            await self._serve(scope, receive, reply, request, media)
        except RequestRefused as refusal:
            await reply.refuse(refusal, JSON if media in {EVENT_STREAM, HTML} else media)
        except _Left:
            return

    def _offers(self, method: str) -> tuple[str, ...]:
        return (*OFFERS, HTML) if method == "GET" and self._explorer else OFFERS

    async def _posted(self, headers: Mapping[str, str], receive: Receive) -> GraphQLRequest:
        if is_multipart(headers.get("content-type")):
            check_cross_site(headers, self._options)  # a form needs no preflight
            body = await read_body(headers, receive, self._options.max_upload)
            return await parse_form(headers, body, self._options.max_files)
        check_json(headers.get("content-type"), headers.get("content-encoding"))
        body = await read_body(headers, receive, self._options.max_body)
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise RequestRefused.because("The body is not JSON in UTF-8.") from None
        return GraphQLRequest.parse(value)

    async def _serve(
        self, scope: Scope, receive: Receive, reply: Reply, request: GraphQLRequest, media: str
    ) -> None:
        executor = self._executor
        make_context = partial(self._make_context, HTTPConnection(scope), None)
        async with LeavingCancels(receive):
            if media == EVENT_STREAM:
                if scope["method"] == "GET":
                    await _refuse_streamed_mutation(executor, request)
                last = headers_of(scope).get("last-event-id")
                if last:
                    request = request.returning(last)
                stream = EventStream(executor.subscribe(request, make_context), executor.errors)
                with self._connections.holding(stream):
                    await stream.write(reply, self._options.keep_alive)
                return
            operation = await executor.prepare(request)
            if scope["method"] == "GET":
                refuse_mutation(operation)
            refuse_subscription(operation)
            response: Response = await executor.answer(operation, make_context)
        if scope["method"] == "GET":
            await reply.cacheable(response, media, executor.errors)
        else:
            await reply.response(response, media, executor.errors)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    if method not in {"GET", "POST", "OPTIONS"}:
        raise RequestRefused.because(
            "Use GET or POST.", "METHOD_NOT_ALLOWED", 405, headers={"allow": "GET, POST, OPTIONS"}
        )
    return method


async def _refuse_streamed_mutation(executor: Executor, request: GraphQLRequest) -> None:
    """A document that cannot be prepared is left to the stream: its readers see no status, no other body."""
    try:
        operation = await executor.prepare(request)
    except RequestRefused:
        return
    refuse_mutation(operation)


def parse_query(query_string: bytes) -> GraphQLRequest:
    """Read the parameters of a GET; ``variables`` and ``extensions`` are JSON. Raises ``RequestRefused``."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
        parameters: dict[str, Any] = dict(pairs)
        for name in ("variables", "extensions"):
            if parameters.get(name):
                parameters[name] = orjson.loads(parameters[name])
            else:
                parameters.pop(name, None)
    except ValueError:  # not UTF-8, not JSON, too many
        raise RequestRefused.because("The query string cannot be read.") from None
    return GraphQLRequest.parse(parameters)


def check_cross_site(headers: Mapping[str, str], options: TransportOptions) -> None:
    """Refuse a GET or a form that another site's page began without a preflight.

    It may be an image, a script, a plain fetch.
    """
    if not PREFLIGHTED.isdisjoint(headers.keys()):
        return
    foreign = headers.get("sec-fetch-site") in {"cross-site", "same-site"} and "origin" not in headers
    if foreign or not options.trusts(headers):
        raise RequestRefused.because("Pages of this origin may not call us.", "CROSS_SITE_REQUEST", 403)


async def read_body(headers: Mapping[str, str], receive: Receive, most: int) -> bytes:
    """The body, read no further than ``most`` bytes. Raises ``RequestRefused`` with 413."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Left
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _too_large(most: int) -> RequestRefused:
    return RequestRefused.because(f"The body is larger than {most} bytes.", "PAYLOAD_TOO_LARGE", 413)


class _Left(Exception):
    """The client is gone: nobody reads an answer."""


class LeavingCancels:
    """Cancels the block when the client disconnects, and raises ``_Left``. The body must have been read.

    A class, since an ``asynccontextmanager`` costs a request three times as much.
    """

    __slots__ = ("_left", "_receive", "_task", "_timer", "_watcher")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "an ASGI application runs in a task"
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if kind is asyncio.CancelledError and self._left and self._task.uncancel() == 0:
            raise _Left from None

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._left = True
        self._task.cancel()
