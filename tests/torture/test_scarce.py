"""Many want what there is little of: each unit, each use, each cent is had once."""

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal

import pytest

from schema.ids import to_global
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.torture.shoppers import COMPLETE, PAY, Shoppers, breaches, forgotten

SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8)]


def crowd_at(address: str, seed: int = 1) -> Shoppers:
    return Shoppers(address, random.Random(seed))  # noqa: S311  # nothing secret


async def complete_all(crowd: Shoppers, checkouts: Sequence[AnyRow], *, paying: bool) -> None:
    """All at once: pay where that is asked for, and complete."""

    async def buy(checkout: AnyRow) -> None:
        one = to_global("Checkout", checkout.id)
        if paying:
            await crowd.send(PAY, id=one)
        await crowd.send(COMPLETE, id=one)

    async with asyncio.timeout(120):
        await asyncio.gather(*map(buy, checkouts))


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_two_hundred_shoppers_for_twenty_units(
    factory: Factory, market: Market, address: str, seed: int
) -> None:
    crowd = crowd_at(address, seed)
    variants = [await market.variant(stock=4) for _ in range(5)]
    carts = [crowd.dice.sample(variants, crowd.dice.randint(1, 3)) for _ in range(200)]
    checkouts = [
        await market.checkout(*((one, 1) for one in cart), email=f"{number}@example.com")
        for number, cart in enumerate(carts)
    ]

    await complete_all(crowd, checkouts, paying=True)

    assert await breaches(factory) == {}
    assert await forgotten(factory, crowd) == set()
    assert crowd.codes.keys() == {"INSUFFICIENT_STOCK", "CHECKOUT_NOT_FULLY_PAID"}
    sold = await factory.value("select sum(quantity) from order_lines")
    charged = await factory.value("select count(*) from transactions where charged_amount > 0")
    assert 10 < sold <= 20
    assert charged == len(crowd.orders) == await factory.value("select count(*) from orders")


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_a_hundred_attempts_at_a_code_for_ten(
    factory: Factory, market: Market, address: str, seed: int
) -> None:
    await factory.fetch("update channels set allow_unpaid_orders = true")
    await factory.voucher(market.channel, "TEN", "1", usage_limit=10)
    mug = await market.variant(stock=1000)
    checkouts = [
        await market.checkout((mug, 1), code="TEN", email=f"{number}@example.com") for number in range(100)
    ]
    crowd = crowd_at(address, seed)

    await complete_all(crowd, checkouts, paying=False)

    assert await factory.value("select used from vouchers") == 10
    assert await factory.value("select count(*) from voucher_redemptions") == 10
    assert crowd.codes == {"VOUCHER_NOT_APPLICABLE": 90}
    assert len(crowd.orders) == 10


async def test_one_gift_card_in_twenty_checkouts(factory: Factory, market: Market, address: str) -> None:
    await factory.fetch("update channels set allow_unpaid_orders = true")
    card = await factory.gift_card(amount="50")
    mug = await market.variant(stock=1000)
    checkouts = [
        await market.checkout((mug, 1), cards=[card], email=f"{number}@example.com") for number in range(20)
    ]
    crowd = crowd_at(address)

    await complete_all(crowd, checkouts, paying=False)

    rows = await factory.fetch(
        "select gift_card_amount from orders order by created_at, gift_card_amount desc"
    )
    assert sorted(row.gift_card_amount for row in rows) == [Decimal(5), Decimal(15), Decimal(15), Decimal(15)]
    assert await factory.value("select balance_amount from gift_cards") == 0
    assert crowd.codes == {"GIFT_CARD_NOT_APPLICABLE": 16}


async def test_a_checkout_completed_twenty_times_at_once_is_one_order(
    factory: Factory, market: Market, address: str
) -> None:
    checkout = await market.checkout((await market.variant(stock=5), 2))
    crowd, one = crowd_at(address), to_global("Checkout", checkout.id)
    await crowd.send(PAY, id=one)

    answers = await asyncio.gather(*(crowd.send(COMPLETE, id=one) for _ in range(20)))

    assert len({answer["order"]["id"] for answer in answers if answer}) == len(crowd.orders) == 1
    assert crowd.codes == {}
    assert await factory.value("select count(*) from orders") == 1
    assert await factory.value("select allocated from stocks") == 2
    assert await breaches(factory) == {}


async def test_whatever_prices_do_an_order_costs_what_was_paid(
    factory: Factory, market: Market, address: str
) -> None:
    mug = await market.variant(stock=1000)
    checkouts = [await market.checkout((mug, 1), email=f"{number}@example.com") for number in range(30)]
    crowd = crowd_at(address)
    done = asyncio.Event()

    async def wobble() -> None:
        while not done.is_set():
            await factory.fetch(
                "update variant_listings set price_amount = $1, discounted_amount = $1",
                crowd.dice.choice([Decimal(8), Decimal(10), Decimal(12)]),
            )
            await asyncio.sleep(0.01)

    wobbling = asyncio.create_task(wobble())
    await complete_all(crowd, checkouts, paying=True)
    done.set()
    await wobbling

    assert await breaches(factory) == {}
    assert crowd.codes.keys() <= {"CHECKOUT_NOT_FULLY_PAID", "PAYMENT_ERROR"}
    wrong = "select count(*) from orders where charged_amount <> total_gross or charge_status <> 'FULL'"
    assert await factory.value(wrong) == 0
    assert len(crowd.orders) + crowd.codes.total() == 30
