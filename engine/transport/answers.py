"""An answer's bytes and headers."""

import asyncio
import gzip
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson
from starlette.types import Send

from engine.errors import Errors, RequestRefused
from engine.live import Told
from engine.requests import COST, Encoded, Response
from engine.transport.media import JSON, accepts_gzip
from engine.transport.options import TransportOptions

HEADS = 1_000  # sets of headers that are remembered
METHODS = "GET, POST, PUT, DELETE, OPTIONS"  # PUT and DELETE: of streams for many operations
GZIP_LEVEL = 4  # 100 KiB of products: level 6 takes twice the time for 3 percent fewer bytes
THREAD_FROM = 512 << 10  # bytes; compressing less keeps the loop for under 10 ms
VARY = "Accept, Accept-Encoding, Origin"
VARY_BY_VIEWER = f"{VARY}, Authorization, Authorization-Bearer"
EXPOSED = "ETag, Age, Retry-After, Idempotent-Replayed, X-Request-Id"  # what pages elsewhere may read of ours
HEADERS_ALWAYS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


def encode(response: Response, errors: Errors, envelope: Mapping[str, Any] | None = None) -> bytes:
    """The response's JSON, as ``payload`` of the envelope if there is one.

    A result that is no JSON (a scalar that serialised to something else, a lone surrogate) is a fault.
    """
    kept = response.encoded
    if kept is not None and envelope is None and not response.errors and not response.extensions:
        return b'{"data":%b}' % kept.data
    try:
        return _dump(response.body(), envelope)
    except TypeError as exception:
        error, _ = errors.exception(exception)
        return _dump(
            {"errors": [error], "data": None} if response.executed else {"errors": [error]}, envelope
        )


def tail_of(told: Told, errors: Errors) -> bytes:
    """How the message with it ends: its JSON as the last member of an envelope, whatever that begins with."""
    tail = told.tail
    if tail is None:
        tail = told.tail = encode(told.response, errors) + b"}"
    return tail


def _dump(body: object, envelope: Mapping[str, Any] | None) -> bytes:
    return orjson.dumps(body if envelope is None else {**envelope, "payload": body})


def _tag(response: Response, body: bytes, errors: Errors) -> str:
    """Weak, since the same answer may come compressed or not."""
    kept = response.encoded
    if kept is not None and kept.etag is not None:
        return kept.etag
    # What is left of a budget is news in every answer, and makes none of them another.
    told = encode(replace(response, extensions={}), errors) if response.extensions else body
    tag = f'W/"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'
    if kept is not None:
        kept.etag = tag
    return tag


def _packing(response: Response) -> Encoded | None:
    """Where the answer may be kept compressed: one with extensions is an answer of its own."""
    return None if response.extensions or response.errors else response.encoded


