"""Capturing, refunding and voiding a payment that stands."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Done, Instruction, Unreachable
from adapters.payments.registry import Gateways
from commands.payments.errands import ask_for
from commands.payments.sessions import Wish, initialize
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import GUEST
from domain.payments import Action, Flow, KeyReused, MissingGateway, Subject
from domain.refusals import Invalid, NotFound
from tests.clients import Client
from tests.factory import Factory
from tests.fakes.stripe import Trouble
from tests.fakes.stripe_worlds import World, stripe_world
from tests.markets import Market
from tests.worlds import Clock


class Listening(DummyGateway):
    """Does what it is asked, when it ``may_answer``, and may keep silent about it."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self.is_silent = False
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def act(self, instruction: Instruction) -> Done:
        self.instructions.append(instruction)
        self.is_asked.set()
        await self.may_answer.wait()
        if self.is_silent:
            raise Unreachable
        return await super().act(instruction)


@pytest.fixture
def gateway() -> Listening:
    return Listening()


@pytest.fixture
def shop(shop: Shop, gateway: Listening) -> Shop:
    return replace(shop, gateways=Gateways([gateway]))


async def paid(shop: Shop, factory: Factory, flow: Flow = Flow.CHARGE) -> UUID:
    """A payment of 25."""
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(stock=5), 2))
    wish = Wish("matvis.dummy", flow=flow)
    return (await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, wish)).transaction_id


async def amounts(factory: Factory) -> dict[str, float]:
    """Every amount of the one payment that is not nothing."""
    (row,) = await factory.fetch("select * from transactions")
    return {
        name.removesuffix("_amount"): float(value)
        for name, value in row.items()
        if name.endswith("_amount") and value
    }


@pytest.mark.parametrize(
    ("flow", "action", "amount", "left"),
    [
        (Flow.CHARGE, Action.REFUND, None, {"refunded": 25}),
        (Flow.CHARGE, Action.REFUND, "10", {"refunded": 10, "charged": 15}),
        (Flow.AUTHORIZATION, Action.CHARGE, None, {"charged": 25}),
        (Flow.AUTHORIZATION, Action.CHARGE, "10", {"charged": 10, "authorized": 15}),
        (Flow.AUTHORIZATION, Action.CANCEL, None, {"canceled": 25}),
    ],
)
async def test_what_is_asked_for_is_done(
    shop: Shop, factory: Factory, *, flow: Flow, action: Action, amount: str | None, left: dict[str, float]
) -> None:
    payment = await paid(shop, factory, flow)

    told = await ask_for(shop, GUEST, payment, action, amount=None if amount is None else Decimal(amount))

    assert (
        await factory.value("select kind from transaction_events where id = $1", told) == f"{action}_SUCCESS"
    )
    assert await amounts(factory) == left


@pytest.mark.parametrize(
    ("flow", "action", "amount"),
    [
        (Flow.CHARGE, Action.REFUND, "25.01"),
        (Flow.CHARGE, Action.REFUND, "0"),
        (Flow.CHARGE, Action.CHARGE, None),
        (Flow.AUTHORIZATION, Action.REFUND, "1"),
    ],
)
async def test_more_than_there_is_is_refused(
    shop: Shop, factory: Factory, gateway: Listening, *, flow: Flow, action: Action, amount: str | None
) -> None:
    payment = await paid(shop, factory, flow)

    with pytest.raises(Invalid):
        await ask_for(shop, GUEST, payment, action, amount=None if amount is None else Decimal(amount))

    assert gateway.instructions == []


async def test_two_clicks_make_one_refund(shop: Shop, factory: Factory, gateway: Listening) -> None:
    payment = await paid(shop, factory)

    told = await asyncio.gather(
        *(ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10), key="click") for _ in range(10))
    )
    again = await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10), key="click")

    assert len(gateway.instructions) == 1
    assert await factory.value("select kind from transaction_events where id = $1", again) == "REFUND_SUCCESS"
    assert again in told
    assert await amounts(factory) == {"refunded": 10, "charged": 15}


async def test_two_clicks_without_a_key_make_one_refund_too(
    shop: Shop, factory: Factory, gateway: Listening
) -> None:
    payment = await paid(shop, factory)
    gateway.may_answer.clear()
    first = asyncio.create_task(ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10)))
    await gateway.is_asked.wait()

    for _ in range(3):
        with pytest.raises(Invalid, match="under way"):
            await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10))
    gateway.may_answer.set()
    await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(5))
    await first

    assert [one.amount for one in gateway.instructions] == [10, 5]
    assert await amounts(factory) == {"refunded": 15, "charged": 10}
    await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10))
    assert await amounts(factory) == {"refunded": 25}


