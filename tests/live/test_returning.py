"""Coming back to a live field without a gap, over sockets and event streams."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from commands import relay
from db import sessions
from domain.access import Permission
from domain.events import CheckoutUpdated, OrderPaid, OrderUpdated
from schema.ids import to_global
from tests.factory import AnyRow, Factory
from tests.live.sockets import Server
from tests.live.test_subscriptions import announced, happen, order_of
from tests.markets import Market

CHECKOUT = "subscription ($id: ID!) { checkoutUpdated(id: $id) { lines { quantity } } }"
CHECKOUT_AFTER = """
subscription ($id: ID!, $after: String) { checkoutUpdated(id: $id, after: $after) { lines { quantity } } }
"""
FEED = "subscription { ordersFeed { type order { number } } }"
NOW = {"checkoutUpdated": {"lines": [{"quantity": 1}]}}

Served = Callable[..., Any]


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """A guest's, with one mug."""
    return await market.checkout((await market.variant("10"), 1))


async def first_cursor(server: Server, checkout: AnyRow) -> str:
    """A client's cursor after one event, and gone again."""
    async with server.subscription(CHECKOUT, id=to_global("Checkout", checkout.id)) as live:
        await server.listeners(1)
        await happen(server.shop, CheckoutUpdated(checkout.id))
        _, told = await live.event()
    await server.listeners(0)
    cursor: str = told["cursor"]
    return cursor


async def forget_all(server: Server, database_url: str) -> None:
    """All but the newest event, which is never forgotten."""
    await announced(server.client.factory)
    async with sessions.open_session(database_url) as session:
        await relay.forget(session, server.shop.clock() + 2 * relay.KEPT)


