"""Servers that are killed, a Redis that comes and goes, clients that drop: each hears exactly the outbox."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from commands.shop import Shop
from db import outbox
from domain.access import GUEST
from domain.events import OrderPaid
from schema.context import Context
from schema.ids import to_global
from schema.live import cursor_at
from server.settings import Settings
from tests.clients import Client
from tests.factory import Factory
from tests.live.conftest import Redis
from tests.live.processes import Process, processes
from tests.live.sockets import PROTOCOL
from tests.live.test_storm import FEED, ONE, dice, position, write
from tests.live.test_subscriptions import ADD, CHECKOUT
from tests.markets import Market
from tests.torture.shoppers import COMPLETE

KINDS = (
    "subscription { event { __typename ... on OrderUpdated { version } ... on OrderFullyPaid { version } } }"
)
WRITERS = 4
LOST = (OSError, WebSocketException, TimeoutError)
LAST = {"OrderPaid", "OrderFullyPaid"}


@asynccontextmanager
async def listening(
    url: str, token: str, document: str, after: str | None, **variables: Any
) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws{url.removeprefix('http')}/graphql/", subprotocols=[PROTOCOL]) as socket:
        hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await socket.send(json.dumps(hello))
        await socket.recv()
        payload: dict[str, Any] = {"query": document, "variables": variables}
        if after is not None:
            payload["extensions"] = {"subscription": {"after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        yield socket


class Visitor:
    """A client that goes to any of the servers, drops out now and then, and comes back with its cursor."""

    def __init__(self, urls: Sequence[str], token: str, seed: int, document: str, **variables: Any) -> None:
        self.urls = urls
        self.token = token
        self.chance = dice(seed)
        self.document = document
        self.variables = variables
        self.heard: list[int] = []
        self.recovered: set[bool | None] = set()
        self.lost = 0
        self.cursor = ""

    async def visit(self, cursor: str) -> None:
        """Come and go until the last thing has happened."""
        self.cursor = cursor
        while True:
            try:
                if await self._stay(self.chance.choice(self.urls)):
                    return
            except LOST:
                self.lost += 1
                await asyncio.sleep(0.2 * self.chance.random())

    async def _stay(self, url: str) -> bool:
        """Whether that was the end."""
        async with listening(url, self.token, self.document, self.cursor, **self.variables) as socket:
            for _ in range(self.chance.randint(1, 400)):
                async with asyncio.timeout(30):
                    message = json.loads(await socket.recv())
                assert (message["type"], message["payload"].get("errors")) == ("next", None), message
                told = message["payload"]["extensions"]["subscription"]
                self.cursor = told["cursor"]
                self.heard.append(position(self.cursor))
                self.recovered.add(told.get("recovered"))
                (said,) = message["payload"]["data"].values()
                if not LAST.isdisjoint(said.values()):
                    return True
            socket.transport.abort()  # no goodbye, and messages still on their way
        return False


@dataclass(frozen=True)
class Storm:
    """``seconds`` are the longest between two blows."""

    events: int
    visitors: int
    kills: int
    seconds: float


async def disturb(servers: Sequence[Process], redis: Redis, chance: random.Random, storm: Storm) -> None:
    """Kill a server, and with it often the relay, stop Redis, and start what is down again, in turns."""
    for number in range(storm.kills):
        await asyncio.sleep(storm.seconds * chance.random())
        await servers[number % len(servers)].kill()  # the first has the lead, and then the second took over
        await asyncio.sleep(storm.seconds * chance.random())
        await redis.stop()
        await asyncio.sleep(storm.seconds * chance.random())
        await redis.start()
        await servers[number % len(servers)].start()


@pytest.mark.parametrize(
    "storm", [Storm(400, 3, 1, 1.0), pytest.param(Storm(10_000, 12, 4, 3.0), marks=pytest.mark.slow)]
)
async def test_every_client_hears_exactly_the_outbox_whatever_dies(
    settings: Settings, redis: Redis, client: Client, factory: Factory, storm: Storm
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    token = (await client.as_staff()).token
    assert token is not None, "staff is logged in"
    shop: Shop = client.shop
    await client.run(COMPLETE, id=to_global("Checkout", checkout.id))
    key = await factory.value("select id from orders")
    begin = cursor_at(Context.of(shop, GUEST), 0)
    shared = settings.model_copy(update={"redis_url": redis.url})

    async with processes(shared, 2) as servers:
        urls = [server.url for server in servers]
        feeds = [Visitor(urls, token, seed, FEED) for seed in range(storm.visitors)]
        alone = Visitor(urls, token, 100, ONE, id=to_global("Order", key))
        kinds = Visitor(urls, token, 101, KINDS)
        visits = [asyncio.create_task(one.visit(begin)) for one in (*feeds, alone, kinds)]
        keys = [key, *(uuid4() for _ in range(9))]
        await asyncio.gather(
            disturb(servers, redis, dice(200), storm),
            *(write(shop, keys, storm.events // WRITERS, dice(300 + number)) for number in range(WRITERS)),
        )
        async with shop.db.transaction() as tx:
            await outbox.record(tx, OrderPaid(key))
        async with asyncio.timeout(240):
            await asyncio.gather(*visits)

    everything = "select array_agg(position order by position) from outbox where subject = 'Order'"
    assert [one.heard for one in feeds] == [await factory.value(everything)] * storm.visitors
    assert alone.heard == await factory.value(f"{everything} and subject_id = $1", str(key))
    assert kinds.heard == await factory.value(f"{everything} and kind in ('OrderUpdated', 'OrderPaid')")
    assert {flag for one in (*feeds, alone, kinds) for flag in one.recovered} == {True, None}
    assert sum(one.lost for one in feeds) > 0
    assert len(kinds.heard) == storm.events + 1


async def test_a_change_through_one_process_is_heard_through_the_other_and_after_its_death(
    settings: Settings, client: Client, factory: Factory
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    lamp = to_global("ProductVariant", (await market.variant("25")).id)
    token = (await client.as_staff()).token
    assert token is not None, "staff is logged in"
    cart = to_global("Checkout", checkout.id)
    begin = cursor_at(Context.of(client.shop, GUEST), 0)

    async with (
        processes(settings, 2) as (leader, other),
        listening(other.url, token, CHECKOUT, begin, id=cart) as socket,
    ):
        await add(leader.url, cart, lamp)
        first = await quantities(socket)
        await leader.kill()
        await add(other.url, cart, lamp)
        second = await quantities(socket)

    assert (first, second) == ([1, 3], [1, 6])


async def add(url: str, id: str, variant: str) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as http:
        body = {"query": ADD, "variables": {"id": id, "variant": variant}}
        answer = (await http.post("/graphql/", json=body)).json()
    assert answer["data"]["checkoutLinesAdd"]["errors"] == []


async def quantities(socket: ClientConnection) -> list[int]:
    async with asyncio.timeout(30):
        told = json.loads(await socket.recv())
    return [line["quantity"] for line in told["payload"]["data"]["checkoutUpdated"]["lines"]]
