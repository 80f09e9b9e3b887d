"""uvicorn's HTTP, with what it leaves open: heads without an end, and clients that have stopped.

uvicorn waits for the rest of a request, and for the last bytes of an answer to be taken, for ever.
"""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.transport.lines import LINE

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before it was let go
HEAD: Final = 64 << 10  # bytes of a request before its body
SENDING: Final = 30.0  # seconds in which a client sends the rest of its request, or at least a
PIECE: Final = 16 << 10  # bytes of it
TAKING: Final = 60.0  # seconds in which it takes some of its answer
AHEAD: Final = 100  # requests that may wait on a connection for the answers to those before them

FRAMING: Final = {b"content-length", b"transfer-encoding"}  # headers that say where a body ends


class HeadTooLarge(Exception):
    """There is more before a request's body than ``HEAD``."""


class TooManyAhead(Exception):
    """A client does not wait for answers: a piece may hold nine thousand requests."""


class Requests(HttpToolsProtocol):
    """Lends its connection to what answers, and lets go of clients that neither send nor take."""

    scope: Any  # both are null at first
    cycle: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head = 0  # bytes that may be of a head whose end has not come
        self._size = 0  # of these, with what is being read
        self._after: int | None = None  # bytes since a chunk was begun of which none has come: more headers
        self._came = 0  # bytes since somebody looked
        self._sending: asyncio.TimerHandle | None = None  # set while the client owes the rest of a request
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._sending = self.loop.call_later(SENDING, self._look_for_more)

    def data_received(self, data: bytes) -> None:
        self._size = self._head + len(data)
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as stop:
            self._stopped(stop, data)
        cycle = self.cycle
        if self._sending is None and cycle is not None and not cycle.more_body and "method" in self.scope:
            self._head = 0  # all of it has come: nearly always
        else:
            self._wait_for_more(len(data))

    def _wait_for_more(self, came: int) -> None:
        self._came += came
        if self.scope is not None and "method" in self.scope:
            self._head = 0
            if self.cycle is None or not self.cycle.more_body:
                self._stop_looking_for_more()
                return
            if self._after is not None:  # the piece in which the chunk was begun is not counted
                self._after = 0 if self._after < 0 else self._after + came
                if self._after > HEAD:
                    self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._head and self._size > HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            self._head = self._size
        if self._sending is None:
            self._sending = self.loop.call_later(SENDING, self._look_for_more)

    def _stop_looking_for_more(self) -> None:
        self._came = 0
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _stopped(self, stop: Exception, data: bytes) -> None:
        """The parser has: what it reads is no HTTP, or the client would rather have another protocol."""
        if isinstance(stop, httptools.HttpParserError):
            is_large = self._size > HEAD and "method" not in (self.scope or ())
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if is_large else HTTPStatus.BAD_REQUEST)
        elif self._should_upgrade():
            self.handle_websocket_upgrade()
        else:
            self._read_on(data[stop.args[0] :])

    def _read_on(self, data: bytes) -> None:
        """Answer in HTTP/1.1 whoever would rather have another protocol, as Java's clients would have HTTP/2.

        The parser stops at the head of such a request, so that its body is another's to read.
        """
        self.cycle.keep_alive = False
        framing = [header for header in self.headers if header[0] in FRAMING]
        if framing:
            self.cycle.more_body = True
            self.cycle.message_event.clear()
            self.parser = httptools.HttpRequestParser(Body(self))
            try:
                self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % _lines(framing))
                self.parser.feed_data(data)
            except httptools.HttpParserError as stop:
                self._stopped(stop, data)

    def on_headers_complete(self) -> None:
        if self._size > HEAD:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > HEAD:
                raise HeadTooLarge
        super().on_headers_complete()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what never reaches the application, and end the connection."""
        if self.transport.is_closing():
            return
        error = {"message": f"{status.description}.", "extensions": {"code": status.name}}
        body = orjson.dumps({"errors": [error]})
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        first = b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode())
        self.transport.write(b"%b%b\r\n%b" % (first, _lines(headers), body))
        self.transport.close()

    def _look_for_more(self) -> None:
        """End the connection of a client that sends next to nothing, unless it waits for us."""
        self._sending = None
        came, self._came = self._came, 0
        cycle = self.cycle
        is_answering = cycle is not None and not cycle.response_complete
        if came >= PIECE or self.flow.read_paused or (is_answering and not cycle.more_body):
            self._sending = self.loop.call_later(SENDING, self._look_for_more)
        elif self._head or (is_answering and not cycle.response_started):
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._taking is None:
            self._look_for_less(self.unsent + 1)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _look_for_less(self, before: int) -> None:
        """End the connection of a client that has taken nothing of what was unsent ``before``."""
        if self.unsent >= before:
            self.transport.abort()
        else:
            self._taking = self.loop.call_later(TAKING, self._look_for_less, self.unsent)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        if self.unsent:
            self.loop.call_later(TAKING, self.transport.abort)

    def on_chunk_header(self) -> None:
        self._after = -1

    def on_body(self, body: bytes) -> None:
        self._after = None
        super().on_body(body)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= AHEAD:
            raise TooManyAhead  # to the parser, which then says that the request is no good
        self._after = None
        self._head = 0  # what was counted until now is not of this one
        super().on_message_begin()
        self.scope["extensions"] = {LINE: self}

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_looking()
        if self.scope is not None:
            self._extensions().clear()  # which would hold us as we hold it
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._stop_looking()
        self._extensions().clear()
        super().handle_websocket_upgrade()

    def _stop_looking(self) -> None:
        for timer in (self._sending, self._taking):
            if timer is not None:
                timer.cancel()
        self._sending = self._taking = None

    @property
    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def let_go(self) -> None:
        self.cycle.keep_alive = False
        self.loop.call_later(LAST_WORDS, self.transport.abort)

    def abort(self) -> None:
        self.cycle.disconnected = True  # uvicorn would miss the end of the answer
        self.transport.abort()

    def _extensions(self) -> dict[str, Any]:
        scope = cast("dict[str, Any]", self.scope)
        return cast("dict[str, Any]", scope.setdefault("extensions", {}))


class Body:
    """What a parser tells of a single body, the rest of a connection's request."""

    def __init__(self, request: Requests) -> None:
        self._request = request
        self._is_over = False

    def on_body(self, body: bytes) -> None:
        if not self._is_over:
            self._request.on_body(body)

    def on_message_complete(self) -> None:
        self._is_over = True
        self._request.on_message_complete()


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)
