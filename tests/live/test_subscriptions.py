"""Live fields, over real sockets."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from commands.shop import Shop
from db import outbox
from domain.access import Permission
from domain.events import CheckoutUpdated, Event, OrderUpdated, StockChanged
from schema.ids import to_global
from tests.factory import AnyRow, Factory
from tests.live.conftest import Redis
from tests.live.sockets import Server
from tests.markets import Market
from tests.worlds import Clock

CHECKOUT = "subscription ($id: ID!) { checkoutUpdated(id: $id) { lines { quantity } } }"
ORDER = "subscription ($id: ID!) { orderUpdated(id: $id) { number userEmail } }"
STOCK = """
subscription ($ids: [ID!]!, $channel: String!) {
  productVariantStockChanged(ids: $ids, channel: $channel) { id quantityAvailable }
}
"""
ADD = """
mutation ($id: ID!, $variant: ID!) {
  checkoutLinesAdd(id: $id, lines: [{ variantId: $variant, quantity: 3 }]) { errors { code } }
}
"""
WAITING = "select exists (select from outbox where published_at is null)"
COMPLETE = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id number } errors { code } } }"

Served = Callable[..., Any]


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """A guest's, with one mug."""
    return await market.checkout((await market.variant("10"), 1))


async def happen(shop: Shop, *events: Event) -> None:
    async with shop.db.transaction() as tx:
        await outbox.record(tx, *events)


async def order_of(server: Server, checkout: AnyRow) -> UUID:
    """The checkout, completed: the order's key. Whoever begins to listen afterwards hears nothing of that."""
    answer = await server.client.run(COMPLETE, id=to_global("Checkout", checkout.id))
    assert answer["checkoutComplete"]["errors"] == []
    found: UUID = await server.client.factory.value(
        "select id from orders where checkout_id = $1", checkout.id
    )
    await server.told()
    return found


async def test_one_client_changes_a_checkout_and_another_sees_the_fresh_lines(
    served: Served, market: Market, checkout: AnyRow
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server, server.subscription(CHECKOUT, id=checkout_id) as live:
        await server.listeners(1)
        for _ in range(2):
            variant = await market.variant("10")
            await server.client.run(ADD, id=checkout_id, variant=to_global("ProductVariant", variant.id))

        heard = [await live.next() for _ in range(2)]

    assert heard[-1] == {"checkoutUpdated": {"lines": [{"quantity": 1}, {"quantity": 3}, {"quantity": 3}]}}


async def test_the_listener_may_be_at_another_process_than_the_one_that_changes(
    served: Served, market: Market, checkout: AnyRow
) -> None:
    checkout_id, variant = to_global("Checkout", checkout.id), await market.variant("10")
    async with (
        served() as first,
        served() as second,
        first.subscription(CHECKOUT, id=checkout_id) as at_first,
        second.subscription(CHECKOUT, id=checkout_id) as at_second,
    ):
        await first.listeners(1)
        await second.listeners(1)
        await second.client.run(ADD, id=checkout_id, variant=to_global("ProductVariant", variant.id))

        heard = [await at_first.next(), await at_second.next()]

    assert heard == [{"checkoutUpdated": {"lines": [{"quantity": 1}, {"quantity": 3}]}}] * 2


async def test_when_the_process_that_relays_is_gone_another_takes_over(
    served: Served, checkout: AnyRow
) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with AsyncExitStack() as stack:
        relaying = AsyncExitStack()
        first = await relaying.enter_async_context(served())
        await happen(first.shop, CheckoutUpdated(checkout.id))
        await announced(first.client.factory)
        second = await stack.enter_async_context(served())
        live = await stack.enter_async_context(second.subscription(CHECKOUT, id=checkout_id))
        await second.listeners(1)
        await relaying.aclose()
        await happen(second.shop, CheckoutUpdated(checkout.id))

        heard = await live.next()

    assert heard == {"checkoutUpdated": {"lines": [{"quantity": 1}]}}


async def announced(factory: Factory) -> None:
    """Wait until nothing is left to be announced."""
    async with asyncio.timeout(10):
        while await factory.value(WAITING):  # noqa: ASYNC110 - the relay tells nobody
            await asyncio.sleep(0.01)


async def test_a_command_that_is_rolled_back_is_not_heard(served: Served, checkout: AnyRow) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server, server.subscription(CHECKOUT, id=checkout_id) as live:
        await server.listeners(1)
        refused = await server.client.run(ADD, id=checkout_id, variant=to_global("ProductVariant", 999_999))

        assert refused["checkoutLinesAdd"]["errors"] != []
        assert await live.silence()


async def test_a_checkout_that_becomes_an_order_is_null_and_the_end(served: Served, checkout: AnyRow) -> None:
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server, server.subscription(CHECKOUT, id=checkout_id) as live:
        await server.listeners(1)
        await order_of(server, checkout)

        heard = [await live.next(), (await live.message())["type"]]

    assert heard == [{"checkoutUpdated": None}, "complete"]


async def test_nobody_listens_to_a_checkout_of_somebody_else_or_to_one_that_is_not_there(
    served: Served, market: Market, factory: Factory
) -> None:
    owner, stranger = await factory.user(), await factory.user()
    theirs = await market.checkout((await market.variant("10"), 1), user=owner)
    async with served() as server:
        token = (await server.client.as_user(stranger)).token
        for key in (theirs.id, uuid4()):
            async with server.subscription(CHECKOUT, token, id=to_global("Checkout", key)) as live:
                assert await live.refusals() == ["NOT_FOUND"]
        async with server.subscription(CHECKOUT, token, id=to_global("Product", 1)) as live:
            assert await live.refusals() == ["INVALID"]

        assert len(server.shop.events) == 0


async def test_a_customer_hears_of_their_order_and_a_stranger_does_not(
    served: Served, market: Market, factory: Factory
) -> None:
    owner, stranger = await factory.user("ada@example.com"), await factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=owner)
    async with served() as server:
        mine = await server.client.as_user(owner)
        answer = await mine.run(COMPLETE, id=to_global("Checkout", checkout.id))
        order_id = answer["checkoutComplete"]["order"]["id"]
        key = await factory.value("select id from orders")
        async with server.subscription(ORDER, mine.token, id=order_id) as live:
            await server.listeners(1)
            await happen(server.shop, OrderUpdated(key))
            heard = await live.next()
        for token in ((await server.client.as_user(stranger)).token, None):
            async with server.subscription(ORDER, token, id=order_id) as refused:
                assert await refused.refusals() == ["NOT_FOUND"]

    assert heard == {"orderUpdated": {"number": "1", "userEmail": "ada@example.com"}}


