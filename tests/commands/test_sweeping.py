"""What was paid ends as an order, or goes back, whatever dies on the way."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Answer, Done, Instruction, Outcome, Session, Unreachable
from adapters.payments.registry import Gateways
from commands.completing import complete
from commands.payments.asking import Step
from commands.payments.sessions import Wish, initialize
from commands.payments.settling import settle
from commands.payments.sweeping import give_back, sweep, take_up
from commands.shop import Shop
from domain.access import GUEST
from domain.payments import Event, EventKind, Flow, Subject
from domain.refusals import Refused
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.worlds import Clock

DUMMY = "matvis.dummy"
WAITS = """
    select exists (
        select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
    )
"""


class Forgetful(DummyGateway):
    """Does what it is asked, once for each key; while ``is_silent``, nobody hears that it did."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.instructions: list[Instruction] = []
        self.is_silent = False
        self.answer = Answer.SUCCESS

    async def process(self, session: Session) -> Outcome:
        self.sessions.append(session)
        if self.is_silent:
            raise Unreachable
        return await super().process(session)

    async def act(self, instruction: Instruction) -> Done:
        self.instructions.append(instruction)
        if self.is_silent:
            raise Unreachable
        return replace(await super().act(instruction), answer=self.answer)


@pytest.fixture
def gateway() -> Forgetful:
    return Forgetful()


@pytest.fixture
def shop(shop: Shop, gateway: Forgetful) -> Shop:
    return replace(shop, gateways=Gateways([gateway]))


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """Two mugs at 10 and their post: 25."""
    return await market.checkout((await market.variant(stock=2), 2))


async def pay(shop: Shop, checkout: AnyRow, kind: str = "CHARGE_SUCCESS") -> Step:
    wish = Wish(DUMMY, {"event": {"type": kind}}, customer_ip="192.0.2.1")
    return await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, wish)


async def money(factory: Factory, transaction_id: UUID) -> dict[str, Decimal]:
    """Every amount that is not nothing."""
    (row,) = await factory.fetch("select * from transactions where id = $1", transaction_id)
    return {
        name.removesuffix("_amount"): value
        for name, value in row.items()
        if name.endswith("_amount") and value
    }


async def held_for(factory: Factory, clock: Clock) -> int:
    """Minutes for which units are still held, at most."""
    until = await factory.value("select max(expires_at) from reservations where expires_at > $1", clock())
    return 0 if until is None else round((until - clock()).total_seconds() / 60)


@pytest.mark.parametrize(
    "kind", ["CHARGE_SUCCESS", "CHARGE_REQUEST", "AUTHORIZATION_SUCCESS", "AUTHORIZATION_REQUEST"]
)
async def test_goods_are_held_for_a_day_once_there_is_money(
    shop: Shop, factory: Factory, clock: Clock, checkout: AnyRow, kind: str
) -> None:
    await pay(shop, checkout, kind)

    assert await held_for(factory, clock) == 24 * 60


@pytest.mark.parametrize("kind", ["CHARGE_ACTION_REQUIRED", "CHARGE_FAILURE"])
async def test_goods_are_held_no_longer_where_there_is_none(
    shop: Shop, factory: Factory, clock: Clock, checkout: AnyRow, kind: str
) -> None:
    await pay(shop, checkout, kind)

    assert await held_for(factory, clock) == 15


async def test_a_paid_checkout_becomes_an_order_hours_later_though_others_want_the_goods(
    shop: Shop, factory: Factory, market: Market, clock: Clock, checkout: AnyRow
) -> None:
    variant_id = await factory.value("select variant_id from checkout_lines")
    (variant,) = await factory.fetch("select * from product_variants where id = $1", variant_id)
    await pay(shop, checkout)
    clock.forward(hours=20)
    rival = await market.checkout((variant, 1))
    await market.pay(rival, charged="15")

    with pytest.raises(Refused):
        await complete(shop, GUEST, rival.id)
    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select allocated from stocks") == 2


async def test_late_news_of_money_takes_the_goods_again_where_they_are_still_there(
    shop: Shop, factory: Factory, clock: Clock, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout, "CHARGE_ACTION_REQUIRED")
    clock.forward(hours=1)
    before = await held_for(factory, clock)
    news = Event(EventKind.CHARGE_SUCCESS, "late", Decimal(25), clock())

    await settle(shop, step.transaction_id, news)

    assert (before, await held_for(factory, clock)) == (0, 24 * 60)


