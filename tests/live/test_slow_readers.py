"""Clients that stop reading, on real TCP: what they cost, how they are let go, and how the others fare."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import httpx2
import pytest

from domain.events import OrderUpdated
from engine.transport.connections import Connections
from engine.transport.outbox import BYTES
from tests.factory import Factory
from tests.live.sockets import Server, Subscription
from tests.live.test_subscriptions import happen
from tests.markets import Market

# Of 24 KiB an event.
LONG = "subscription { ordersFeed { cursor " + " ".join(f"{'a' * 80}{n}: type" for n in range(240)) + " } }"
AT_ONCE = 4  # events of one transaction
MOST = 1 << 20  # bytes that one client may cost
HANDSHAKE = (
    "GET /graphql/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
Served = Callable[..., Any]


def text_frame(message: dict[str, Any]) -> bytes:
    """A client's frame; its mask is of zeros, so that there is nothing to mask."""
    payload = json.dumps(message).encode()
    return struct.pack("!BBH4x", 0x81, 0x80 | 126, len(payload)) + payload


class Stuck:
    """A client with a small window that listens, and reads only when it is told to."""

    def __init__(self, tcp: socket.socket) -> None:
        self._tcp = tcp
        self._loop = asyncio.get_running_loop()

    @classmethod
    @asynccontextmanager
    async def listening(cls, server: Server, token: str, kind: str) -> AsyncIterator["Stuck"]:
        host, _, port = server.url.removeprefix("http://").partition(":")
        tcp = socket.socket()
        tcp.settimeout(0)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before it connects: a window is agreed on
        client = cls(tcp)
        try:
            await client._loop.sock_connect(tcp, (host, int(port)))
            await (client._over_a_socket(token) if kind == "socket" else client._over_a_stream(token))
            yield client
        finally:
            tcp.close()

    async def _over_a_socket(self, token: str) -> None:
        await self._send(HANDSHAKE.encode())
        await self.read(until=b"\r\n\r\n")
        params = {"authorization": f"Bearer {token}"}
        await self._send(text_frame({"type": "connection_init", "payload": params}))
        await self.read(until=b"connection_ack")
        await self._send(text_frame({"id": "1", "type": "subscribe", "payload": {"query": LONG}}))

    async def _over_a_stream(self, token: str) -> None:
        body = json.dumps({"query": LONG})
        await self._send(
            (
                "POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Accept: text/event-stream\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )
        await self.read(until=b"\r\n\r\n")

    async def _send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._tcp, data)

    async def read(self, until: bytes | None = None) -> bytes:
        """Everything until then; to the end, where null."""
        heard = b""
        async with asyncio.timeout(10):
            while until is None or until not in heard:
                try:
                    data = await self._loop.sock_recv(self._tcp, 65_536)
                except ConnectionResetError:
                    break
                if not data:
                    break
                heard += data
        return heard


class Peaks:
    """The most that was held for any one client, looked at all the time."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.most = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _look(self) -> None:
        while True:
            self.most = max(self.most, *self._connections.held(), 0)
            await asyncio.sleep(0.001)


async def listen(subscription: Subscription, heard: list[str]) -> None:
    """Add the cursor of each event to ``heard``, until the socket is closed."""
    async for text in subscription.socket:
        cursor = json.loads(text)["payload"]["data"]["ordersFeed"]["cursor"]
        heard.append(cursor)


async def publish_until_let_go(server: Server, connections: Connections, heard: list[str]) -> int:
    """How many events it took. Whoever keeps up has heard each before the next comes."""
    number = 0
    async with asyncio.timeout(60):
        while not any(farewell.let_go for farewell in connections):
            await happen(server.shop, *(OrderUpdated(uuid4()) for _ in range(AT_ONCE)))
            number += AT_ONCE
            while len(heard) < number:  # noqa: ASYNC110 - a list tells nobody
                await asyncio.sleep(0.001)
    return number


@pytest.mark.parametrize("reads_again", [True, False])
@pytest.mark.parametrize("kind", ["socket", "stream"])
async def test_a_client_that_stops_reading_costs_little_and_is_let_go(
    served: Served, factory: Factory, kind: str, *, reads_again: bool
) -> None:
    await Market.open(factory)
    server: Server
    async with served() as server:
        token = (await server.client.as_staff()).token
        assert token is not None
        connections: Connections = server.app.state.connections
        async with server.subscription(LONG, token) as other:
            await server.listeners(1)
            heard: list[str] = []

            listening = asyncio.create_task(listen(other, heard))
            async with Stuck.listening(server, token, kind) as stuck:
                await members(server, 2)
                async with Peaks(connections) as peaks:
                    number = await publish_until_let_go(server, connections, heard)
                    last = await stuck.read() if reads_again else b""
                    async with asyncio.timeout(20):
                        while len(connections) != 1:  # noqa: ASYNC110 - they tell nobody
                            await asyncio.sleep(0.01)
                if not reads_again:
                    assert len(await stuck.read()) < MOST, "what the system has taken for it counts as well"
            await other.socket.close()
            await listening
            async with httpx2.AsyncClient() as http:
                figures = (await http.get(f"{server.url}/metrics")).text.splitlines()

    assert len(set(heard)) == len(heard) == number
    assert BYTES / 2 < peaks.most < MOST
    assert connections.let_go == 1
    assert {"matvis_connections_let_go_total 1.0", "matvis_connections_bytes_most 0.0"} <= set(figures)
    if reads_again and kind == "socket":
        assert last.endswith(b"\x88\x26" + struct.pack("!H", 1013) + b"Too slow: come back with your cursor")
    elif reads_again:
        assert last.endswith(b": SUBSCRIPTION_TOO_SLOW come back with your cursor\n\n\r\n0\r\n\r\n")
        assert b"event: complete" not in last


async def members(server: Server, number: int) -> None:
    """Wait until so many listen in groups."""
    async with asyncio.timeout(10):
        while server.app.state.executor.groups.members != number:  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.005)
