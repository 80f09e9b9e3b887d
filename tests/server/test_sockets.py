"""A socket's writes where its client takes no more, on real TCP, and the little that each one keeps."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from engine.transport.lines import TextLine, text_line_of
from server.cli.sockets import MESSAGE_BYTES, Incoming, Writable
from tests.running import running

HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"X-Kept: yes\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SIZE = 60_000  # bytes of a message
CLOSE, TOO_BIG = 0x88, 1009  # RFC 6455


class Ours:
    """The server's end of the one socket."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.over = asyncio.Event()
        self.line: TextLine
        self.socket: WebSocket

    async def __call__(self, websocket: WebSocket) -> None:
        line = text_line_of(websocket.scope)
        assert line is not None
        self.line, self.socket = line, websocket
        await websocket.accept()
        self.open.set()
        await self.over.wait()
        await websocket.close()

    async def gone(self) -> None:
        """Wait until the client's end is known."""
        while (await self.socket.receive())["type"] != "websocket.disconnect":
            pass

    def write(self, text: bytes) -> bool:
        """By the shortcut, which must have been opened; False where it is shut."""
        write = self.line.shortcut.write
        if write is not None:
            write(self.line.framed(text[:1], text[1:]))
        return write is not None


class Theirs:
    """The client's end: it reads when it is told to."""

    def __init__(self, tcp: socket.socket) -> None:
        self._tcp = tcp
        self._heard = b""

    async def exactly(self, size: int) -> bytes:
        while len(self._heard) < size:
            more = await asyncio.get_running_loop().sock_recv(self._tcp, 1 << 20)
            assert more, "the server has hung up"
            self._heard += more
        taken, self._heard = self._heard[:size], self._heard[size:]
        return taken

    async def leave(self, last: bytes) -> None:
        """With these words, or by hanging up."""
        if last:
            await asyncio.get_running_loop().sock_sendall(self._tcp, last)
        else:
            self._tcp.close()

    async def message(self) -> bytes:
        """The payload of the next text; it is neither small nor large."""
        head = await self.exactly(4)
        assert head[:2] == b"\x81\x7e"
        return await self.exactly(int.from_bytes(head[2:]))


@pytest.fixture
async def ends() -> AsyncIterator[tuple[Ours, Theirs]]:
    ours = Ours()
    app = Starlette(routes=[WebSocketRoute("/socket", ours.__call__)])
    async with running(app) as url, contextlib.AsyncExitStack() as stack:
        stack.callback(ours.over.set)
        tcp = stack.enter_context(socket.socket())
        tcp.settimeout(0)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(tcp, ("127.0.0.1", urlsplit(url).port))
        await loop.sock_sendall(tcp, HANDSHAKE)
        theirs = Theirs(tcp)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += await theirs.exactly(1)
        assert answer.startswith(b"HTTP/1.1 101 ")
        await ours.open.wait()
        yield ours, theirs


def text(number: int) -> bytes:
    return b"%d" % number + b"." * SIZE


async def test_a_write_to_a_client_that_takes_no_more_is_declined_and_a_send_waits_for_its_turn(
    ends: tuple[Ours, Theirs],
) -> None:
    ours, theirs = ends
    written = 0
    assert ours.line.open()
    while written < 10_000 and ours.write(text(written)):
        written += 1
    full = ours.line.unsent
    waiting = [
        asyncio.create_task(ours.socket.send_text(text(number).decode()))
        for number in (written, written + 1, written + 2)
    ]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.sleep(0)
    before = [task.done() for task in waiting]
    opened = ours.line.open()
    async with asyncio.timeout(10):
        heard = [await theirs.message() for _ in range(written + 2)]
        await asyncio.gather(*waiting, return_exceptions=True)

    assert written > 1
    assert 64 << 10 < full < 64 << 11, "more than uvicorn lets wait, by less than two messages"
    assert before == [False, True, False]
    assert not opened
    assert heard == [text(number) for number in (*range(written + 1), written + 2)]
    assert ours.line.unsent == 0
    assert not ours.write(b"late"), "whoever has waited was first: it is opened by who knows of no other"
    assert ours.line.open(), "it takes again"


async def test_nothing_is_written_to_a_socket_that_is_closed(ends: tuple[Ours, Theirs]) -> None:
    ours, theirs = ends
    assert ours.line.open()
    ours.over.set()
    head = await theirs.exactly(4)

    assert head == b"\x88\x02\x03\xe8"
    assert not ours.write(b"late")
    assert not ours.line.open()


@pytest.mark.parametrize("last", [b"\x88\x80" + bytes(4), b"\xff\x80" + bytes(4), b""])
async def test_nothing_is_written_to_a_client_that_has_left(ends: tuple[Ours, Theirs], last: bytes) -> None:
    """It says goodbye, or what is no WebSocket, or hangs up."""
    ours, theirs = ends
    assert ours.line.open()
    await theirs.leave(last)
    async with asyncio.timeout(5):
        await ours.gone()

    assert not ours.write(b"late")
    assert not ours.line.open()


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536])
async def test_a_text_of_any_size_is_one_frame(ends: tuple[Ours, Theirs], size: int) -> None:
    ours, theirs = ends
    assert ours.line.open()
    assert ours.write(b"h" + b"t" * (size - 1))
    start, bytes_of_size = await theirs.exactly(2), {126: 2, 127: 8}
    told = start[1]
    if told in bytes_of_size:
        told = int.from_bytes(await theirs.exactly(bytes_of_size[told]))

    assert (start[0], told) == (0x81, size)
    assert await theirs.exactly(size) == b"h" + b"t" * (size - 1)


async def test_what_belongs_to_the_handshake_is_not_kept(ends: tuple[Ours, Theirs]) -> None:
    ours, _ = ends
    protocol: Any = ours.line

    assert ours.socket.scope["headers"] == [(b"host", b"localhost"), (b"x-kept", b"yes")]
    assert not hasattr(protocol, "request")


async def test_messages_are_read_in_order_by_one_who_may_have_waited() -> None:
    incoming = Incoming()
    first = asyncio.create_task(incoming.get())
    await asyncio.sleep(0)
    for number in (1, 2):
        incoming.put_nowait(number)
    assert not incoming.empty()

    assert (await first, await incoming.get(), incoming.empty()) == (1, 2, True)


async def test_whoever_gives_up_waiting_takes_nobody_along() -> None:
    writable = Writable()
    writable.clear()
    writable.clear()
    gives_up, stays = [asyncio.create_task(writable.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    gives_up.cancel()
    await asyncio.sleep(0)
    assert not stays.done()
    writable.set()
    writable.set()
    async with asyncio.timeout(5):
        await stays

    assert writable.is_set()


async def test_a_message_that_is_too_long_is_not_kept_until_it_is_whole(ends: tuple[Ours, Theirs]) -> None:
    _, theirs = ends
    size = MESSAGE_BYTES + 1

    await theirs.leave(b"\x81\xff" + size.to_bytes(8) + b"\0\0\0\0" + b"a")  # its first byte

    async with asyncio.timeout(10):
        head = await theirs.exactly(2)
        (_, length) = head
        reason = await theirs.exactly(length)
    assert head[0] == CLOSE
    assert int.from_bytes(reason[:2]) == TOO_BIG
