"""What a shop stands on goes away in the middle of its work, and comes back: every promise is kept."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from commands.payments.sweeping import sweep
from commands.shop import Shop
from db import migrating
from domain.refusals import Busy
from schema.ids import to_global
from server.asgi import create_app
from server.embedded import binaries
from server.embedded.postgres import postgres
from server.embedded.process import account
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.live.conftest import Redis, redis  # noqa: F401  # a fixture
from tests.markets import Market
from tests.running import running
from tests.torture.shoppers import COMPLETE, PAY, Shoppers, breaches, forgotten

BUYERS = 30
SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6)]
LEFT_UNANSWERED = """
    update transactions set asked_until = now() where asked_until < now() + interval '59 seconds'
"""
"""A lease lasts a minute: whoever began to wait a second ago is gone."""
CUT = """
    select pg_terminate_backend(pid)
      from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = 'matvis'
       and state in ('active', 'idle in transaction') and random() < 0.3
"""


class Postgres:
    """A Postgres of the test's own, that can be stopped and started again at the same address."""

    def __init__(self, place: Path, hold: int) -> None:
        self._place = place
        self._hold = hold
        self._stack = AsyncExitStack()
        self.url = ""

    async def start(self) -> None:
        runner = account()
        programs = binaries.postgres({}, runner)
        self.url = await self._stack.enter_async_context(
            postgres(programs, self._place, runner, self._hold, durable=True)
        )

    async def stop(self) -> None:
        """At once: whoever is in a transaction is cut off."""
        await self._stack.aclose()


@asynccontextmanager
async def chores(shop: Shop, factory: Factory) -> AsyncIterator[None]:
    """What a shop does every minute, where a minute is short: it asks again about unanswered payments."""

    async def go_on() -> None:
        while True:
            await asyncio.sleep(0.3)
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Busy):
                await factory.fetch(LEFT_UNANSWERED)
                await sweep(shop)

    going_on = asyncio.create_task(go_on())
    try:
        yield
    finally:
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)


async def buy(crowd: Shoppers, checkout: AnyRow) -> None:
    """Try until there is an order, as a patient shopper would."""
    one = to_global("Checkout", checkout.id)
    for _ in range(40):
        await crowd.send(PAY, id=one)
        answer = await crowd.send(COMPLETE, id=one)
        if answer and answer["order"]:
            return
        await asyncio.sleep(crowd.dice.uniform(0.02, 0.3))
    raise AssertionError(f"no order after all: {crowd.codes}")


async def open_checkouts(market: Market) -> list[AnyRow]:
    mug, cup = await market.variant(stock=BUYERS), await market.variant(stock=BUYERS)
    return [
        await market.checkout((mug, 1), (cup, 1), email=f"{number}@example.com") for number in range(BUYERS)
    ]


def crowd_at(address: str, seed: int) -> Shoppers:
    return Shoppers(address, random.Random(seed))  # noqa: S311  # nothing secret


async def check(factory: Factory, crowd: Shoppers) -> None:
    """Everybody has what they paid for, once, and nobody was told anything else."""
    assert await breaches(factory) == {}
    assert await forgotten(factory, crowd) == set()
    assert await factory.value("select count(*) from orders") == len(crowd.orders) == BUYERS
    assert await factory.value("select sum(charged_amount) from transactions") == BUYERS * 25
    assert await factory.value("select sum(allocated) from stocks") == BUYERS * 2


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_connections_are_cut_in_the_middle_of_transactions(
    shop: Shop, factory: Factory, market: Market, address: str, seed: int
) -> None:
    checkouts, crowd = await open_checkouts(market), crowd_at(address, seed)
    cut = 0

    async def cutting() -> None:
        nonlocal cut
        for _ in range(40):
            cut += len(await factory.fetch(CUT))
            await asyncio.sleep(0.02)

    async with asyncio.timeout(90), chores(shop, factory):
        await asyncio.gather(cutting(), *(buy(crowd, one) for one in checkouts))

    assert cut > 3
    await check(factory, crowd)


async def test_redis_is_gone_and_nobody_who_buys_notices(
    settings: Settings,
    open_test_shop: Callable[..., Any],
    factory: Factory,
    market: Market,
    redis: Redis,  # noqa: F811  # the fixture
) -> None:
    checkouts = await open_checkouts(market)
    own = settings.model_copy(update={"redis_url": redis.url})

    async with running(create_app(own, open_test_shop, with_chores=False)) as address:
        crowd = crowd_at(address, 1)

        async def interrupt() -> None:
            await asyncio.sleep(0.2)
            await redis.stop()
            await asyncio.sleep(0.5)
            await redis.start()

        async with asyncio.timeout(90):
            await asyncio.gather(interrupt(), *(buy(crowd, one) for one in checkouts))

    assert crowd.codes == {}
    await check(factory, crowd)


class TestRestart:
    """On a Postgres of its own."""

    @pytest.fixture
    async def server(self) -> AsyncIterator[Postgres]:
        # A short path: one too long for a socket would be given another link at each start.
        with tempfile.TemporaryDirectory(prefix="matvis-pg-") as place, tempfile.TemporaryFile() as hold:
            made = Postgres(Path(place), hold.fileno())
            await made.start()
            yield made
            await made.stop()

    @pytest.fixture
    async def database_url(self, server: Postgres) -> str:
        await migrating.upgrade(server.url)
        return server.url

    async def test_postgres_is_stopped_and_started(
        self, server: Postgres, shop: Shop, factory: Factory, market: Market, address: str
    ) -> None:
        checkouts, crowd = await open_checkouts(market), crowd_at(address, 1)

        async def interrupt() -> None:
            for _ in range(2):
                await asyncio.sleep(0.4)
                await server.stop()
                await asyncio.sleep(0.2)
                await server.start()

        async with asyncio.timeout(90), chores(shop, factory):
            await asyncio.gather(interrupt(), *(buy(crowd, one) for one in checkouts))

        await check(factory, crowd)
