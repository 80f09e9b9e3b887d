"""Stripe's news and answers: late, twice, out of order, lost, or not at all."""

import asyncio
import random
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from commands.payments.asking import Step
from commands.payments.sessions import process
from commands.payments.sweeping import sweep
from domain.access import GUEST
from domain.payments import Flow, TransactionAlreadyProcessed
from tests.clients import Client
from tests.factory import Factory
from tests.fakes.stripe import Trouble
from tests.fakes.stripe_worlds import World, stripe_world
from tests.worlds import Clock


@pytest.fixture
async def world(client: Client, factory: Factory) -> AsyncIterator[World]:
    """A checkout of 15."""
    async with stripe_world(client, factory) as world:
        yield world


@pytest.fixture
async def paid(world: World) -> Step:
    """The shopper has paid, and the shop does not know it yet."""
    return await world.pay()


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_stripe_that_keeps_silent_is_asked_again_and_is_one_payment(
    world: World, clock: Clock, *, is_done: bool
) -> None:
    world.fake.troubles.append(Trouble(status=None, is_done=is_done))
    silent = await world.begin()
    pending = await world.amounts()
    if not is_done:
        world.fake.forget_keys()
    clock.forward(minutes=1)

    await sweep(world.shop)
    again = await world.begin()

    assert (silent.data, pending) == (None, {"charge_pending": 15})
    assert again.data["paymentIntent"]["status"] == "requires_payment_method"
    assert (len(world.fake.money.intents), await world.amounts()) == (1, {})


async def test_a_stripe_that_fails_is_asked_again(world: World) -> None:
    world.fake.troubles.append(Trouble(status=500))
    await world.begin()

    again = await world.begin()
    await world.place.confirm(again.data, "pm_card_visa")
    await process(world.shop, GUEST, again.transaction_id, None)

    assert await world.amounts() == {"charged": 15}


async def test_a_stripe_that_never_answers_leaves_the_payment_pending_and_nothing_charged(
    world: World, clock: Clock
) -> None:
    world.fake.troubles.extend([Trouble(status=503)] * 10)
    await world.begin()
    for _ in range(3):
        clock.forward(minutes=2)
        await sweep(world.shop)

    assert await world.amounts() == {"charge_pending": 15}
    assert len(set(world.fake.asked("payment_intents"))) == 2
    assert world.fake.money.intents == {}


async def test_news_that_overtakes_the_answer_to_a_refund_is_one_refund(
    world: World, clock: Clock, paid: Step
) -> None:
    await process(world.shop, GUEST, paid.transaction_id, None)
    clock.forward(hours=25)
    world.fake.troubles.append(Trouble("refunds", None, is_done=True, method="POST"))
    await sweep(world.shop)
    pending = await world.amounts()

    await world.hook(world.told("refund.created"))
    heard = await world.amounts()
    clock.forward(minutes=2)
    await sweep(world.shop)

    assert (pending, heard) == ({"refund_pending": 15}, {"refunded": 15})
    assert await world.amounts() == {"refunded": 15}
    assert await world.factory.value("select asked_until from transactions") is None
    assert len(world.fake.money.refunds) == 1


async def test_a_refund_that_fails_days_later_is_money_that_is_still_here(
    world: World, clock: Clock, paid: Step
) -> None:
    await process(world.shop, GUEST, paid.transaction_id, None)
    clock.forward(hours=25)
    await sweep(world.shop)
    (refund,) = world.fake.money.refunds.values()
    world.fake.money.finish_refund(refund, "lost_or_stolen_card")

    await world.hook(world.told("refund.failed"))

    assert await world.amounts() == {"charged": 15}


async def test_a_direct_debit_is_pending_until_it_comes_or_does_not(world: World) -> None:
    await world.pay(method="pm_sepa_debit")
    await world.hook(world.told("payment_intent.processing"))
    pending = await world.amounts()
    world.fake.money.fail(world.intent, code="debit_not_authorized", message="The debit was refused.")

    await world.hook(world.told("payment_intent.payment_failed"))

    assert (pending, await world.amounts()) == ({"charge_pending": 15}, {})
    assert (await world.kinds())[-1] == "CHARGE_FAILURE"


