"""A socket's events by the shortcut that its server lends: shared frames, and no message out of turn."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from engine.executor import Executor
from engine.live import Told
from engine.requests import Response
from engine.transport.lines import Shortcut
from engine.transport.options import TransportOptions
from engine.transport.sockets import Socket
from engine.transport.subscribing import Subscription
from tests.engine.numbers import explain, schema, settled


class Wire:
    """A server's line, and ASGI's way beside it, which something may hold up."""

    def __init__(self) -> None:
        self.shortcut = Shortcut()
        self.takes = True
        self.way = asyncio.Event()
        self.way.set()
        self.sent: list[bytes] = []
        self.unsent = 0

    def open(self) -> bool:
        if self.takes:
            self.shortcut.write = self.sent.append
        return self.takes

    def framed(self, head: bytes, tail: bytes) -> bytes:
        return b"<" + head + tail + b">"

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.way.wait()
        self.sent.append(message["text"].encode())

    def let_go(self) -> None:
        raise AssertionError("that is a stream's")

    abort = let_go


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@pytest.fixture
async def socket(wire: Wire) -> Socket:
    executor = Executor(schema(), explain)

    async def nothing() -> Any:
        raise AssertionError("nobody asks")

    async def nobody(_: object) -> object:
        raise AssertionError("nobody asks")

    return Socket(nothing, wire.send, executor, nobody, TransportOptions(), line=wire)


def said(number: int) -> Told:
    return Told(Response(data={"n": number}))


def message(name: str, number: int) -> bytes:
    return b'{"id":"%s","type":"next","payload":{"data":{"n":%d}}}' % (name.encode(), number)


def frame(name: str, number: int) -> bytes:
    return b"<" + message(name, number) + b">"


async def test_listeners_of_one_id_share_a_frame_and_others_have_their_own(
    socket: Socket, wire: Wire
) -> None:
    told = said(1)
    for name in ("1", "1", "2", "1"):
        Subscription(socket, name).tell(told)

    assert wire.sent == [frame("1", 1), frame("1", 1), frame("2", 1), frame("1", 1)]
    assert wire.sent[0] is wire.sent[1]


async def test_what_waits_on_another_way_is_not_overtaken(socket: Socket, wire: Wire) -> None:
    subscription = Subscription(socket, "1")
    subscription.tell(said(1))
    wire.way.clear()
    socket.offer("2", b"first")
    subscription.tell(said(2))
    subscription.tell(said(3))
    before = list(wire.sent)
    wire.way.set()
    await settled()
    subscription.tell(said(4))

    assert before == [frame("1", 1)]
    assert wire.sent[1:] == [b"first", message("1", 2), message("1", 3), frame("1", 4)]


async def test_where_the_line_takes_nothing_it_goes_the_other_way(socket: Socket, wire: Wire) -> None:
    subscription = Subscription(socket, "1")
    wire.takes = False
    subscription.tell(said(1))
    wire.takes = True
    subscription.tell(said(2))

    assert wire.sent == [message("1", 1), frame("1", 2)]


async def test_nothing_is_told_after_the_end(socket: Socket, wire: Wire) -> None:
    subscription = Subscription(socket, "1")
    subscription.tell(said(1))
    socket.go()
    subscription.tell(said(2))

    assert wire.sent == [frame("1", 1)]


async def test_what_the_system_has_not_taken_is_held_for_the_client(socket: Socket, wire: Wire) -> None:
    wire.unsent = 5
    wire.way.clear()
    for message in (b"12", b"345"):
        socket.offer("1", message)

    assert socket.held == 5 + 2 + 3