@pytest.mark.parametrize("by", ["extension", "argument"])
async def test_a_client_comes_back_and_hears_every_event_since(
    served: Served, checkout: AnyRow, by: str
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server:
        cursor = await first_cursor(server, checkout)
        for _ in range(3):
            await happen(server.shop, CheckoutUpdated(checkout.id))
        back = {"back": cursor} if by == "extension" else {"after": cursor}
        async with server.subscription(CHECKOUT_AFTER, id=checkout_id, **back) as live:
            missed = [await live.event() for _ in range(3)]
            await happen(server.shop, CheckoutUpdated(checkout.id))
            following = await live.event()
            quiet = await live.silence()

    assert [data for data, _ in [*missed, following]] == [NOW] * 4
    assert [told.get("recovered") for _, told in [*missed, following]] == [True, None, None, None]
    assert len({cursor, following[1]["cursor"], *(told["cursor"] for _, told in missed)}) == 5
    assert quiet


async def test_a_client_that_comes_back_too_late_is_told_and_sees_the_present(
    served: Served, checkout: AnyRow, database_url: str
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server:
        cursor = await first_cursor(server, checkout)
        for _ in range(3):
            await happen(server.shop, CheckoutUpdated(checkout.id))
        await forget_all(server, database_url)
        async with server.subscription(CHECKOUT, back=cursor, id=checkout_id) as live:
            data, told = await live.event()
            await happen(server.shop, CheckoutUpdated(checkout.id))
            following = await live.event()

    assert (data, told["recovered"]) == (NOW, False)
    assert following[1].keys() == {"cursor"}


async def test_a_cursor_of_another_shop_recovers_nothing_and_nonsense_is_refused(
    served: Served, checkout: AnyRow
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    foreign = "MDAwMDAwMDAuMQ"  # 00000000.1
    async with served() as server:
        async with server.subscription(CHECKOUT, back=foreign, id=checkout_id) as live:
            data, told = await live.event()
        async with server.subscription(CHECKOUT, back="nonsense", id=checkout_id) as refused:
            codes = await refused.refusals()

    assert (data, told["recovered"]) == (NOW, False)
    assert codes == ["INVALID"]


async def test_a_checkout_that_became_an_order_meanwhile_is_null_and_the_end(
    served: Served, checkout: AnyRow
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server:
        cursor = await first_cursor(server, checkout)
        await order_of(server, checkout)
        async with server.subscription(CHECKOUT, back=cursor, id=checkout_id) as live:
            data, told = await live.event()
            end = await live.message()

    assert (data, told["recovered"], end["type"]) == ({"checkoutUpdated": None}, True, "complete")


async def test_a_feed_whose_events_are_lost_says_null_and_goes_on(served: Served, checkout: AnyRow) -> None:
    async with served() as server:
        key = await order_of(server, checkout)
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        async with server.subscription(FEED, staff.token, back="MDAwMDAwMDAuMQ") as live:
            data, told = await live.event()
            await happen(server.shop, OrderPaid(key))
            following, _ = await live.event()

    assert (data, told["recovered"]) == ({"ordersFeed": None}, False)
    assert following == {"ordersFeed": {"type": "OrderPaid", "order": {"number": "1"}}}


@asynccontextmanager
async def stream(server: Server, body: dict[str, Any], last: str | None = None) -> AsyncIterator[Any]:
    """Frames of an event stream, as ``(id, data)``; data is null for an id alone."""
    headers = {"accept": "text/event-stream", **({"last-event-id": last} if last else {})}

    async def frames(response: httpx2.Response) -> AsyncIterator[tuple[str | None, Any]]:
        found: dict[str, str] = {}
        async for line in response.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                found[name] = value
            elif found.keys() & {"id", "data"}:
                yield found.get("id"), json.loads(found["data"]) if "data" in found else None
                found = {}

    async with (
        httpx2.AsyncClient() as http,
        http.stream("POST", f"{server.url}/graphql/", json=body, headers=headers, timeout=10) as response,
    ):
        yield frames(response)


async def test_an_event_stream_gives_ids_from_its_start_and_goes_on_from_the_last(
    served: Served, checkout: AnyRow
) -> None:
    variables = {"id": to_global("Checkout", checkout.id), "after": "MDAwMDAwMDAuMQ"}
    fresh = {"query": CHECKOUT, "variables": {"id": variables["id"]}}
    async with served() as server:
        async with stream(server, fresh) as frames:
            begun, nothing = await anext(frames)
        await happen(server.shop, CheckoutUpdated(checkout.id))
        # An EventSource repeats its address with the header: what is heard last counts, not the argument.
        again = {"query": CHECKOUT_AFTER, "variables": variables}
        async with stream(server, again, last=begun) as frames:
            same, _ = await anext(frames)
            cursor, missed = await anext(frames)

    assert nothing is None
    assert same == begun
    assert missed == {"data": NOW, "extensions": {"subscription": {"cursor": cursor, "recovered": True}}}


async def test_the_events_of_an_order_are_told_from_its_first_on(served: Served, market: Market) -> None:
    document = (
        "subscription ($id: ID!, $after: String) { orderEvents(id: $id, after: $after) { type cursor } }"
    )
    variant = await market.variant("10", stock=5)
    async with served() as server:
        key = await order_of(server, await market.checkout((variant, 1)))
        await happen(server.shop, OrderUpdated(key), OrderPaid(key))
        await server.told()
        staff = await server.client.as_staff()
        page = await staff.run('{ events(first: 1, types: ["OrderCreated"]) { edges { cursor } } }')
        cursor = page["events"]["edges"][0]["cursor"]
        async with server.subscription(
            document, staff.token, id=to_global("Order", key), after=cursor
        ) as live:
            heard = [await live.event() for _ in range(2)]

    assert [data["orderEvents"]["type"] for data, _ in heard] == ["OrderUpdated", "OrderPaid"]
    assert [data["orderEvents"]["cursor"] for data, _ in heard] == [told["cursor"] for _, told in heard]


async def test_feeds_and_the_history_are_for_staff_with_the_right(served: Served, factory: Factory) -> None:
    shopper = await factory.user()
    async with served() as server:
        tokens = [
            None,
            (await server.client.as_user(shopper)).token,
            (await server.client.as_staff([Permission.MANAGE_MENUS])).token,
        ]
        codes = []
        for token in tokens:
            for document in (FEED, "subscription { stockAlerts(threshold: 3) { quantity } }"):
                async with server.subscription(document, token) as refused:
                    codes += await refused.refusals()
            codes += await server.client.with_token(token).refused("{ events { edges { cursor } } }")

    assert codes == ["PERMISSION_DENIED"] * 9


async def test_the_history_is_read_page_by_page_and_by_type(
    served: Served, checkout: AnyRow, database_url: str
) -> None:
    document = """
    query ($after: String, $types: [String!], $first: Int) {
      events(after: $after, types: $types, first: $first) {
        edges { node { type objectType objectId facts order { number } } } pageInfo { hasNextPage endCursor }
      }
    }
    """
    async with served() as server:
        key = await order_of(server, checkout)
        await happen(server.shop, OrderUpdated(key), OrderPaid(key))
        await announced(server.client.factory)
        staff = await server.client.as_staff()
        orders = ["OrderCreated", "OrderUpdated", "OrderPaid"]
        first = (await staff.run(document, types=orders, first=2))["events"]
        rest = (await staff.run(document, types=orders, after=first["pageInfo"]["endCursor"]))["events"]
        await happen(server.shop, OrderUpdated(key))
        await forget_all(server, database_url)
        codes = await staff.refused(document, after=first["pageInfo"]["endCursor"])

    assert [edge["node"]["type"] for edge in first["edges"]] == ["OrderCreated", "OrderUpdated"]
    assert first["edges"][0]["node"] == {
        "type": "OrderCreated",
        "objectType": "Order",
        "objectId": to_global("Order", key),
        "facts": f'{{"checkout_id":"{checkout.id}"}}',
        "order": {"number": "1"},
    }
    assert [edge["node"]["type"] for edge in rest["edges"]] == ["OrderPaid"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert codes == ["INVALID"]


async def test_a_feed_tells_what_its_filter_lets_through(served: Served, checkout: AnyRow) -> None:
    document = """
    subscription ($filter: OrdersFeedFilter) { ordersFeed(filter: $filter) { type order { number } } }
    """
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        paid = {"types": ["OrderPaid"], "channels": ["web"]}
        elsewhere = {"channels": ["elsewhere"]}
        async with (
            server.subscription(document, staff.token, filter=paid) as live,
            server.subscription(document, staff.token, filter=elsewhere) as silent,
        ):
            await server.listeners(2)
            key = await order_of(server, checkout)
            await happen(server.shop, OrderUpdated(key), OrderPaid(key))
            heard = await live.next()
            quiet = await silent.silence()

    assert heard == {"ordersFeed": {"type": "OrderPaid", "order": {"number": "1"}}}
    assert quiet


async def test_an_alert_comes_when_few_units_are_left(served: Served, market: Market) -> None:
    document = "subscription { stockAlerts(threshold: 3) { quantity variant { id } } }"
    plenty, few = await market.variant("10", stock=50), await market.variant("10", stock=5)
    async with served() as server:
        staff = await server.client.as_staff([Permission.MANAGE_PRODUCTS])
        async with server.subscription(document, staff.token) as live:
            await server.listeners(1)
            await order_of(server, await market.checkout((plenty, 2), (few, 2)))
            heard = await live.next()
            quiet = await live.silence()

    assert heard == {"stockAlerts": {"quantity": 3, "variant": {"id": to_global("ProductVariant", few.id)}}}
    assert quiet
