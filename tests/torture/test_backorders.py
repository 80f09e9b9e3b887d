"""Many want what is partly still to come: what was allowed is sold, and what is there is sent."""

import asyncio
import random

import pytest

from commands.orders.fulfillments import fulfill
from commands.shop import Shop
from commands.stocks import limit_backorders
from db import stocks
from domain.access import Permission, Viewer
from domain.sending import ToSend
from domain.stocks import Arrival, InsufficientStock
from schema.ids import to_global
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.torture.shoppers import COMPLETE, PAY, Shoppers, breaches, forgotten

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS, Permission.MANAGE_PRODUCTS}), is_staff=True)
SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8)]


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_sixty_shoppers_for_five_units_and_three_to_come(
    shop: Shop, factory: Factory, market: Market, address: str, seed: int
) -> None:
    crowd = Shoppers(address, random.Random(seed))  # noqa: S311  # nothing secret
    mug = await market.variant(stock=5)
    await limit_backorders(shop, STAFF, market.warehouse.id, mug.id, 3)
    checkouts = [await market.checkout((mug, 1), email=f"{number}@example.com") for number in range(60)]
    crowd.dice.shuffle(checkouts)

    async def buy(checkout: AnyRow) -> None:
        one = to_global("Checkout", checkout.id)
        await crowd.send(PAY, id=one)
        await crowd.send(COMPLETE, id=one)

    async with asyncio.timeout(120):
        await asyncio.gather(*map(buy, checkouts))

    assert await breaches(factory) == {}
    assert await forgotten(factory, crowd) == set()
    assert crowd.codes == {"INSUFFICIENT_STOCK": 104, "CHECKOUT_NOT_FULLY_PAID": 52}
    assert len(crowd.orders) == await factory.value("select count(*) from orders") == 8
    assert await factory.value("select count(*) from transactions where charged_amount > 0") == 8

    lines = await factory.fetch("select id, order_id from order_lines")
    sent = await asyncio.gather(*(_send(shop, market, line) for line in lines))
    assert sorted(sent) == [False] * 3 + [True] * 5
    async with shop.db.transaction() as tx:
        await stocks.receive(tx, [Arrival(market.warehouse.id, mug.id, 3)], cause="RECEIVED")
    left = [line for line, is_sent in zip(lines, sent, strict=True) if not is_sent]
    assert await asyncio.gather(*(_send(shop, market, line) for line in left)) == [True] * 3

    (shelf,) = await factory.fetch("select on_hand, allocated from stocks")
    assert tuple(shelf) == (0, 0)
    assert await factory.value("select count(*) from orders where status = 'FULFILLED'") == 8


async def _send(shop: Shop, market: Market, line: AnyRow) -> bool:
    try:
        await fulfill(shop, STAFF, line.order_id, [ToSend(line.id, market.warehouse.id, 1)])
    except InsufficientStock:
        return False
    return True
