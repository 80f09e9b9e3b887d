"""The contract's subscription ``event``: what happens in the shop, by kinds."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.access import Permission
from domain.events import (
    CheckoutUpdated,
    CustomerDeleted,
    MetadataUpdated,
    OrderCreated,
    OrderPaid,
    OrderUpdated,
    ProductPriceChanged,
    StockChanged,
)
from schema.event_kinds import VERSION
from schema.ids import to_global
from schema.told_events import KINDS
from tests.factory import AnyRow, Factory
from tests.live.test_subscriptions import COMPLETE, happen, order_of
from tests.markets import Market

ORDERS = """
subscription ($updates: Boolean = true) {
  event {
    __typename
    issuedAt
    ... on OrderCreated { order { number } }
    ...Updated @include(if: $updates)
  }
}
fragment Updated on Event { ... on OrderUpdated { order { number } } }
"""
ALL_OF_IT = """
subscription {
  event {
    __typename
    cursor objectId issuedAt version issuingPrincipal { __typename } recipient { id }
    ... on OrderFullyPaid { order { number } }
    ... on OrderMetadataUpdated { order { number } }
    ... on CheckoutUpdated { checkout { lines { quantity } } }
    ... on CustomerDeleted { user { email } }
    ... on ProductPriceChanged { product { name pricing { onSale } } channel { slug } }
    ... on ProductVariantStockUpdated { productVariant(channel: "web") { sku quantityAvailable } }
  }
}
"""
WHO = """
subscription {
  event { ... on OrderCreated { issuingPrincipal { __typename ... on User { email } ... on App { id } } } }
}
"""
HISTORY = "{ events(first: 100) { edges { cursor node { objectId date type } } } }"
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

Served = Callable[..., Any]


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """A guest's, with one mug."""
    return await market.checkout((await market.variant("10", stock=9), 1))


async def test_the_kinds_that_fragments_name_are_told_and_no_others(served: Served, checkout: AnyRow) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        async with server.subscription(ORDERS, staff.token) as live:
            await server.listeners(1)
            key = await order_of(server, checkout)
            await happen(server.shop, OrderPaid(key), CheckoutUpdated(checkout.id), OrderUpdated(key))
            told: list[Any] = []
            while not told or told[-1]["__typename"] != "OrderUpdated":
                told.append((await live.next())["event"])
            quiet = await live.silence()

    assert [one["__typename"] for one in told] == ["OrderCreated", "OrderUpdated"]
    assert [one["order"] for one in told] == [{"number": "1"}] * 2
    assert all(datetime.fromisoformat(one["issuedAt"]).tzinfo for one in told)
    assert quiet


async def test_a_fragment_that_is_left_out_is_not_listened_to(served: Served, checkout: AnyRow) -> None:
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        key = await order_of(server, checkout)
        async with server.subscription(ORDERS, staff.token, updates=False) as live:
            await server.listeners(1)
            await happen(server.shop, OrderUpdated(key), OrderCreated(key))
            told = await live.next()

    assert told["event"]["__typename"] == "OrderCreated"


async def test_what_is_pushed_is_what_is_pulled(served: Served, market: Market, checkout: AnyRow) -> None:
    variant = await market.variant("10", stock=3)
    async with served() as server:
        key = await order_of(server, await market.checkout((variant, 1)))
        staff = await server.client.as_staff()
        async with server.subscription(ALL_OF_IT, staff.token) as live:
            await server.listeners(1)
            await happen(
                server.shop,
                OrderPaid(key),
                MetadataUpdated(key, "Order"),
                CheckoutUpdated(checkout.id),
                CustomerDeleted(4711),
                ProductPriceChanged(variant.product_id, market.channel.id),
                StockChanged(variant.id),
            )
            pushed = [await live.event() for _ in range(6)]
        pulled = (await staff.run(HISTORY))["events"]["edges"][-6:]

    told = [data["event"] for data, _ in pushed]
    assert [
        (extension["cursor"], one["cursor"]) for (_, extension), one in zip(pushed, told, strict=True)
    ] == [(edge["cursor"], edge["cursor"]) for edge in pulled]
    assert [(one["objectId"], one["issuedAt"]) for one in told] == [
        (edge["node"]["objectId"], edge["node"]["date"]) for edge in pulled
    ]
    assert [KINDS[one["__typename"]].kind for one in told] == [edge["node"]["type"] for edge in pulled]
    assert [(one["version"], one["issuingPrincipal"], one["recipient"]) for one in told] == [
        (VERSION, None, None)
    ] * 6
    assert told[0]["order"] == told[1]["order"] == {"number": "1"}
    assert told[2]["checkout"] == {"lines": [{"quantity": 1}]}
    assert (told[3]["user"], told[3]["objectId"]) == (None, to_global("User", 4711))
    assert told[4]["channel"] == {"slug": market.channel.slug}
    assert told[4]["product"]["pricing"] == {"onSale": False}
    assert told[5]["productVariant"]["quantityAvailable"] == 2


async def test_whoever_comes_back_hears_what_was_missed_of_these_kinds(
    served: Served, checkout: AnyRow
) -> None:
    async with served() as server:
        staff = await server.client.as_staff()
        key = await order_of(server, checkout)
        async with server.subscription(ORDERS, staff.token) as live:
            await server.listeners(1)
            await happen(server.shop, OrderUpdated(key))
            _, first = await live.event()
        await happen(server.shop, OrderUpdated(key), CheckoutUpdated(checkout.id), OrderCreated(key))
        async with server.subscription(ORDERS, staff.token, back=first["cursor"]) as live:
            missed = [await live.event() for _ in range(2)]

    assert [data["event"]["__typename"] for data, _ in missed] == ["OrderUpdated", "OrderCreated"]
    assert [told.get("recovered") for _, told in missed] == [True, None]


async def test_each_kind_needs_its_permission_at_first_and_ever_after(
    served: Served, checkout: AnyRow, factory: Factory
) -> None:
    async with served() as server:
        clerk = await server.client.as_staff([Permission.MANAGE_ORDERS])
        key = await order_of(server, checkout)
        async with server.subscription(ALL_OF_IT, clerk.token) as refused:
            codes = await refused.refusals()
        async with server.subscription(ORDERS, clerk.token) as live:
            await server.listeners(1)
            await factory.fetch("delete from group_permissions")
            await happen(server.shop, OrderUpdated(key))
            last = await live.message()

    assert codes == ["PERMISSION_DENIED"]
    assert [error["extensions"]["code"] for error in last["payload"]["errors"]] == ["PERMISSION_DENIED"]


async def test_it_says_who_did_it_to_whoever_may_know_of_them(
    served: Served, market: Market, factory: Factory
) -> None:
    ada = await factory.user(email="ada@example.com")
    checkout = await market.checkout((await market.variant("10"), 1), user=ada)
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        async with server.subscription(WHO, staff.token) as live:
            await server.listeners(1)
            shopper = await server.client.as_user(ada)
            await shopper.run(COMPLETE, id=to_global("Checkout", checkout.id))
            data = await live.next()

    assert data["event"] == {"issuingPrincipal": {"__typename": "User", "email": "ada@example.com"}}


async def test_a_document_that_names_no_kind_is_refused(served: Served) -> None:
    async with served() as server:
        staff = await server.client.as_staff()
        async with server.subscription("subscription { event { issuedAt } }", staff.token) as live:
            codes = await live.refusals()

    assert codes == ["REQUIRED"]


def test_the_version_is_the_projects() -> None:
    assert f'\nversion = "{VERSION}"\n' in PYPROJECT.read_text()
