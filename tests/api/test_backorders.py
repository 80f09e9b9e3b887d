"""What may be sold before it is there, as shoppers see it."""

from typing import Any

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market

PRODUCT = '{ product(channel: "web", slug: "jug") { isAvailable variants { quantityAvailable } } }'
LISTED = """
query ($filter: ProductFilterInput) {
  products(first: 5, channel: "web", filter: $filter) { edges { node { slug } } }
}
"""
PROBLEMS = """
query ($id: ID!) {
  checkout(id: $id) { problems { ... on CheckoutLineProblemInsufficientStock { availableQuantity } } }
}
"""
ADD = """
mutation ($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { errors { code message } }
}
"""


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def jug(factory: Factory, market: Market) -> AnyRow:
    """One is on hand, and promised; two more may be sold."""
    product = await factory.product(market.channel, name="Jug", slug="jug")
    variant = await factory.variant(product, market.channel)
    shelf = await factory.stock(variant, market.warehouse, 1, backorder_limit=2)
    await factory.fetch("update stocks set allocated = 1 where id = $1", shelf.id)
    return variant


async def found(client: Client, **wanted: Any) -> list[str]:
    edges = (await client.run(LISTED, filter=wanted))["products"]["edges"]
    return [edge["node"]["slug"] for edge in edges]


@pytest.mark.usefixtures("jug")
async def test_what_is_on_backorder_is_in_stock(client: Client, factory: Factory) -> None:
    seen = await client.run(PRODUCT)

    assert seen == {"product": {"isAvailable": True, "variants": [{"quantityAvailable": 2}]}}
    assert await found(client, stockAvailability="IN_STOCK") == ["jug"]
    assert await found(client, stocks={"quantity": {"gte": 2, "lte": 2}}) == ["jug"]

    await factory.fetch("update stocks set allocated = 3")
    sold_out = await client.run(PRODUCT)

    assert sold_out == {"product": {"isAvailable": False, "variants": [{"quantityAvailable": 0}]}}
    assert await found(client, stockAvailability="IN_STOCK") == []
    assert await found(client, stocks={"quantity": {"gte": 1}}) == []


async def test_a_cart_may_hold_what_is_on_backorder_and_no_more(
    client: Client, market: Market, jug: AnyRow
) -> None:
    enough, too_much = await market.checkout((jug, 2)), await market.checkout((jug, 3))
    one_more = [{"variantId": to_global("ProductVariant", jug.id), "quantity": 1}]

    problems = [
        (await client.run(PROBLEMS, id=to_global("Checkout", cart.id)))["checkout"]["problems"]
        for cart in (enough, too_much)
    ]
    added = await client.run(ADD, id=to_global("Checkout", enough.id), lines=one_more)

    assert problems == [[], [{"availableQuantity": 2}]]
    assert [error["code"] for error in added["checkoutLinesAdd"]["errors"]] == ["INSUFFICIENT_STOCK"]