async def test_a_gateway_that_kept_silent_is_asked_the_same_again(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    gateway.is_silent = True
    step = await pay(shop, checkout)
    clock.forward(minutes=1)
    still_silent = await take_up(shop)
    gateway.is_silent = False
    clock.forward(minutes=1)

    touched = await take_up(shop), await take_up(shop)

    assert (still_silent, touched) == (1, (1, 0))
    assert gateway.sessions[1:] == [gateway.sessions[0]] * 2
    assert gateway.sessions[0].customer_ip == "192.0.2.1"
    assert await money(factory, step.transaction_id) == {"charged": 25}
    assert await factory.value("select asked_with from transactions") is None
    assert await held_for(factory, clock) == 24 * 60


async def test_a_payment_whose_server_died_is_left_alone_while_somebody_may_be_waiting(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    gateway.is_silent = True
    await pay(shop, checkout)
    gateway.is_silent = False
    await factory.fetch("update transactions set asked_until = $1", clock().replace(year=2099))

    touched = await take_up(shop)

    assert (touched, len(gateway.sessions)) == (0, 1)


async def test_sweeps_at_once_ask_once(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=25)

    await asyncio.gather(*(sweep(shop) for _ in range(5)))

    assert [one.action.value for one in gateway.instructions] == ["REFUND"]
    assert await money(factory, step.transaction_id) == {"refunded": 25}


async def test_what_was_paid_for_an_abandoned_checkout_is_refunded(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=23)
    early = await sweep(shop)
    clock.forward(hours=2)

    touched = await sweep(shop), await sweep(shop)

    assert (early, touched) == (0, (1, 0))
    (instruction,) = gateway.instructions
    assert (instruction.amount, instruction.currency) == (Decimal(25), "USD")
    assert instruction.reference == await factory.value("select reference from transactions")
    assert await money(factory, step.transaction_id) == {"refunded": 25}
    with pytest.raises(Refused) as several:
        await complete(shop, GUEST, checkout.id)
    assert [refusal.code for refusal in several.value.refusals] == ["CHECKOUT_NOT_FULLY_PAID"]


async def test_what_was_only_promised_is_voided(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout, f"{Flow.AUTHORIZATION}_SUCCESS")
    clock.forward(hours=25)

    await sweep(shop)

    assert [one.action.value for one in gateway.instructions] == ["CANCEL"]
    assert await money(factory, step.transaction_id) == {"canceled": 25}


async def test_what_was_paid_for_a_checkout_that_is_gone_is_refunded_soon(
    shop: Shop, factory: Factory, clock: Clock, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    await factory.fetch("delete from checkouts")
    clock.forward(minutes=61)

    await sweep(shop)

    assert await money(factory, step.transaction_id) == {"refunded": 25}


async def test_what_was_paid_for_an_order_stays(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    await complete(shop, GUEST, checkout.id)
    clock.forward(days=30)

    touched = await sweep(shop)

    assert (touched, gateway.instructions) == (0, [])
    assert await money(factory, step.transaction_id) == {"charged": 25}


async def test_a_shopper_who_comes_back_in_time_keeps_the_payment(
    shop: Shop, factory: Factory, clock: Clock, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=25)
    await factory.fetch("update checkouts set updated_at = $1", clock())

    touched = await give_back(shop)

    assert touched == 0
    assert await money(factory, step.transaction_id) == {"charged": 25}


async def test_a_shopper_who_comes_back_in_that_very_moment_keeps_the_payment(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    """The payment is found, and then waits for whoever has the checkout's lock."""
    step = await pay(shop, checkout)
    clock.forward(hours=25)
    async with shop.db.transaction() as tx:
        await tx.fetch("select from checkouts for update")
        sweeping = asyncio.create_task(give_back(shop))
        while not await factory.value(WAITS):  # noqa: ASYNC110 - a lock tells nobody
            await asyncio.sleep(0)
        await tx.fetch("update checkouts set updated_at = $1", clock())
    await sweeping

    assert gateway.instructions == []
    assert await money(factory, step.transaction_id) == {"charged": 25}


async def test_a_refund_without_an_answer_is_asked_for_again_under_its_key(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=25)
    gateway.is_silent = True
    await sweep(shop)
    pending = await money(factory, step.transaction_id)
    gateway.is_silent = False
    clock.forward(minutes=1)

    await sweep(shop)

    assert pending == {"refund_pending": 25}
    assert gateway.instructions[1:] == [gateway.instructions[0]]
    assert await money(factory, step.transaction_id) == {"refunded": 25}
    assert await factory.value("select asked_until from transactions") is None


async def test_a_refund_that_was_refused_is_tried_again_a_day_later(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=25)
    gateway.answer = Answer.FAILURE
    await sweep(shop)
    refused = await money(factory, step.transaction_id)
    at_once = await sweep(shop)
    gateway.answer = Answer.SUCCESS
    clock.forward(hours=25)

    await sweep(shop)

    first, second = gateway.instructions
    assert refused == {"charged": 25}
    assert at_once == 0
    assert first.idempotency_key != second.idempotency_key
    assert first.reference == second.reference
    assert await money(factory, step.transaction_id) == {"refunded": 25}


async def test_a_refund_that_takes_its_time_is_finished_by_the_gateways_news(
    shop: Shop, factory: Factory, clock: Clock, gateway: Forgetful, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    clock.forward(hours=25)
    gateway.answer = Answer.REQUEST
    await sweep(shop)
    pending = await money(factory, step.transaction_id)
    reference = await factory.value("select reference from transaction_events where kind = 'REFUND_REQUEST'")

    await settle(shop, step.transaction_id, Event(EventKind.REFUND_SUCCESS, reference, Decimal(25), clock()))

    assert pending == {"refund_pending": 25}
    assert await money(factory, step.transaction_id) == {"refunded": 25}
