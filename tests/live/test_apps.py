"""Apps that listen: each with its own rights, for as long as it is let in."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from db import outbox
from domain.access import Permission, Viewer
from domain.events import OrderUpdated
from schema.ids import to_global
from tests.factory import AnyRow, Factory
from tests.live.test_subscriptions import happen, order_of
from tests.markets import Market

HEAR = """
subscription {
  event {
    ... on OrderUpdated {
      order { number }
      recipient { name }
      issuingPrincipal { __typename ... on App { name } ... on User { email } }
    }
  }
}
"""
OFF = "mutation ($id: ID!) { appDeactivate(id: $id) { errors { code } } }"
LESS = "mutation ($id: ID!) { appTokenDelete(id: $id) { errors { code } } }"
NONE = "mutation ($id: ID!) { appUpdate(id: $id, input: { permissions: [] }) { errors { code } } }"

Served = Callable[..., Any]


@pytest.fixture
async def checkout(factory: Factory) -> AnyRow:
    market = await Market.open(factory)
    return await market.checkout((await market.variant(), 1))


async def test_an_event_says_which_app_made_it_happen_and_which_hears_it(
    served: Served, factory: Factory, checkout: AnyRow
) -> None:
    till = await factory.app(name="Till")
    async with served() as server:
        press = await server.client.as_app([Permission.MANAGE_ORDERS], name="Press")
        key = await order_of(server, checkout)
        async with server.subscription(HEAR, press.token) as live:
            await server.listeners(1)
            async with server.shop.db.transaction() as tx:
                await outbox.record(tx, OrderUpdated(key), by=Viewer(app_id=till.id))
            heard = await live.next()

    assert heard["event"] == {
        "order": {"number": "1"},
        "recipient": {"name": "Press"},
        "issuingPrincipal": {"__typename": "App", "name": "Till"},
    }


@pytest.mark.parametrize("document", [OFF, LESS])
async def test_an_app_that_is_let_in_no_more_hears_nothing_more(
    served: Served, factory: Factory, checkout: AnyRow, document: str
) -> None:
    row = await factory.app([Permission.MANAGE_ORDERS])
    token, spare = await factory.app_token(row), await factory.app_token(row)
    (kept,) = await factory.fetch("select id from app_tokens order by id limit 1")
    gone = to_global("App", row.id) if document == OFF else to_global("AppToken", kept.id)
    async with served() as server, AsyncExitStack() as stack:
        key = await order_of(server, checkout)
        live = await stack.enter_async_context(server.subscription(HEAR, token))
        other = await stack.enter_async_context(server.subscription(HEAR, spare))
        await server.listeners(2)
        await (await server.client.as_staff()).run(document, id=gone)
        await happen(server.shop, OrderUpdated(key))

        codes = await live.refusals()
        if document == OFF:
            assert await other.refusals() == ["JWT_INVALID_TOKEN"]
        else:
            assert (await other.next())["event"]["order"] == {"number": "1"}

    assert codes == ["JWT_INVALID_TOKEN"]


async def test_apps_with_other_rights_are_not_told_the_same(served: Served, checkout: AnyRow) -> None:
    """Equal documents: were apps taken for one audience, the one without rights would hear it all."""
    async with served() as server, AsyncExitStack() as stack:
        key = await order_of(server, checkout)
        allowed = await server.client.as_app([Permission.MANAGE_ORDERS])
        live = await stack.enter_async_context(server.subscription(HEAR, allowed.token))
        await server.listeners(1)
        rest = [
            await stack.enter_async_context(server.subscription(HEAR, token))
            for token in ((await server.client.as_app([])).token, None)
        ]
        codes = [await one.refusals() for one in rest]
        await happen(server.shop, OrderUpdated(key))
        heard = await live.next()

    assert codes == [["PERMISSION_DENIED"]] * 2
    assert heard["event"]["order"] == {"number": "1"}


async def test_a_permission_that_is_taken_away_ends_the_stream(
    served: Served, factory: Factory, checkout: AnyRow
) -> None:
    row = await factory.app([Permission.MANAGE_ORDERS])
    token = await factory.app_token(row)
    async with served() as server:
        key = await order_of(server, checkout)
        async with server.subscription(HEAR, token) as live:
            await server.listeners(1)
            await (await server.client.as_staff()).run(NONE, id=to_global("App", row.id))
            await happen(server.shop, OrderUpdated(key))
            last, end = await live.message(), await live.message()

    assert last["payload"]["data"] == {"event": None}
    assert [error["extensions"]["code"] for error in last["payload"]["errors"]] == ["PERMISSION_DENIED"]
    assert end["type"] == "complete"
