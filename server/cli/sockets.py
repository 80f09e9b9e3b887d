"""uvicorn's WebSockets, with two things that it leaves open."""

from typing import Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from engine.transport.lines import LINE

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before its socket was closed


class Sockets(WebSocketsSansIOProtocol):
    """A closed socket goes, whether or not its client reads what is still written to it.

    uvicorn waits for the last bytes to be taken: whoever has stopped reading would be kept for ever.
    """

    def start_keepalive(self) -> None:
        super().start_keepalive()
        del self.request, self.response  # the handshake's, which is over: 10,000 of them count

    async def run_asgi(self) -> None:
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions[LINE] = self
        try:
            await super().run_asgi()
        finally:
            del extensions[LINE]  # which would hold us as we hold it
        self.let_go()

    @property
    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def let_go(self) -> None:
        self.loop.call_later(LAST_WORDS, self.transport.abort)

    def abort(self) -> None:
        self.transport.abort()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: Any) -> None:
        """As uvicorn's; a text is framed here, for that is nearly all that is ever sent."""
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text is None or not self.write_text(b"", text.encode()):
            await super().send(message)

    def write_text(self, head: bytes, tail: bytes) -> bool:
        """Send a text at once; False where that is not possible now."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or not self.handshake_complete:
            return False
        if self.conn.extensions:
            return False
        size = len(head) + len(tail)
        if size < 126:  # noqa: PLR2004 - RFC 6455, 5.2
            start = bytes((0x81, size))
        elif size < 1 << 16:
            start = b"\x81\x7e" + size.to_bytes(2)
        else:
            start = b"\x81\x7f" + size.to_bytes(8)
        self.transport.write(b"".join((start, head, tail)))
        return True
