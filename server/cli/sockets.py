"""uvicorn's WebSockets, with two things that it leaves open, and less to keep for each of very many.

Of uvicorn's three ways to speak WebSocket this is the one to build on. ``websockets`` (its legacy side) takes
most memory, a quarter more CPU a message, and is on its way out; ``wsproto`` keeps the least as it comes, but
takes a third more CPU. What is left out here brings ``websockets-sansio`` below both (``bench/README.md``).
"""

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from engine.transport.lines import LINE, Shortcut

LAST_WORDS: Final = 5.0  # seconds that a client may take for what was written before its socket was closed
# Of a message: a million characters, whatever they are. What has come of it is kept for each client.
MESSAGE_BYTES: Final = 4 << 20
OF_THE_HANDSHAKE: Final = (b"sec-websocket-", b"connection", b"upgrade")  # how its headers begin


class Incoming:
    """Messages that were not read yet, for one reader. asyncio's queue takes 3 KB, most of it for waiters."""

    __slots__ = ("_messages", "_news")

    def __init__(self) -> None:
        self._messages: list[Any] = []  # short: nothing is received while one waits
        self._news: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def empty(self) -> bool:
        return not self._messages

    async def get(self) -> Any:
        while not self._messages:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        return self._messages.pop(0)


class Writable:
    """Whether the client takes what is written: an event, without asyncio's 800 bytes."""

    __slots__ = ("_change",)

    def __init__(self) -> None:
        self._change: asyncio.Future[None] | None = None  # null while it does

    def is_set(self) -> bool:
        return self._change is None

    def set(self) -> None:
        change, self._change = self._change, None
        if change is not None:
            change.set_result(None)

    def clear(self) -> None:
        if self._change is None:
            self._change = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        while self._change is not None:
            await asyncio.shield(self._change)  # which others wait for as well


class Sockets(WebSocketsSansIOProtocol):
    """A closed socket goes, whether or not its client reads what is still written to it.

    uvicorn waits for the last bytes to be taken: whoever has stopped reading would be kept for ever.
    """

    queue: Any
    writable: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.max_message_size = MESSAGE_BYTES
        self.queue = Incoming()
        self.writable = Writable()
        self.shortcut = Shortcut()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        scope = cast("dict[str, Any] | None", self.__dict__.get("scope"))
        if scope is not None:  # else the handshake was refused
            headers = scope["headers"]
            headers[:] = [header for header in headers if not header[0].startswith(OF_THE_HANDSHAKE)]

    def start_keepalive(self) -> None:
        super().start_keepalive()
        # The handshake is over, and 10,000 of them count. The parser holds the request as long as it runs.
        self.request.headers.clear()
        del self.request, self.response
        # Of more attributes than that, a dictionary made for 42 takes half of one that grew beyond.
        self.__dict__ = {name: self.__dict__[name] for name in self.__dict__}

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

    # Whatever ends the taking of texts shuts the shortcut.

    def pause_writing(self) -> None:
        self.shortcut.shut()
        super().pause_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.shortcut.shut()
        super().connection_lost(exc)

    def handle_close(self, event: Any) -> None:
        self.shortcut.shut()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self.shortcut.shut()
        super().handle_parser_exception()

    def shutdown(self) -> None:
        self.shortcut.shut()
        super().shutdown()

    def keepalive_timeout(self) -> None:
        self.shortcut.shut()
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: Any) -> None:
        """As uvicorn's; a text is framed here, for that is nearly all that is ever sent."""
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text is not None and self._takes_texts():
            self.transport.write(self.framed(b"", text.encode()))
        else:
            self.shortcut.shut()
            await super().send(message)

    def open(self) -> bool:
        takes = self._takes_texts()
        if takes:
            self.shortcut.write = self.transport.write
        return takes

    def _takes_texts(self) -> bool:
        if not self.writable.is_set() or self.close_sent or self.disconnected or not self.handshake_complete:
            return False
        return not (self.conn.extensions or self.transport.is_closing())

    @staticmethod
    def framed(head: bytes, tail: bytes) -> bytes:
        """RFC 6455, 5.2: a text in one frame."""
        size = len(head) + len(tail)
        if size < 126:  # noqa: PLR2004 - what the first byte of a size may say
            start = bytes((0x81, size))
        elif size < 1 << 16:
            start = b"\x81\x7e" + size.to_bytes(2)
        else:
            start = b"\x81\x7f" + size.to_bytes(8)
        return b"".join((start, head, tail))
