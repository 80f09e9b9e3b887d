"""A server with a port, and listeners on its WebSocket."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from commands.shop import Shop
from tests.clients import Client
from tests.factory import Factory
from tests.statements import Statements

PROTOCOL = Subprotocol("graphql-transport-ws")
SECONDS = 10
UNTOLD = "select exists (select from outbox where published_at is null)"


class Subscription:
    """One operation on a socket."""

    def __init__(self, socket: ClientConnection, id: str) -> None:
        self.socket = socket
        self.id = id

    async def message(self) -> dict[str, Any]:
        """The next message, whatever its type."""
        async with asyncio.timeout(SECONDS):
            heard: dict[str, Any] = json.loads(await self.socket.recv())
        assert heard["id"] == self.id
        return heard

    async def next(self) -> Any:
        """The data of the next event."""
        heard = await self.message()
        assert (heard["type"], heard["payload"].get("errors")) == ("next", None), heard
        return heard["payload"]["data"]

    async def event(self) -> tuple[Any, dict[str, Any]]:
        """The data of the next event, and its extension: a cursor, and whether all was recovered."""
        heard = await self.message()
        assert heard["type"] == "next", heard
        return heard["payload"]["data"], heard["payload"]["extensions"]["subscription"]

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes the socket, and nothing before."""
        with pytest.raises(ConnectionClosed) as end:
            async with asyncio.timeout(SECONDS):
                await self.socket.recv()
        assert end.value.rcvd is not None
        return end.value.rcvd.code, end.value.rcvd.reason

    async def refusals(self) -> list[str]:
        """The codes with which the operation is refused, as a whole."""
        heard = await self.message()
        assert heard["type"] == "error", heard
        return [error["extensions"]["code"] for error in heard["payload"]]

    async def silence(self) -> bool:
        """Whether nothing is heard for a while."""
        try:
            async with asyncio.timeout(0.3):
                await self.socket.recv()
        except TimeoutError:
            return True
        return False


class Server:
    """The whole shop on a port."""

    def __init__(self, app: Starlette, url: str, factory: Factory, statements: Statements) -> None:
        self.app = app
        self.url = url
        self._factory = factory
        self.client = Client(app, httpx2.ASGITransport(app=app), factory, statements)
        self._ids = itertools.count(1)

    @property
    def shop(self) -> Shop:
        return self.client.shop

    @asynccontextmanager
    async def subscription(
        self, document: str, /, token: str | None = None, back: str | None = None, **variables: Any
    ) -> AsyncIterator[Subscription]:
        """An operation under way on a socket of its own; see ``listeners`` for when it has begun.

        ``back`` is the cursor that the client comes back with.
        """
        address = f"ws{self.url.removeprefix('http')}/graphql/"
        params = {"authorization": f"Bearer {token}"} if token else {}
        async with connect(address, subprotocols=[PROTOCOL]) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": params}))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            name = str(next(self._ids))
            payload: dict[str, Any] = {"query": document, "variables": variables}
            if back is not None:
                payload["extensions"] = {"subscription": {"after": back}}
            await socket.send(json.dumps({"id": name, "type": "subscribe", "payload": payload}))
            yield Subscription(socket, name)

    async def told(self) -> None:
        """Wait until all that has happened was announced: whoever begins to listen now does not hear it."""
        async with asyncio.timeout(SECONDS):
            while await self._factory.value(UNTOLD):  # noqa: ASYNC110 - the relay tells nobody either
                await asyncio.sleep(0.005)

    async def listeners(self, number: int) -> None:
        """Wait until so many subscriptions of this server listen: whatever changes from now on is heard."""
        async with asyncio.timeout(SECONDS):
            while len(self.shop.events) != number:  # noqa: ASYNC110 - the shop counts, and tells nobody
                await asyncio.sleep(0.005)
