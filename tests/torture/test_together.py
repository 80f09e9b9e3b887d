"""A crowd on real connections: whatever they do, and whoever hangs up, every promise is kept."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from schema.ids import to_global
from server.asgi import create_app
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.running import running
from tests.torture.shoppers import COMPLETE, PAY, Shoppers, breaches, forgotten

EXPECTED = {
    *("INSUFFICIENT_STOCK", "VOUCHER_NOT_APPLICABLE", "CHECKOUT_NOT_FULLY_PAID", "NOT_FOUND", "INVALID"),
    *(
        "TRANSACTION_ALREADY_PROCESSED",
        "PAYMENT_ERROR",
        "INVALID_PROMO_CODE",
        "DELIVERY_METHOD_NOT_APPLICABLE",
    ),
}


@pytest.fixture
async def market(factory: Factory) -> Market:
    """Orders are for whoever has paid; there is a code that five may use."""
    market = await Market.open(factory, allow_unpaid_orders=False)
    await factory.voucher(market.channel, "FEW", "1", usage_limit=5)
    return market


SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8)]


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_a_crowd_breaks_no_promise(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, market: Market, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    variants = [await market.variant(stock=dice.randint(3, 12)) for _ in range(4)]
    second = await factory.warehouse(market.channel)
    for variant in variants[:2]:
        await factory.stock(variant, second, dice.randint(1, 5))
    checkouts = [await market.checkout(*some(dice, variants), email=f"{n}@example.com") for n in range(30)]

    async with running(create_app(settings, open_test_shop, with_chores=False)) as address:
        crowd = Shoppers(address, dice)
        async with asyncio.timeout(90):
            await asyncio.gather(*(crowd.shop(checkout, variants) for checkout in checkouts))

    assert await breaches(factory) == {}
    assert await forgotten(factory, crowd) == set()
    assert crowd.codes.keys() <= EXPECTED
    assert crowd.dropped > 0
    assert await factory.value("select count(*) from orders") > 0


async def test_a_hundred_shoppers_pay_for_one_unit_and_one_of_them_does(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, market: Market
) -> None:
    unit = await market.variant(stock=1)
    checkouts = [await market.checkout((unit, 1), email=f"{n}@example.com") for n in range(100)]

    async def buy(crowd: Shoppers, checkout: AnyRow) -> None:
        one = to_global("Checkout", checkout.id)
        await crowd.send(PAY, id=one)
        await crowd.send(COMPLETE, id=one)

    async with running(create_app(settings, open_test_shop, with_chores=False)) as address:
        crowd = Shoppers(address, random.Random(1))  # noqa: S311  # nothing secret
        async with asyncio.timeout(90):
            await asyncio.gather(*(buy(crowd, checkout) for checkout in checkouts))

    assert await breaches(factory) == {}
    assert await factory.value("select count(*) from orders") == 1
    assert await factory.value("select sum(charged_amount) from transactions") == 15
    assert crowd.codes["INSUFFICIENT_STOCK"] == 99 * 2
    assert crowd.codes.keys() == {"INSUFFICIENT_STOCK", "CHECKOUT_NOT_FULLY_PAID"}


def some(dice: random.Random, variants: list[AnyRow]) -> list[tuple[AnyRow, int]]:
    """One to three lines, two of which may be of the same variant."""
    return [(dice.choice(variants), dice.randint(1, 2)) for _ in range(dice.randint(1, 3))]
