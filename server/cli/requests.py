"""uvicorn's HTTP, with what it leaves open: connections whose clients have stopped reading, or sending."""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.transport.lines import LINE

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before it was let go
HEAD_BYTES: Final = 64 << 10  # of a request's line and headers, beyond those that came first
PATIENCE: Final = 30.0  # seconds, twice at most: for a whole head, and from one piece of a body to the next
AHEAD: Final = 100  # requests that may wait on a connection for the answers to those before them


class TooManyAhead(Exception):
    """A client does not wait for answers."""


class Requests(HttpToolsProtocol):
    """Lends its connection to what answers.

    uvicorn waits for the last bytes to be taken: an event stream's client that has stopped reading would be
    kept for ever. So would be one that never ends its request, with headers without end; and of requests that
    are sent before others are answered there may be nine thousand in one piece.
    """

    _head: int | None  # bytes that have come of it; null when it is whole

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._head = 0
        self._messages = self._pieces = 0
        self._stuck: tuple[int, int] | None = None
        self._watch = self.loop.call_later(PATIENCE, self._look)

    def data_received(self, data: bytes) -> None:
        self._pieces += 1
        if self._head is not None:
            self._head += len(data)
            super().data_received(data)
            if (self._head or 0) > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The request's headers are too long.")
                self.loop.call_later(LAST_WORDS, self.transport.abort)
        else:
            super().data_received(data)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= AHEAD:
            raise TooManyAhead  # to the parser, which then says that the request is no good
        super().on_message_begin()
        self._head = 0  # what came in the same piece is not counted: it may be another's body
        self._messages += 1
        self._extensions()[LINE] = self

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._head = 0  # after the last chunk there may be more headers

    def on_body(self, body: bytes) -> None:
        self._head = None
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head = None
        super().on_message_complete()

    def _look(self) -> None:
        """Let a client go that was in the middle of the same request, as far as it is now, the last time."""
        stuck = None
        if self.transport.is_closing():
            self.transport.abort()
            return
        if self._head is not None:
            stuck = self._messages, 0
        elif self.cycle.more_body and not self.flow.read_paused:
            stuck = self._messages, self._pieces
        if stuck is not None and stuck == self._stuck:
            self.transport.abort()
            return
        self._stuck = stuck
        self._watch = self.loop.call_later(PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        if self.scope is not None:
            self._extensions().clear()  # which would hold us as we hold it
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._watch.cancel()
        self._extensions().clear()
        super().handle_websocket_upgrade()

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
