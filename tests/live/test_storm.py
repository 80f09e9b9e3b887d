"""A thousand events, clients that drop, and a Redis that comes and goes: nobody misses one."""

import asyncio
import random
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from commands.shop import Shop
from db import outbox
from domain.access import GUEST
from domain.events import OrderPaid, OrderUpdated
from schema.context import Context
from schema.ids import to_global
from schema.live import cursor_at
from tests.factory import Factory
from tests.live.conftest import Redis
from tests.live.sockets import Server
from tests.live.test_subscriptions import order_of
from tests.markets import Market

EVENTS = 1_000
WRITERS = 4
FEED = "subscription { ordersFeed { type cursor } }"
ONE = "subscription ($id: ID!) { orderEvents(id: $id) { type cursor } }"


def position(cursor: str) -> int:
    return int(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(".")[2])


async def write(shop: Shop, keys: list[UUID], number: int, chance: random.Random) -> None:
    """So many transactions of a few events each; one in ten is rolled back."""
    left = number
    while left:
        several = min(left, chance.randint(1, 4))
        try:
            async with shop.db.transaction() as tx:
                await outbox.record(tx, *(OrderUpdated(chance.choice(keys)) for _ in range(several)))
                undo(chance)
        except ZeroDivisionError:
            continue
        left -= several
        await asyncio.sleep(0.005 * chance.random())


def undo(chance: random.Random) -> None:
    if chance.random() < 0.1:
        raise ZeroDivisionError


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret depends on it


async def interrupt(redis: Redis) -> None:
    for _ in range(3):
        await asyncio.sleep(0.3)
        await redis.stop()
        await asyncio.sleep(0.2)
        await redis.start()


class Visitor:
    """A client that drops its socket now and then, and comes back with the last cursor it has."""

    def __init__(
        self, server: Server, token: str, chance: random.Random, document: str, **variables: Any
    ) -> None:
        self.server = server
        self.token = token
        self.chance = chance
        self.document = document
        self.variables = variables
        self.heard: list[int] = []
        self.recovered: set[bool | None] = set()

    async def visit(self, cursor: str) -> None:
        """Come and go until the order has been paid, which is the last to happen."""
        while True:
            stay = self.chance.randint(1, 80)
            async with self.server.subscription(
                self.document, self.token, back=cursor, **self.variables
            ) as live:
                for _ in range(stay):
                    data, told = await live.event()
                    cursor = told["cursor"]
                    self.heard.append(position(cursor))
                    self.recovered.add(told.get("recovered"))
                    if OrderPaid.__name__ in [event["type"] for event in data.values()]:
                        return
                live.socket.transport.abort()  # no goodbye, and messages still on their way


async def test_every_client_ends_with_exactly_the_outbox(
    served: Callable[..., Any], redis: Redis, factory: Factory
) -> None:
    market = await Market.open(factory)
    variant = await market.variant("10", stock=100)
    async with served(redis_url=redis.url) as server:
        order = await order_of(server, await market.checkout((variant, 1)))
        staff = await server.client.as_staff()
        token = staff.token
        assert token is not None, "staff is logged in"
        begin = cursor_at(Context.of(server.shop, GUEST), 0)
        feeds = [Visitor(server, token, dice(seed), FEED) for seed in range(4)]
        alone = Visitor(server, token, dice(4), ONE, id=to_global("Order", order))
        visits = [
            *(asyncio.create_task(one.visit(begin)) for one in feeds),
            asyncio.create_task(alone.visit(begin)),
        ]
        keys = [order, *(uuid4() for _ in range(9))]
        await asyncio.gather(
            interrupt(redis),
            *(write(server.shop, keys, EVENTS // WRITERS, dice(seed)) for seed in range(WRITERS)),
        )
        async with server.shop.db.transaction() as tx:
            await outbox.record(tx, OrderPaid(order))
        async with asyncio.timeout(60):
            await asyncio.gather(*visits)

    everything = "select array_agg(position order by position) from outbox where subject = 'Order'"
    assert [one.heard for one in feeds] == [await factory.value(everything)] * 4
    assert alone.heard == await factory.value(f"{everything} and subject_id = $1", str(order))
    assert {flag for one in [*feeds, alone] for flag in one.recovered} == {True, None}
    assert len(feeds[0].heard) == EVENTS + 2