async def test_a_right_that_is_withdrawn_ends_the_stream(
    served: Served, market: Market, factory: Factory
) -> None:
    owner = await factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=owner)
    async with served() as server:
        mine = await server.client.as_user(owner)
        await mine.run(COMPLETE, id=to_global("Checkout", checkout.id))
        key = await factory.value("select id from orders")
        staff = await server.client.as_staff([Permission.MANAGE_ORDERS])
        await server.told()
        async with server.subscription(ORDER, staff.token, id=to_global("Order", key)) as live:
            await server.listeners(1)
            await happen(server.shop, OrderUpdated(key))
            before = await live.next()
            await factory.fetch("delete from group_permissions")
            await happen(server.shop, OrderUpdated(key))
            last, end = await live.message(), await live.message()

    assert before["orderUpdated"]["number"] == "1"
    assert last["payload"]["data"] == {"orderUpdated": None}
    assert [error["extensions"]["code"] for error in last["payload"]["errors"]] == ["NOT_FOUND"]
    assert end["type"] == "complete"


async def test_a_login_that_has_ended_ends_the_stream(
    served: Served, market: Market, factory: Factory
) -> None:
    owner = await factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=owner)
    async with served() as server:
        token = (await server.client.as_user(owner)).token
        async with server.subscription(CHECKOUT, token, id=to_global("Checkout", checkout.id)) as live:
            await server.listeners(1)
            await factory.fetch("update token_families set ended_at = now()")
            await happen(server.shop, CheckoutUpdated(checkout.id))

            codes = await live.refusals()

    assert codes == ["JWT_INVALID_TOKEN"]


async def test_a_socket_ends_with_its_token_in_a_way_that_clients_take_for_a_break(
    served: Served, checkout: AnyRow, factory: Factory, clock: Clock
) -> None:
    owner = await factory.user()
    async with served() as server:
        token = (await server.client.as_user(owner)).token
        left = server.shop.tokens.read_access(token).expires_at - clock()
        clock.forward(seconds=left.total_seconds() - 1)
        async with server.subscription(CHECKOUT, token, id=to_global("Checkout", checkout.id)) as live:
            end = await live.closed()

    assert end == (4403, "Token expired")


async def test_a_stream_ends_with_its_token(
    served: Served, checkout: AnyRow, factory: Factory, clock: Clock
) -> None:
    owner = await factory.user()
    body = {"query": CHECKOUT, "variables": {"id": to_global("Checkout", checkout.id)}}
    async with served() as server:
        token = (await server.client.as_user(owner)).token
        left = server.shop.tokens.read_access(token).expires_at - clock()
        clock.forward(seconds=left.total_seconds() - 1)
        headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient() as http:
            answer = await http.post(f"{server.url}/graphql/", json=body, headers=headers, timeout=20)

    assert "JWT_SIGNATURE_EXPIRED" in answer.text
    assert answer.text.endswith("event: complete\ndata:\n\n")


async def test_stock_is_heard_by_variant(served: Served, market: Market) -> None:
    first, second, third = [await market.variant("10", stock=5) for _ in range(3)]
    ids = [to_global("ProductVariant", variant.id) for variant in (first, second)]
    async with served() as server, server.subscription(STOCK, ids=ids, channel="web") as live:
        await server.listeners(1)
        await order_of(server, await market.checkout((third, 1)))
        await order_of(server, await market.checkout((second, 2)))

        heard = await live.next()

        assert heard == {"productVariantStockChanged": {"id": ids[1], "quantityAvailable": 3}}
        assert await live.silence()


