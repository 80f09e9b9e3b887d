"""Clients that others wrote, unchanged, over a network that breaks."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.events import CheckoutUpdated
from engine.transport.outbox import Outbox, Overflow
from engine.transport.sockets import Socket
from schema.ids import to_global
from tests.factory import Factory
from tests.live.sockets import Server
from tests.live.test_subscriptions import happen
from tests.markets import Market

HERE = Path(__file__).parent / "packages"
KINDS = ["graphql-ws", "graphql-sse", "graphql-sse in one connection", "EventSource"]


class Network:
    """A way to a server that can be cut."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Nobody gets through, and whoever was through is lost."""
        assert self._server is not None, "it is whole"
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._open |= {writer, back}
        with suppress(OSError):
            await asyncio.gather(self._pour(reader, back), self._pour(there, writer))
        self._open -= {writer, back}

    @staticmethod
    async def _pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            into.write(data)
            await into.drain()
        into.close()


@pytest.fixture
async def packages() -> None:
    """The clients' packages, installed once where git ignores them."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not here")
    if not (HERE / "node_modules" / "rxjs").exists():
        install = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
        process = await asyncio.create_subprocess_exec(*install, cwd=HERE)
        assert await process.wait() == 0, "npm installs them"


@asynccontextmanager
async def listening(
    kind: str, url: str, document: str, script: str = "listen.mjs"
) -> AsyncIterator[Callable[[], Any]]:
    """The client in a process of its own; call for its next event."""
    process = await asyncio.create_subprocess_exec(
        "node", script, kind, url, document, cwd=HERE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None, "it is piped"
    lines = process.stdout

    async def event() -> Any:
        async with asyncio.timeout(60):
            return json.loads(await lines.readline())

    try:
        yield event
    finally:
        process.kill()
        await process.wait()


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_whose_network_breaks_hears_what_it_missed(
    served: Callable[..., Any], factory: Factory, kind: str
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    key = to_global("Checkout", checkout.id)
    document = f'subscription {{ checkoutUpdated(id: "{key}") {{ lines {{ quantity }} }} }}'
    server: Server
    async with served() as server:
        network = Network(server.url)
        await network.mend()
        async with listening(kind, f"http://127.0.0.1:{network.port}/graphql/", document) as event:
            await server.listeners(1)
            await happen(server.shop, CheckoutUpdated(checkout.id))
            first = await event()
            await network.cut()
            await server.listeners(0)
            for _ in range(3):
                await happen(server.shop, CheckoutUpdated(checkout.id))
            await network.mend()
            missed = [await event() for _ in range(3)]
            await happen(server.shop, CheckoutUpdated(checkout.id))
            following = await event()
        await network.cut()

    told = [one["extensions"]["subscription"] for one in (first, *missed, following)]
    assert [one.get("recovered") for one in told] == [None, True, None, None, None]
    assert len({one["cursor"] for one in told}) == 5
    assert {json.dumps(one["data"]) for one in (first, *missed, following)} == {
        '{"checkoutUpdated": {"lines": [{"quantity": 1}]}}'
    }


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_client_that_was_too_slow_comes_back_with_its_cursor(
    served: Callable[..., Any], factory: Factory, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    key = to_global("Checkout", checkout.id)
    document = f'subscription {{ checkoutUpdated(id: "{key}") {{ lines {{ quantity }} }} }}'
    lagged = asyncio.Event()

    def overflow(*_: Any) -> None:
        lagged.set()
        raise Overflow

    server: Server
    async with served() as server, listening(kind, f"{server.url}/graphql/", document) as event:
        await server.listeners(1)
        await happen(server.shop, CheckoutUpdated(checkout.id))
        first = await event()
        with monkeypatch.context() as slow:
            slow.setattr(Outbox, "is_free", False)
            slow.setattr(Outbox, "offer", overflow)
            for farewell in server.app.state.connections:
                if isinstance(farewell.connection, Socket):
                    farewell.connection.shortcut.shut()
            await happen(server.shop, CheckoutUpdated(checkout.id))
            async with asyncio.timeout(30):
                await lagged.wait()
        for _ in range(2):
            await happen(server.shop, CheckoutUpdated(checkout.id))
        missed = [await event() for _ in range(3)]

    told = [one["extensions"]["subscription"] for one in (first, *missed)]
    assert [one.get("recovered") for one in told] == [None, True, None, None]
    assert len({one["cursor"] for one in told}) == 4


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("kind", ["Apollo's Defer20220824Handler", "Apollo's GraphQL17Alpha9Handler", "urql"])
async def test_a_client_puts_parts_together(served: Callable[..., Any], factory: Factory, kind: str) -> None:
    market = await Market.open(factory)
    for _ in range(3):
        await market.variant("10")
    document = """query { products(first: 1, channel: "web") { edges { node {
        ... @defer(label: "rest") { name } variants @stream(initialCount: 1) { id name } } } } }"""
    whole = document.replace("@stream(initialCount: 1)", "").replace('@defer(label: "rest")', "")
    server: Server
    async with served() as server:
        wanted = await server.client.run(whole)
        async with listening(kind, f"{server.url}/graphql/", document, "parts.mjs") as event:
            told = [await event()]
            while told[-1]["hasNext"]:
                told.append(await event())

    assert len(wanted["products"]["edges"][0]["node"]["variants"]) == 3
    assert len(told) > 1
    assert told[0]["data"] != wanted
    assert told[-1]["data"] == wanted
