"""Listeners on WebSockets, by the thousand, with next to no work of their own: frames are counted."""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

import orjson

HELLO = b'{"type":"connection_init","payload":{}}'
SMALL, MEDIUM = 126, 1 << 16  # lengths from which a frame says its length in two bytes, in eight
HEAD, LONGER, LONGEST = 2, 4, 10  # bytes before a payload
TEXT, CLOSE, PING = 1, 8, 9


def text_frame(payload: bytes) -> bytes:
    """A client's frame; its mask is of zeros, so that there is nothing to mask."""
    if len(payload) < SMALL:
        head = struct.pack("!BB", 0x81, 0x80 | len(payload))
    elif len(payload) < MEDIUM:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(payload))
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | 127, len(payload))
    return head + bytes(4) + payload


@dataclass
class Ear(asyncio.Protocol):
    """One listener: ``subscribe`` is the payload of its operation, ``heard`` when each message came."""

    subscribe: bytes
    on_begun: Callable[[], None]
    path: str = "/graphql/"
    heard: list[float] = field(default_factory=list)
    closed: int | None = None
    _buffer: bytes = b""
    _upgraded: bool = False
    _transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(
            (
                f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
            ).encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.closed = self.closed or 1006

    def data_received(self, data: bytes) -> None:
        now = monotonic()
        buffer = self._buffer + data if self._buffer else data
        if not self._upgraded:
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            assert b" 101 " in head.partition(b"\r\n")[0], head
            self._upgraded = True
            self._transport.write(text_frame(HELLO))
        at, size = 0, len(buffer)
        while size - at >= HEAD:
            length, begin = buffer[at + 1], at + HEAD
            if length == SMALL:
                if size - at < LONGER:
                    break
                length, begin = struct.unpack_from("!H", buffer, at + 2)[0], at + LONGER
            elif length > SMALL:
                if size - at < LONGEST:
                    break
                length, begin = struct.unpack_from("!Q", buffer, at + 2)[0], at + LONGEST
            if size - begin < length:
                break
            self._take(buffer[at] & 15, buffer, begin, length, now)
            at = begin + length
        self._buffer = buffer[at:]

    def _take(self, opcode: int, buffer: bytes, begin: int, length: int, now: float) -> None:
        if opcode == TEXT and buffer.startswith(b'{"type":"connection_ack"', begin):
            self._transport.write(text_frame(self.subscribe))
            self.on_begun()
        elif opcode == TEXT:
            if self.heard == [] and b'"type":"error"' in buffer[begin : begin + 80]:
                raise AssertionError(buffer[begin : begin + length])
            self.heard.append(now)
        elif opcode == PING:
            self._transport.write(bytes([0x8A, 0x80 | length]) + bytes(4) + buffer[begin : begin + length])
        elif opcode == CLOSE:
            self.closed = struct.unpack_from("!H", buffer, begin)[0]

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    def close(self) -> None:
        self._transport.abort()


def subscription(query: str, **variables: Any) -> bytes:
    """The message that begins an operation, under an id of its own, as graphql-ws makes them."""
    payload = {"query": query, "variables": variables}
    return orjson.dumps({"id": str(uuid4()), "type": "subscribe", "payload": payload})


async def connect(
    port: int, messages: Sequence[bytes], path: str, room: int | None = None, at_once: int = 64
) -> list[Ear]:
    """So many listeners, each acknowledged, and their subscriptions sent; a few at a time.

    ``room``: bytes of each one's receive buffer, the system's choice where null.
    """
    loop = asyncio.get_running_loop()
    turns = asyncio.Semaphore(at_once)
    ears: list[Ear] = []

    async def one(number: int, message: bytes) -> None:
        async with turns:
            begun = loop.create_future()
            # One address has 28,000 ports: each loopback address has as many again.
            local = (f"127.0.{1 + number // 10_000 % 200}.{1 + os.getpid() % 200}", 0)
            sock = socket.socket()
            sock.settimeout(0)
            if room is not None:  # before it connects: afterwards the window is agreed on
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            sock.bind(local)
            await loop.sock_connect(sock, ("127.0.0.1", port))
            _, ear = await loop.create_connection(
                lambda: Ear(message, lambda: begun.set_result(None), path), sock=sock
            )
            ears.append(ear)
            await begun

    await asyncio.gather(*(one(number, message) for number, message in enumerate(messages)))
    return ears
