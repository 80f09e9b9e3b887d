"""uvicorn's HTTP, with what it leaves open: connections whose clients have stopped reading."""

from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from engine.transport.lines import LINE

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before it was let go


class Requests(HttpToolsProtocol):
    """Lends its connection to what answers.

    uvicorn waits for the last bytes to be taken: an event stream's client that has stopped reading would be
    kept for ever.
    """

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._extensions()[LINE] = self

    def connection_lost(self, exc: Exception | None) -> None:
        if self.scope is not None:
            self._extensions().clear()  # which would hold us as we hold it
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
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
