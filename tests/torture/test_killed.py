"""A server that is killed in the middle of its work leaves nothing half done."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from schema.ids import to_global
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.live.processes import processes
from tests.markets import Market
from tests.torture.shoppers import COMPLETE, PAY, Shoppers, breaches, forgotten

CHECKOUTS = 60
UNANSWERED = "select count(*) from transactions where asked_until is not null"


@pytest.fixture
async def market(factory: Factory) -> Market:
    """Orders are for whoever has paid; there is a code that twenty may use."""
    market = await Market.open(factory, allow_unpaid_orders=False)
    await factory.voucher(market.channel, "FEW", "1", usage_limit=CHECKOUTS)
    return market


async def ask_all(url: str, document: str, checkouts: Sequence[AnyRow]) -> Shoppers:
    crowd = Shoppers(url, random.Random(1))  # noqa: S311  # nothing secret
    await asyncio.gather(*(crowd.send(document, id=to_global("Checkout", one.id)) for one in checkouts))
    return crowd


@pytest.mark.parametrize("seconds", [0.1, pytest.param(0.3, marks=pytest.mark.slow)])
async def test_completions_of_a_killed_server_are_whole_or_nothing(
    settings: Settings, factory: Factory, market: Market, seconds: float
) -> None:
    variants = [await market.variant(stock=CHECKOUTS) for _ in range(3)]
    checkouts = [
        await market.checkout((variants[n % 3], 1), code="FEW", email=f"{n}@example.com")
        for n in range(CHECKOUTS)
    ]
    for checkout in checkouts:
        await market.pay(checkout, charged="14")

    async with processes(settings, 1) as (server,):
        asking = asyncio.create_task(ask_all(server.url, COMPLETE, checkouts))
        await asyncio.sleep(seconds)
        await server.kill()
        first = await asking
    in_between = await breaches(factory)
    async with processes(settings, 1) as (server,):
        second = await ask_all(server.url, COMPLETE, checkouts)

    assert first.dropped > 0
    assert (in_between, await breaches(factory)) == ({}, {})
    assert await forgotten(factory, first) == await forgotten(factory, second) == set()
    assert (second.dropped, second.codes) == (0, {})
    assert await factory.value("select count(*) from orders") == CHECKOUTS
    assert await factory.value("select used from vouchers") == CHECKOUTS


@pytest.mark.slow
async def test_payments_of_a_killed_server_are_taken_up_by_the_next(
    settings: Settings, factory: Factory, market: Market
) -> None:
    variant = await market.variant(stock=CHECKOUTS)
    checkouts = [await market.checkout((variant, 1), email=f"{n}@example.com") for n in range(CHECKOUTS)]

    async with processes(settings, 1) as (server,):
        asking = asyncio.create_task(ask_all(server.url, PAY, checkouts))
        while await factory.value(UNANSWERED) < 3:  # noqa: ASYNC110 - another process makes them
            await asyncio.sleep(0)
        await server.kill()
        await asking
    left = await factory.value(UNANSWERED)
    await factory.fetch("update transactions set asked_until = now() where asked_until is not null")
    async with processes(settings, 1) as (server,), asyncio.timeout(40):
        while await factory.value(UNANSWERED):  # noqa: ASYNC110 - another process asks
            await asyncio.sleep(0.1)
        again = await ask_all(server.url, PAY, checkouts)
        await ask_all(server.url, COMPLETE, checkouts)

    assert left > 0
    assert again.dropped == 0
    assert again.codes.keys() <= {"INVALID"}
    assert await breaches(factory) == {}
    assert await factory.value("select sum(charged_amount) from transactions") == CHECKOUTS * 15
    assert await factory.value("select count(*) from orders where charge_status = 'FULL'") == CHECKOUTS