@pytest.mark.usefixtures("paid")
async def test_a_disputed_charge_is_taken_back_and_may_return(world: World) -> None:
    await world.hook(world.told("payment_intent.succeeded"))
    world.fake.money.dispute(world.intent, "funds_withdrawn")
    await world.hook(world.told("charge.dispute.funds_withdrawn"))
    taken = await world.amounts()
    world.fake.money.dispute(world.intent, "funds_reinstated")

    await world.hook(world.told("charge.dispute.funds_reinstated"))

    assert (taken, await world.amounts()) == ({}, {"charged": 15})


async def test_a_promise_that_ran_out_is_let_go_of(world: World) -> None:
    await world.pay(Flow.AUTHORIZATION)
    await world.hook(world.told("payment_intent.amount_capturable_updated"))
    world.fake.money.cancel(world.intent, {"cancellation_reason": "automatic"})
    event = world.told("payment_intent.canceled")
    world.fake.troubles.append(Trouble("charges", 503))

    statuses = [await world.hook(event), await world.hook(event)]

    assert statuses == [503, 200]
    assert await world.amounts() == {"canceled": 15}


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_and_repetition_of_news_adds_up_alike(world: World, seed: int) -> None:
    begun = await world.pay(Flow.AUTHORIZATION, "pm_card_visa_chargeDeclined")
    await world.place.confirm(begun.data, "pm_card_visa")
    await world.place.capture(begun.data, 1200)
    for units in ("300", "200"):
        world.fake.money.refund({"payment_intent": world.intent["id"], "amount": units})
    events = world.fake.money.events * 2
    random.Random(seed).shuffle(events)  # noqa: S311 - no secret

    statuses = {await world.hook(event) for event in events}

    assert statuses == {200}
    assert await world.amounts() == {"charged": 7, "refunded": 5, "canceled": 3}


@pytest.mark.parametrize("seed", range(3))
async def test_a_direct_debit_adds_up_alike_in_any_order(world: World, seed: int) -> None:
    await world.pay(method="pm_sepa_debit")
    world.fake.money.succeed(world.intent)
    world.fake.money.refund({"payment_intent": world.intent["id"], "amount": "500"})
    events = world.fake.money.events * 2
    random.Random(seed).shuffle(events)  # noqa: S311 - no secret

    statuses = {await world.hook(event) for event in events}

    assert statuses == {200}
    assert await world.amounts() == {"charged": 10, "refunded": 5}


async def test_a_debit_that_failed_is_not_pending_when_its_beginning_is_told_late(world: World) -> None:
    await world.pay(method="pm_sepa_debit")
    world.fake.money.fail(world.intent, code="debit_not_authorized", message="The debit was refused.")

    for kind in ("payment_failed", "processing"):
        await world.hook(world.told(f"payment_intent.{kind}"))

    assert await world.amounts() == {}


async def test_the_shopper_and_the_webhook_at_once_make_one_charge(world: World) -> None:
    step = await world.pay()
    event = world.told("payment_intent.succeeded")

    async def ask() -> int:
        try:
            await process(world.shop, GUEST, step.transaction_id, None)
        except TransactionAlreadyProcessed:
            return 409
        return 200

    told = await asyncio.gather(*(one for _ in range(10) for one in (ask(), world.hook(event))))

    assert set(told) <= {200, 409}
    assert await world.amounts() == {"charged": 15}
    assert (await world.kinds()).count("CHARGE_SUCCESS") == 1


@pytest.mark.parametrize(
    ("currency", "price", "units"), [("JPY", "1000", 1005), ("KWD", "10.250", 15250), ("USD", "10.01", 1501)]
)
async def test_minor_units_are_the_currencys(
    client: Client, factory: Factory, currency: str, price: str, units: int
) -> None:
    async with stripe_world(client, factory, price, currency) as world:
        await world.pay()
        await world.hook(world.told("payment_intent.succeeded"))

        assert (world.intent["amount"], world.intent["currency"]) == (units, currency.lower())
    assert await factory.value("select charged_amount from transactions") == Decimal(price) + 5