class Reply:
    """Writes the one HTTP answer of a request."""

    def __init__(
        self,
        request: Mapping[str, str],
        send: Send,
        options: TransportOptions,
        told: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        """``told`` are headers that are the server's own."""
        self._request = request
        self._send = send
        self._options = options
        self._told = told

    async def response(self, response: Response, media: str, errors: Errors) -> None:
        """Answer an operation. For ``application/json`` the status is the carrier's, not GraphQL's."""
        kept = _packing(response)
        if kept is not None and response.data is None:
            await self._again(response, kept, media)
            return
        status = response.legacy_status if media == JSON else response.status
        headers = response.headers
        if "cache-control" in headers:
            headers = {**headers, "vary": VARY_BY_VIEWER}
        await self.write(status, encode(response, errors), media, headers, kept)

    async def _again(self, response: Response, kept: Encoded, media: str) -> None:
        """As ``response``, for an answer that is told again: so are its headers, while they are the same."""
        cause = (media, self._request.get("accept-encoding"), self._request.get("origin"), response.headers)
        body = kept.whole = kept.whole or b'{"data":%b}' % kept.data
        least = self._options.compress_from
        packs = least is not None and len(body) >= least and accepts_gzip(cause[1])
        if packs:
            body = kept.packed = kept.packed or await _compress(body)
        if kept.head is None or kept.head[0] != cause:
            headers = {"vary": VARY_BY_VIEWER, **response.headers}
            if packs:
                headers["content-encoding"] = "gzip"
            kept.head = cause, [*self._raw(media, headers), (b"content-length", b"%d" % len(body))]
        told = [*kept.head[1], *self._told]
        await self._send({"type": "http.response.start", "status": 200, "headers": told})
        await self._send({"type": "http.response.body", "body": body})

    async def cacheable(self, response: Response, media: str, errors: Errors) -> None:
        """As ``response``, for a GET: a client that has this very answer already hears only that.

        What one caller has left is not for the others whom a cache on the way tells a public answer.
        """
        if response.errors:
            await self.response(response, media, errors)
            return
        if COST in response.extensions and response.headers.get("cache-control", "").startswith("public"):
            others = {name: told for name, told in response.extensions.items() if name != COST}
            response = replace(response, extensions=others)
        body = encode(response, errors)
        tag = _tag(response, body, errors)
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": VARY_BY_VIEWER}
        headers |= response.headers
        if _names(self._request.get("if-none-match", ""), tag):
            await self.start(304, None, headers)
            await self.chunk(b"", more=False)
            return
        await self.write(200, body, media, headers, _packing(response))

    async def refuse(self, refusal: RequestRefused, media: str = JSON) -> None:
        """Answer what was not executed."""
        status = refusal.legacy_status if media == JSON else refusal.status
        body = orjson.dumps({"errors": refusal.errors})
        await self.write(status, body, media, refusal.headers)

    async def write(
        self,
        status: int,
        body: bytes,
        media: str | None,
        headers: Mapping[str, str] | None = None,
        packing: Encoded | None = None,
    ) -> None:
        """Send status, headers and body, compressed if it is large and the client can read that.

        What is compressed is kept in ``packing``, and need not be compressed again.
        """
        headers = headers or {}
        least = self._options.compress_from
        if least is not None and len(body) >= least and accepts_gzip(self._request.get("accept-encoding")):
            if packing is None:
                body = await _compress(body)
            else:
                body = packing.packed = packing.packed or await _compress(body)
            headers = {**headers, "content-encoding": "gzip"}
        told = [*self._raw(media, headers), *self._told, (b"content-length", b"%d" % len(body))]
        await self._send({"type": "http.response.start", "status": status, "headers": told})
        await self._send({"type": "http.response.body", "body": body})

    async def chunk(self, body: bytes, *, more: bool = True) -> None:
        """Send a piece of a body that ``start`` began."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def start(self, status: int, media: str | None, headers: Mapping[str, str]) -> None:
        """Send status and headers only; the caller sends the body."""
        await self._send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*self._raw(media, headers), *self._told],
            }
        )

    def _raw(self, media: str | None, headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
        origin = self._request.get("origin")
        trusted = origin if origin is not None and self._options.allows(origin) else None
        if "etag" in headers:  # of this answer alone
            return _written(media, trusted, headers.items())
        return _written_before(media, trusted, tuple(headers.items()))

    def _cross_origin(self) -> dict[str, str]:
        origin = self._request.get("origin")
        if origin is None or not self._options.allows(origin):
            return {}
        return {"access-control-allow-origin": origin}

    async def preflight(self) -> None:
        """Answer OPTIONS. Without an allowed origin it only lists the methods, and a browser stops there."""
        headers = {"allow": METHODS}
        if self._cross_origin():
            headers["access-control-allow-methods"] = METHODS
            headers["access-control-allow-headers"] = self._request.get(
                "access-control-request-headers", "authorization, content-type"
            )
            headers["access-control-max-age"] = "7200"
        await self.start(204, None, headers)
        await self.chunk(b"", more=False)


def _written(
    media: str | None, origin: str | None, headers: Iterable[tuple[str, str]]
) -> tuple[tuple[bytes, bytes], ...]:
    """The headers as they travel; ``origin`` is one that may read the answer."""
    everything = {
        **HEADERS_ALWAYS,
        "vary": VARY,
        **({"content-type": f"{media}; charset=utf-8"} if media else {}),
        **(
            {"access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED}
            if origin
            else {}
        ),
        **dict(headers),
    }
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in everything.items())


_written_before = lru_cache(HEADS)(_written)  # nearly all answers have the same


def _names(if_none_match: str, tag: str) -> bool:
    """Whether the header names the tag; a strong one of the same text is meant as well."""
    named = {name.strip().removeprefix("W/") for name in if_none_match.split(",")}
    return tag.removeprefix("W/") in named or "*" in named


async def _compress(body: bytes) -> bytes:
    if len(body) < THREAD_FROM:
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, GZIP_LEVEL, mtime=0)