async def test_stock_of_what_a_shopper_cannot_see_is_not_heard(
    served: Served, market: Market, factory: Factory
) -> None:
    shown = await market.variant("10", stock=5)
    product = await factory.product(market.channel, listing={"is_published": False})
    hidden = await factory.variant(product, market.channel, stock=5)
    ids = [to_global("ProductVariant", variant.id) for variant in (shown, hidden)]
    async with served() as server:
        for refused, channel in ((ids, "web"), (ids[:1], "elsewhere")):
            async with server.subscription(STOCK, ids=refused, channel=channel) as live:
                assert await live.refusals() == ["NOT_FOUND"]
        for number in (0, 101):
            async with server.subscription(STOCK, ids=ids[:1] * number, channel="web") as live:
                assert await live.refusals() == ["INVALID"]


async def test_what_happens_while_redis_is_away_is_heard_when_it_is_back(
    served: Served, redis: Redis, market: Market, checkout: AnyRow
) -> None:
    checkout_id, variant = to_global("Checkout", checkout.id), await market.variant("10")
    async with (
        served(redis_url=redis.url) as server,
        server.subscription(CHECKOUT, id=checkout_id) as live,
    ):
        await server.listeners(1)
        await redis.stop()
        sold = await server.client.run(ADD, id=checkout_id, variant=to_global("ProductVariant", variant.id))
        await redis.start()
        heard = await live.next()
        await announced(server.client.factory)

    assert sold["checkoutLinesAdd"]["errors"] == []
    assert heard == {"checkoutUpdated": {"lines": [{"quantity": 1}, {"quantity": 3}]}}


async def test_customers_and_guests_who_watch_the_same_stock_are_asked_for_once(
    served: Served, market: Market, factory: Factory
) -> None:
    variant = await market.variant("10", stock=5)
    wanted = {"ids": [to_global("ProductVariant", variant.id)], "channel": "web"}
    customers = [await factory.user() for _ in range(2)]
    async with served() as server, AsyncExitStack() as stack:
        tokens = [None, *[(await server.client.as_user(customer)).token for customer in customers]]
        staff = (await server.client.as_staff([Permission.MANAGE_PRODUCTS])).token
        everybody = [
            await stack.enter_async_context(server.subscription(STOCK, token, **wanted))
            for token in [*tokens, staff]
        ]
        groups = server.app.state.executor.groups
        async with asyncio.timeout(5):
            while groups.members < 4:  # noqa: ASYNC110 - it counts, and tells nobody
                await asyncio.sleep(0.01)
        runs = server.app.state.executor.runner.runs
        before = runs.total()
        await happen(server.shop, StockChanged(variant.id))
        heard = [await one.next() for one in everybody]

    assert heard == [{"productVariantStockChanged": {"id": wanted["ids"][0], "quantityAvailable": 5}}] * 4
    assert (len(server.shop.events), runs.total() - before) == (0, 2)


async def test_events_about_the_same_that_waited_together_are_asked_once_and_told_each(
    served: Served, checkout: AnyRow, session: Any
) -> None:
    async with served() as server:
        runs = server.app.state.executor.runner.runs
        async with server.subscription(CHECKOUT, id=to_global("Checkout", checkout.id)) as live:
            await server.listeners(1)
            (listener,) = server.shop.events._everyone()
            before, began = runs.total(), listener.position
            async with session.transaction():
                await session.execute(
                    "lock table checkouts in access exclusive mode"
                )  # the first answer waits
                await happen(server.shop, CheckoutUpdated(checkout.id))
                async with asyncio.timeout(10):
                    while listener.position == began:  # noqa: ASYNC110 - it tells nobody
                        await asyncio.sleep(0.005)
                await happen(server.shop, *(CheckoutUpdated(checkout.id) for _ in range(4)))
                async with asyncio.timeout(10):
                    while len(listener._heard) < 4:  # noqa: ASYNC110 - as above
                        await asyncio.sleep(0.005)
            told = [await live.event() for _ in range(5)]

    assert [data for data, _ in told] == [{"checkoutUpdated": {"lines": [{"quantity": 1}]}}] * 5
    assert len({said["cursor"] for _, said in told}) == 5
    assert runs.total() - before == 2


async def test_a_login_that_has_ended_ends_its_own_listeners_alone(
    served: Served, market: Market, factory: Factory
) -> None:
    owner = await factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=owner)
    checkout_id = to_global("Checkout", checkout.id)
    async with served() as server, AsyncExitStack() as stack:
        first, second = [(await server.client.as_user(owner)).token for _ in range(2)]
        leaves = await stack.enter_async_context(server.subscription(CHECKOUT, first, id=checkout_id))
        stays = await stack.enter_async_context(server.subscription(CHECKOUT, second, id=checkout_id))
        await server.listeners(2)
        family = server.shop.tokens.read_access(str(first)).family
        await factory.fetch("update token_families set ended_at = now() where id = $1", UUID(family))
        await happen(server.shop, CheckoutUpdated(checkout.id))
        codes, heard = await leaves.refusals(), await stays.next()

    assert codes == ["JWT_INVALID_TOKEN"]
    assert heard == {"checkoutUpdated": {"lines": [{"quantity": 1}]}}
