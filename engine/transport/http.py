"""GraphQL over HTTP: one operation, one answer; or one an event, for those who accept an event stream."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from engine.errors import RequestRefused
from engine.executor import Executor
from engine.explorer.page import Explorer
from engine.members import Member
from engine.operations import comes_in_parts, refuse_mutation, refuse_subscription
from engine.repeating import HEADER
from engine.requests import GraphQLRequest, Response
from engine.transport.answers import METHODS, Reply
from engine.transport.asking import check_cross_site, parse_posted, parse_query, receive_posted
from engine.transport.connections import Connections
from engine.transport.headers import TOLD, address_of, headers_of
from engine.transport.leaving import Leaving, Left
from engine.transport.lines import line_of
from engine.transport.media import (
    EVENT_STREAM,
    GRAPHQL_JSON,
    HTML,
    JSON,
    asked_in_parts,
    negotiate,
    reads_events,
)
from engine.transport.multipart import is_multipart
from engine.transport.multiparts import write_parts
from engine.transport.options import MakeContext, TransportOptions
from engine.transport.room import Room
from engine.transport.shared import SharedStreams, going_away
from engine.transport.sse import EventStream, only
from engine.turns import CALLER

OFFERS = (JSON, GRAPHQL_JSON, EVENT_STREAM)


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
        self._leaving = Leaving()
        self._room = Room(options.max_uploads, options.max_upload)
        self._shared = SharedStreams(
            executor, make_context, options, connections, leaving=self._leaving, room=self._room
        )
        self._explorer = Explorer(options.path, options.examples) if options.explorer else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        CALLER.set(address_of(scope))
        reply = Reply(headers, send, self._options, scope.get(TOLD, ()))
        media = JSON
        try:
            method, body = _method(scope), b""
            if method == "OPTIONS":
                await reply.preflight()
                return
            if self._shared.concerns(scope, headers):
                media = GRAPHQL_JSON  # a document that is refused has to look so: its stream says nothing
                await self._shared.serve(scope, receive, reply)
                return
            media = self._media(headers.get("accept"), method)
            if media == HTML and self._explorer is not None:
                await reply.write(200, self._explorer.page(scope), HTML, self._explorer.headers)
                return
            if method == "GET":
                check_cross_site(headers, self._options)
                request = parse_query(scope["query_string"])
            else:
                body = await receive_posted(headers, receive, self._options, self._room)
                kept = self._kept(headers, body, media) if self._options.anonymous(headers) else None
                if kept is not None:
                    await reply.response(kept, media, self._executor.errors)
                    return
                request = (await parse_posted(headers, body, self._options)).keyed(headers.get(HEADER))
            await self._serve(scope, receive, reply, request, media, body=body)
        except RequestRefused as refusal:
            await reply.refuse(refusal, JSON if media in {EVENT_STREAM, HTML} else media)
        except Left:
            return
        except asyncio.CancelledError:  # the server goes, and waits no longer
            try:
                await reply.refuse(going_away(), JSON if media in {EVENT_STREAM, HTML} else media)
            except RuntimeError:  # ASGI's way to say that the answer had begun
                raise asyncio.CancelledError from None

    def _media(self, accept: str | None, method: str) -> str:
        """The type of an answer that comes in one."""
        offers = (*OFFERS, HTML) if method == "GET" and self._explorer else OFFERS
        try:
            return negotiate(accept, offers)
        except RequestRefused:
            if asked_in_parts(accept) is None:
                raise
            return JSON  # who reads parts of JSON reads JSON

    def _kept(self, headers: Mapping[str, str], body: bytes, media: str) -> Response | None:
        """The answer to a body that was answered before, for whoever is not logged in."""
        if media == EVENT_STREAM or is_multipart(headers.get("content-type")):
            return None
        return self._executor.at_hand_for(body)

    async def _serve(
        self,
        scope: Scope,
        receive: Receive,
        reply: Reply,
        request: GraphQLRequest,
        media: str,
        *,
        body: bytes = b"",
    ) -> None:
        """``body`` is the one that the request came in, if it did."""
        executor = self._executor
        make_context = partial(self._make_context, HTTPConnection(scope), None)
        with self._leaving.cancels(receive):
            if media == EVENT_STREAM:
                await self._stream(scope, reply, request, make_context)
                return
            operation = await executor.prepare(request)
            if scope["method"] == "GET":
                refuse_mutation(operation)
            if operation.kind is OperationType.SUBSCRIPTION:
                if not reads_events(headers_of(scope).get("accept")):
                    refuse_subscription(operation)
                await self._stream(scope, reply, request, make_context)
                return
            asked = asked_in_parts(headers_of(scope).get("accept")) if comes_in_parts(operation) else None
            if asked is not None:
                responses = executor.deliver(operation, make_context, asked.form)
                if asked.media == EVENT_STREAM:
                    stream = EventStream(executor.errors, self._options)
                    await self._write(scope, reply, stream, responses, operation.kind)
                else:
                    await write_parts(reply, responses, asked, media, executor.errors)
                return
            is_anonymous = self._options.anonymous(headers_of(scope))
            response = await executor.answer(operation, make_context, is_anonymous=is_anonymous)
        if body and response.encoded is not None and not is_multipart(headers_of(scope).get("content-type")):
            executor.remember(body, operation)
        if scope["method"] == "GET":
            await reply.cacheable(response, media, executor.errors)
        else:
            await reply.response(response, media, executor.errors)

    async def _stream(
        self,
        scope: Scope,
        reply: Reply,
        request: GraphQLRequest,
        make_context: Callable[[], Awaitable[object]],
    ) -> None:
        """One operation by server-sent events.

        What is wrong with its document is told within the stream: the readers see no status, no other body.
        """
        executor = self._executor
        last = headers_of(scope).get("last-event-id")
        if last:
            request = request.returning(last)
        kind = OperationType.QUERY
        stream = EventStream(executor.errors, self._options)
        answers: AsyncGenerator[Response | Member]
        try:
            operation = await executor.prepare(request)
        except RequestRefused as refusal:
            answers = only(Response.refused(refusal))
        else:
            if scope["method"] == "GET":
                refuse_mutation(operation)
            kind = operation.kind
            asked = asked_in_parts(headers_of(scope).get("accept")) if comes_in_parts(operation) else None
            if asked is not None:
                answers = executor.deliver(operation, make_context, asked.form)
            else:
                answers = executor.follow(operation, make_context, stream)
        await self._write(scope, reply, stream, answers, kind)

    async def _write(
        self,
        scope: Scope,
        reply: Reply,
        stream: EventStream,
        answers: AsyncGenerator[Response | Member],
        kind: OperationType,
    ) -> None:
        with self._connections.holding(stream.farewell), stream.farewell.owing(kind):
            await stream.serve(reply, line_of(scope), answers)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    if method not in {"GET", "POST", "PUT", "DELETE", "OPTIONS"}:
        message = "Use GET or POST."
        raise RequestRefused.because(message, "METHOD_NOT_ALLOWED", 405, headers={"allow": METHODS})
    return method