@pytest.mark.parametrize("is_gone", [False, True])
async def test_clicks_without_a_key_never_give_back_more_than_was_paid(
    shop: Shop, factory: Factory, gateway: Listening, *, is_gone: bool
) -> None:
    payment = await paid(shop, factory)
    if is_gone:  # then nothing is locked but the payment itself
        await factory.fetch("delete from checkouts")

    async def click(cents: int) -> str:
        try:
            await ask_for(shop, GUEST, payment, Action.REFUND, amount=10 + Decimal(cents) / 100)
        except Invalid as refusal:
            return refusal.code
        return ""

    told = Counter(await asyncio.gather(*(click(cents) for cents in range(10))))

    assert (told, len(gateway.instructions)) == ({"": 2, "INVALID": 8}, 2)
    back = sum(one.amount for one in gateway.instructions)
    assert await amounts(factory) == {"refunded": float(back), "charged": float(25 - back)}


async def test_a_key_is_for_one_thing(shop: Shop, factory: Factory, gateway: Listening) -> None:
    payment = await paid(shop, factory)
    await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10), key="click")

    with pytest.raises(KeyReused):
        await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(11), key="click")

    assert len(gateway.instructions) == 1


async def test_without_an_answer_it_is_pending_and_asked_again_under_its_key(
    shop: Shop, factory: Factory, gateway: Listening, clock: Clock
) -> None:
    payment = await paid(shop, factory)
    gateway.is_silent = True
    told = await ask_for(shop, GUEST, payment, Action.REFUND, amount=Decimal(10), key="click")
    pending = await amounts(factory)
    gateway.is_silent = False
    clock.forward(minutes=2)

    await sweep(shop)

    assert await factory.value("select kind from transaction_events where id = $1", told) == "REFUND_REQUEST"
    assert pending == {"refund_pending": 10, "charged": 15}
    assert gateway.instructions[0] == gateway.instructions[1]
    assert await amounts(factory) == {"refunded": 10, "charged": 15}


async def test_a_payment_that_is_not_there_or_whose_gateway_is_gone_is_refused(
    shop: Shop, factory: Factory
) -> None:
    payment = await paid(shop, factory)

    with pytest.raises(NotFound):
        await ask_for(shop, GUEST, uuid4(), Action.REFUND)
    with pytest.raises(MissingGateway):
        await ask_for(replace(shop, gateways=Gateways([])), GUEST, payment, Action.REFUND)


@pytest.fixture
async def world(client: Client, factory: Factory) -> AsyncIterator[World]:
    """A checkout of 15 that is paid by Stripe."""
    async with stripe_world(client, factory) as world:
        yield world


async def settled(world: World, flow: Flow) -> UUID:
    """A payment that Stripe has told of."""
    step = await world.pay(flow)
    for event in world.fake.money.events:
        await world.hook(event)
    return step.transaction_id


async def test_stripe_captures_a_part_and_lets_the_rest_go(world: World) -> None:
    payment = await settled(world, Flow.AUTHORIZATION)

    await ask_for(world.shop, GUEST, payment, Action.CHARGE, amount=Decimal(10))
    answered = await world.amounts()
    statuses = {await world.hook(event) for event in world.fake.money.events}

    assert (answered, statuses) == ({"charged": 10, "canceled": 5}, {200})
    assert await world.amounts() == answered


async def test_stripe_gives_back_in_parts(world: World) -> None:
    payment = await settled(world, Flow.CHARGE)

    for amount in (Decimal(5), Decimal("2.50")):
        await ask_for(world.shop, GUEST, payment, Action.REFUND, amount=amount)
    answered = await world.amounts()
    statuses = {await world.hook(event) for event in world.fake.money.events}

    assert (answered, statuses) == ({"charged": 7.5, "refunded": 7.5}, {200})
    assert await world.amounts() == answered


async def test_stripe_voids(world: World) -> None:
    payment = await settled(world, Flow.AUTHORIZATION)

    await ask_for(world.shop, GUEST, payment, Action.CANCEL)
    answered = await world.amounts()
    statuses = {await world.hook(event) for event in world.fake.money.events}

    assert (answered, statuses, await world.amounts()) == ({"canceled": 15}, {200}, {"canceled": 15})


@pytest.mark.parametrize("action", [Action.CHARGE, Action.CANCEL])
async def test_stripes_news_answers_what_it_was_asked_in_silence(
    world: World, clock: Clock, action: Action
) -> None:
    payment = await settled(world, Flow.AUTHORIZATION)
    verb = "capture" if action is Action.CHARGE else "cancel"
    world.fake.troubles.append(Trouble(verb, None, is_done=True))
    await ask_for(world.shop, GUEST, payment, action)
    pending = await world.amounts()

    for event in world.fake.money.events:
        await world.hook(event)
    heard = await world.amounts()
    clock.forward(minutes=2)
    await sweep(world.shop)

    name = "charge" if action is Action.CHARGE else "cancel"
    assert pending == {f"{name}_pending": 15}
    assert heard == await world.amounts() == {f"{name}d" if name == "charge" else "canceled": 15}
    assert len(world.fake.asked(verb)) == 1
