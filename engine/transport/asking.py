"""What a client asks, read from its HTTP request."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from engine.errors import RequestRefused
from engine.requests import GraphQLRequest, holds_too_many, is_plain, too_many_values
from engine.transport.leaving import Left
from engine.transport.media import check_json
from engine.transport.multipart import is_multipart, parse_form
from engine.transport.options import TransportOptions
from engine.transport.room import Room

PREFLIGHTED = frozenset({"x-requested-with", "graphql-require-preflight", "apollo-require-preflight"})


async def read_posted(
    headers: Mapping[str, str], receive: Receive, options: TransportOptions, room: Room
) -> GraphQLRequest:
    """The request in a body. Raises ``RequestRefused``, and ``Left``."""
    return await parse_posted(headers, await receive_posted(headers, receive, options, room), options)


async def receive_posted(
    headers: Mapping[str, str], receive: Receive, options: TransportOptions, room: Room
) -> bytes:
    """A body that is JSON by its headers, or a form. Raises ``RequestRefused``, and ``Left``."""
    if is_multipart(headers.get("content-type")):
        check_cross_site(headers, options)  # a form needs no preflight
        with room.taken(headers):
            return await read_body(headers, receive, options.max_upload)
    check_json(headers.get("content-type"), headers.get("content-encoding"))
    return await read_body(headers, receive, options.max_body)


async def parse_posted(headers: Mapping[str, str], body: bytes, options: TransportOptions) -> GraphQLRequest:
    """The request in a body: JSON, or a form with files. Raises ``RequestRefused``."""
    if is_multipart(headers.get("content-type")):
        return await parse_form(headers, body, options.max_files, options.max_body)
    if holds_too_many(body):
        raise too_many_values()
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestRefused.because("The body is not JSON in UTF-8.") from None
    return GraphQLRequest.parse(value, looked_at=is_plain(body))


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
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        whole: bytes = message.get("body", b"")  # nearly always
        if len(whole) > most:
            raise _too_large(most)
        return whole
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise Left
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()


def _too_large(most: int) -> RequestRefused:
    return RequestRefused.because(f"The body is larger than {most} bytes.", "PAYLOAD_TOO_LARGE", 413)
