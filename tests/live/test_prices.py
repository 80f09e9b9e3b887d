"""Products and their prices, live."""

from collections.abc import Callable
from typing import Any

import pytest

from commands.promotions import refresh_prices
from commands.shop import Shop
from domain.events import MetadataUpdated
from schema.ids import to_global
from tests.factory import Factory
from tests.live.test_subscriptions import happen
from tests.markets import Market

PRICES = """
subscription ($ids: [ID!]!) {
  productPriceChanged(ids: $ids, channel: "web") { id pricing { priceRange { start { gross { amount } } } } }
}
"""
PRODUCT = 'subscription ($id: ID!) { productUpdated(id: $id, channel: "web") { name } }'

Served = Callable[..., Any]


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def test_a_price_that_changes_is_heard_in_its_channel_alone(
    served: Served, market: Market, factory: Factory
) -> None:
    us = await factory.channel("us")
    product = await factory.product(market.channel, us)
    here = await factory.variant(product, market.channel, us, price="20")
    product_id = to_global("Product", product.id)
    reprice = "update variant_listings set sale_amount = 15 where variant_id = $1 and channel_id = $2"
    async with served() as server, server.subscription(PRICES, ids=[product_id]) as live:
        await server.listeners(1)
        await factory.fetch(reprice, here.id, us.id)
        await refresh_prices(server.shop)
        await happen(server.shop, MetadataUpdated(product.id, of="Product"))
        quiet = await live.silence()
        await factory.fetch(reprice, here.id, market.channel.id)
        await refresh_prices(server.shop)
        heard = await live.next()

    assert quiet
    assert heard == {
        "productPriceChanged": {
            "id": product_id,
            "pricing": {"priceRange": {"start": {"gross": {"amount": 15.0}}}},
        }
    }


async def test_a_product_is_heard_by_whoever_may_see_it(
    served: Served, market: Market, factory: Factory
) -> None:
    product = await factory.product(market.channel)
    hidden = await factory.product(market.channel, listing={"is_published": False})
    async with served() as server:
        async with server.subscription(PRODUCT, id=to_global("Product", hidden.id)) as refused:
            codes = await refused.refusals()
        async with server.subscription(PRODUCT, id=to_global("Product", product.id)) as live:
            await server.listeners(1)
            await happen(server.shop, MetadataUpdated(product.id, of="Product"))
            heard = await live.next()

    assert codes == ["NOT_FOUND"]
    assert heard == {"productUpdated": {"name": product.name}}


async def test_a_change_of_prices_is_recorded_once_for_a_product_in_a_channel(
    shop: Shop, market: Market, factory: Factory
) -> None:
    product = await factory.product(market.channel)
    for _ in range(2):
        await factory.variant(product, market.channel, price="20")
    await factory.fetch("update variant_listings set sale_amount = 15")

    changed = [await refresh_prices(shop), await refresh_prices(shop)]

    rows = await factory.fetch("select subject_id, facts from outbox where kind = 'ProductPriceChanged'")
    assert changed == [2, 0]
    assert [(row.subject_id, row.facts) for row in rows] == [
        (str(product.id), f'{{"channel_id": {market.channel.id}}}')
    ]
