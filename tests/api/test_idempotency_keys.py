"""A mutation that is sent again under its key, over HTTP and over sockets, to one process or another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from schema.ids import to_global
from server.asgi import create_app
from server.settings import Settings
from tests.clients import Client, serving
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements
from tests.worlds import Clock

CREATE = """
mutation ($channel: String!, $email: String) {
  checkoutCreate(input: { channel: $channel, email: $email, lines: [] }) {
    checkout { id email } errors { field code }
  }
}
"""
ADD = """
mutation ($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { checkout { id } errors { field code } }
}
"""
BY_DIRECTIVE = """
mutation ($channel: String!, $word: String!) @idempotent(key: $word) {
  checkoutCreate(input: { channel: $channel, lines: [] }) { checkout { id } }
}
"""
ON_FIELD = """
mutation ($channel: String!) {
  checkoutCreate(input: { channel: $channel, lines: [] }) @idempotent(key: "one") { checkout { id } }
}
"""
TWO_FIELDS = """
mutation ($channel: String!) {
  a: checkoutCreate(input: { channel: $channel, lines: [] }) @idempotent(key: "one") { checkout { id } }
  b: checkoutCreate(input: { channel: $channel, lines: [] }) { checkout { id } }
}
"""
CHANNELS = "query ($channel: String!) { channel(slug: $channel) { id } }"
CHECKOUTS = "select count(*) from checkouts"
pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def other(
    settings: Settings,
    open_test_shop: Callable[..., Any],
    factory: Factory,
    statements: Statements,
) -> AsyncIterator[Client]:
    """A second process of the same shop."""
    app = create_app(settings, open_test_shop, with_chores=False)
    async with serving(app) as transport:
        yield Client(app, transport, factory, statements)


async def send(client: Client, document: str, key: str | None = "one", **variables: Any) -> httpx2.Response:
    headers = {"idempotency-key": key} if key else {}
    if client.token:
        headers["authorization"] = f"Bearer {client.token}"
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        body = {"query": document, "variables": {"channel": "web"} | variables}
        return await http.post("/graphql/", json=body, headers=headers, timeout=30)


def codes(reply: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in reply.json()["errors"]]


async def test_the_same_again_is_the_same_answer_byte_for_byte(client: Client, factory: Factory) -> None:
    first = await send(client, CREATE, email="ada@example.com")
    again = await send(client, CREATE, email="ada@example.com")

    assert first.json()["data"]["checkoutCreate"]["errors"] == []
    assert (again.content, again.status_code) == (first.content, 200)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await factory.value(CHECKOUTS) == 1


async def test_twenty_at_once_over_two_processes_are_one(
    client: Client, other: Client, factory: Factory
) -> None:
    replies = await asyncio.gather(*(send((client, other)[n % 2], CREATE) for n in range(20)))

    assert len({reply.content for reply in replies}) == 1
    assert {reply.status_code for reply in replies} == {200}
    assert await factory.value(CHECKOUTS) == 1


async def test_what_was_added_is_not_added_again(client: Client, market: Market, factory: Factory) -> None:
    mug = await market.variant()
    checkout = await market.checkout((mug, 1))
    lines = [{"variantId": to_global("ProductVariant", mug.id), "quantity": 2}]

    for _ in range(3):
        await send(client, ADD, id=to_global("Checkout", checkout.id), lines=lines)

    assert await factory.value("select quantity from checkout_lines") == 3


async def test_a_client_that_left_before_the_reply_hears_it_when_it_comes_back(
    client: Client, factory: Factory
) -> None:
    leaving = asyncio.create_task(send(client, CREATE))
    while not await factory.value("select count(*) from idempotency_keys"):  # noqa: ASYNC110 - the server does it
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)

    reply = await send(client, CREATE)

    assert reply.json()["data"]["checkoutCreate"]["errors"] == []
    assert await factory.value(CHECKOUTS) == 1


async def test_the_same_key_with_other_words_or_values_is_refused(client: Client, factory: Factory) -> None:
    await send(client, CREATE)

    others = [await send(client, CREATE, email="x@example.com"), await send(client, f"{CREATE} #")]

    assert [codes(reply) for reply in others] == [["IDEMPOTENCY_KEY_REUSED"]] * 2
    assert [reply.status_code for reply in others] == [422, 422]
    assert await factory.value(CHECKOUTS) == 1


async def test_a_refusal_is_an_answer(client: Client, factory: Factory) -> None:
    first = await send(client, CREATE, channel="nowhere")
    await factory.channel("nowhere")
    again = await send(client, CREATE, channel="nowhere")

    assert first.json()["data"]["checkoutCreate"]["errors"] == [{"field": "channel", "code": "NOT_FOUND"}]
    assert again.content == first.content


async def test_what_was_never_executed_is_not_kept(client: Client, factory: Factory) -> None:
    first = await send(client, CREATE, email=5)
    second = await send(client, CREATE, email=5)

    assert [codes(reply) for reply in (first, second)] == [["BAD_USER_INPUT"]] * 2
    assert await factory.value("select count(*) from idempotency_keys") == 0


async def test_who_may_not_is_told_so_and_may_ask_again_once_they_may(
    client: Client, factory: Factory
) -> None:
    document = "mutation { tokensDeactivateAll { errors { code } } }"

    refused = await send(client, document)

    assert codes(refused) == ["UNAUTHENTICATED"]
    assert await factory.value("select count(*) from idempotency_keys") == 0


async def test_each_user_has_keys_of_their_own(client: Client, factory: Factory) -> None:
    ada = await client.as_user(await factory.user())

    replies = [await send(one, CREATE) for one in (client, ada, ada)]

    assert replies[0].content != replies[1].content == replies[2].content
    assert await factory.value(CHECKOUTS) == 2


async def test_a_query_does_not_look_at_keys(client: Client, factory: Factory) -> None:
    await send(client, CHANNELS)

    assert (await send(client, CHANNELS, channel="other")).json() == {"data": {"channel": None}}
    assert await factory.value("select count(*) from idempotency_keys") == 0


@pytest.mark.parametrize(
    ("document", "variables"), [(BY_DIRECTIVE, {"word": "one"}), (ON_FIELD, {}), (BY_DIRECTIVE, {"word": ""})]
)
async def test_the_directive_is_another_way_to_say_the_key(
    client: Client, factory: Factory, document: str, variables: dict[str, Any]
) -> None:
    replies = [await send(client, document, None, **variables) for _ in range(2)]

    if variables.get("word") == "":
        assert [codes(reply) for reply in replies] == [["IDEMPOTENCY_KEY_INVALID"]] * 2
    else:
        assert replies[0].content == replies[1].content
        assert await factory.value(CHECKOUTS) == 1


@pytest.mark.parametrize(
    ("document", "key", "variables"), [(TWO_FIELDS, None, {}), (BY_DIRECTIVE, "two", {"word": "one"})]
)
async def test_a_key_that_is_not_clear_is_refused(
    client: Client, factory: Factory, document: str, key: str | None, variables: dict[str, Any]
) -> None:
    reply = await send(client, document, key, **variables)

    assert codes(reply) == ["BAD_USER_INPUT"]
    assert await factory.value(CHECKOUTS) == 0


async def test_a_completion_whose_process_died_is_completed_under_the_same_key(
    client: Client, market: Market, factory: Factory, clock: Clock
) -> None:
    checkout: AnyRow = await market.checkout((await market.variant(), 1))
    document = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"
    first = await send(client, document, id=to_global("Checkout", checkout.id))
    await factory.fetch("update idempotency_keys set answer = null, held_until = now()")
    clock.forward(minutes=1)

    again = await send(client, document, id=to_global("Checkout", checkout.id))

    assert again.content == first.content
    assert await factory.value("select count(*) from orders") == 1


async def test_an_answer_that_died_with_its_process_is_said_to_be_lost(
    client: Client, factory: Factory, clock: Clock
) -> None:
    await send(client, CREATE)
    await factory.fetch("update idempotency_keys set answer = null")
    clock.forward(minutes=1)

    again = await send(client, CREATE)

    assert (codes(again), again.status_code) == (["IDEMPOTENCY_ANSWER_LOST"], 409)
    assert await factory.value(CHECKOUTS) == 1
