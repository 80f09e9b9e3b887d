"""Where gateways tell what they have to tell: who may, and what is answered."""

import io
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Final

import httpx2
import orjson
import pytest

from adapters.payments.registry import Gateways
from adapters.payments.stripe.gateway import StripeGateway
from commands.payments.asking import Step
from commands.payments.sessions import process
from domain.access import GUEST
from tests.clients import Client
from tests.factory import Factory
from tests.fakes.stripe import PUBLISHABLE, SECRET, WEBHOOK, Trouble, signed
from tests.fakes.stripe_worlds import World, stripe_world
from tests.printing import printing

ANOTHER: Final = "whsec_another"


@pytest.fixture
async def world(client: Client, factory: Factory) -> AsyncIterator[World]:
    """A checkout of 15."""
    async with stripe_world(client, factory) as world:
        yield world


@pytest.fixture
async def paid(world: World) -> Step:
    """The shopper has paid, and the shop does not know it yet."""
    return await world.pay()


@pytest.mark.usefixtures("paid")
async def test_news_is_committed_before_it_is_acknowledged(world: World) -> None:
    reply = await world.post(*signed(world.told("payment_intent.succeeded")))

    assert (reply.status_code, reply.json()) == (200, {"received": True})
    assert await world.amounts() == {"charged": 15}


@pytest.mark.usefixtures("paid")
async def test_repeated_news_is_answered_alike_and_changes_nothing(world: World) -> None:
    event = world.told("payment_intent.succeeded")

    replies = [await world.post(*signed(event)) for _ in range(3)]

    assert {(reply.status_code, reply.content) for reply in replies} == {(200, b'{"received":true}')}
    assert await world.kinds() == ["CHARGE_REQUEST", "CHARGE_ACTION_REQUIRED", "CHARGE_SUCCESS"]
    assert await world.factory.value("select count(*) from outbox where kind = 'CheckoutUpdated'") == 3


@pytest.mark.usefixtures("paid")
async def test_the_same_news_with_another_amount_is_refused_and_changes_nothing(world: World) -> None:
    event = world.told("payment_intent.succeeded")
    await world.hook(event)
    event["data"]["object"]["amount_received"] = 1400

    assert [await world.hook(event), await world.hook(event)] == [409, 409]
    assert await world.amounts() == {"charged": 15}


@pytest.mark.usefixtures("paid")
async def test_news_of_a_try_whose_answer_was_lost_is_let_pass(world: World) -> None:
    """It bears our payment's id, and is not the intent that the shopper was given."""
    event = world.told("payment_intent.succeeded")
    intent = event["data"]["object"]

    lost = await world.hook({**event, "data": {"object": {**intent, "id": "pi_lost"}}})
    before = await world.amounts()
    await world.hook(event)

    assert (lost, before, await world.amounts()) == (200, {}, {"charged": 15})


@pytest.mark.usefixtures("paid")
async def test_what_nobody_signed_is_not_believed(world: World) -> None:
    event = world.told("payment_intent.succeeded")
    body, headers = signed(event)
    other = orjson.dumps(event | {"id": "evt_other"})

    statuses = [
        await world.hook(event, secret=ANOTHER),
        await world.hook(event, at=int(time.time()) - 301),
        (await world.post(other, headers)).status_code,
        (await world.post(body, {})).status_code,
        (await world.post(body, {"stripe-signature": "t=1"})).status_code,
        (await world.post(b"\xff", headers)).status_code,
        (await world.post(b"x" * 1_000_001, headers)).status_code,
    ]

    assert statuses == [400, 400, 400, 400, 400, 400, 413]
    assert await world.amounts() == {}


async def test_a_place_that_no_gateway_has_is_not_found(world: World) -> None:
    async with httpx2.AsyncClient(transport=world.client.transport, base_url="http://testserver") as http:
        assert (await http.post("/webhooks/another", content=b"{}")).status_code == 404
        assert (await http.get("/webhooks/stripe")).status_code == 405


async def test_of_two_accounts_the_one_that_signed_tells(world: World) -> None:
    await world.pay()
    second = StripeGateway(replace(world.fake.account, id="second", webhook_secret=ANOTHER))
    world.shop = replace(world.shop, gateways=Gateways([second, world.gateway]))
    event = world.told("payment_intent.succeeded")

    strange = await world.hook(event, secret=ANOTHER)
    before = await world.amounts()
    own = await world.hook(event)
    await second.close()

    assert (strange, before, own) == (200, {}, 200)
    assert await world.amounts() == {"charged": 15}


async def test_news_of_what_is_not_ours_is_let_pass(world: World) -> None:
    money = world.fake.money
    money.confirm(money.create({"amount": "500", "currency": "usd"}), "pm_card_visa")
    money.refund({"payment_intent": next(iter(money.intents))})

    assert world.shop.gateways.find("stripe") is not None
    assert {await world.hook(event) for event in money.events} == {200}


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    with printing("debug") as stream:
        yield stream


async def test_no_key_and_no_secret_is_in_logs_or_in_the_database(world: World, printed: io.StringIO) -> None:
    world.fake.troubles.append(Trouble(status=500))
    await world.begin()
    begun = await world.begin()
    await world.place.confirm(begun.data, "pm_card_visa_chargeDeclined")
    await world.hook(world.told("payment_intent.payment_failed"))
    await world.hook(world.told("payment_intent.payment_failed"), secret=ANOTHER)
    await process(world.shop, GUEST, begun.transaction_id, None)
    everything = await world.factory.fetch(
        "select t::text as a, e::text as b, o::text as c from transactions t, transaction_events e, outbox o"
    )

    kept = " ".join(str(tuple(row.values())) for row in everything)
    said = printed.getvalue()
    assert '"event":"stripe_failed"' in said
    assert '"event":"notice_forged"' in said
    for secret in (SECRET, WEBHOOK, PUBLISHABLE):
        assert secret not in said
        assert secret not in kept
    assert begun.data["paymentIntent"]["stripeClientSecret"] not in said
