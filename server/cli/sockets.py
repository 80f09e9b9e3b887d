"""uvicorn's WebSockets, with two things that it leaves open."""

from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before its socket was closed


class Sockets(WebSocketsSansIOProtocol):
    """A closed socket goes, whether or not its client reads what is still written to it.

    uvicorn waits for the last bytes to be taken: whoever has stopped reading would be kept for ever.
    """

    def start_keepalive(self) -> None:
        super().start_keepalive()
        del self.request, self.response  # the handshake's, which is over: 10,000 of them count

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(LAST_WORDS, self.transport.abort)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: Any) -> None:
        """As uvicorn's; a text is framed here, for that is nearly all that is ever sent."""
        text = message.get("text") if message["type"] == "websocket.send" else None
        plain = self.handshake_complete and not self.close_sent and not self.conn.extensions
        if text is None or not plain or self.disconnected or not self.writable.is_set():
            await super().send(message)
            return
        payload = text.encode()
        size = len(payload)
        if size < 126:  # noqa: PLR2004 - RFC 6455, 5.2
            head = bytes((0x81, size))
        elif size < 1 << 16:
            head = b"\x81\x7e" + size.to_bytes(2)
        else:
            head = b"\x81\x7f" + size.to_bytes(8)
        self.transport.write(head + payload)
