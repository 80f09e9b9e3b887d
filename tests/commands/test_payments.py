"""Paying, from the first question to the last webhook."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Outcome, Session, Unreachable
from adapters.payments.registry import Gateways
from commands.completing import complete
from commands.payments.asking import Step
from commands.payments.sessions import Wish, initialize, process
from commands.payments.settling import settle
from commands.shop import Shop
from db import stocks
from domain.access import GUEST, Viewer
from domain.payments import (
    Event,
    EventKind,
    Flow,
    IncorrectDetails,
    KeyReused,
    Subject,
    TransactionAlreadyProcessed,
)
from domain.refusals import Invalid, NotFound, Refusal
from domain.stocks import InsufficientStock, Shortage
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.worlds import Clock

DUMMY = "matvis.dummy"


class Counted(DummyGateway):
    """Counts what it is asked, and may keep silent: then it has taken the money, but nobody hears of it."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.is_silent = False

    async def process(self, session: Session) -> Outcome:
        self.sessions.append(session)
        if self.is_silent:
            raise Unreachable
        return await super().process(session)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Twenty connections, and patience for them."""
    return settings.model_copy(update={"database_pool_max": 20, "database_pool_wait": 60})


@pytest.fixture
def gateway() -> Counted:
    return Counted()


@pytest.fixture
def shop(shop: Shop, gateway: Counted) -> Shop:
    return replace(shop, gateways=Gateways([gateway]))


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """Two mugs at 10 and their post: 25."""
    return await market.checkout((await market.variant(stock=5), 2))


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"event": {"type": kind, **data}}


async def pay(shop: Shop, checkout: AnyRow, data: Any = None, viewer: Viewer = GUEST, **wish: Any) -> Step:
    return await initialize(shop, viewer, Subject.CHECKOUT, checkout.id, Wish(DUMMY, data, **wish))


async def kinds(factory: Factory, transaction_id: UUID) -> list[str]:
    rows = await factory.fetch(
        "select kind from transaction_events where transaction_id = $1 order by id", transaction_id
    )
    return [row.kind for row in rows]


async def money(factory: Factory, transaction_id: UUID) -> dict[str, Decimal]:
    """Every amount that is not nothing."""
    (row,) = await factory.fetch("select * from transactions where id = $1", transaction_id)
    return {
        name.removesuffix("_amount"): value
        for name, value in row.items()
        if name.endswith("_amount") and value
    }


async def held(factory: Factory) -> int:
    units: int = await factory.value("select coalesce(sum(quantity), 0) from reservations")
    return units


async def announced(factory: Factory) -> Counter[str]:
    return Counter(row.kind for row in await factory.fetch("select kind from outbox"))


async def test_what_remains_is_charged_and_the_goods_are_held(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)

    assert await kinds(factory, step.transaction_id) == ["CHARGE_REQUEST", "CHARGE_SUCCESS"]
    assert await money(factory, step.transaction_id) == {"charged": 25}
    assert await held(factory) == 2
    assert await announced(factory) == {"StockChanged": 1, "CheckoutUpdated": 2}


async def test_a_channel_may_only_promise_the_money_at_first(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory, slug="later", default_transaction_flow="AUTHORIZATION")
    checkout = await market.checkout((await market.variant(), 1))

    promised = await pay(shop, checkout, amount=Decimal(5))
    charged = await pay(shop, checkout, flow=Flow.CHARGE)

    assert await money(factory, promised.transaction_id) == {"authorized": 5}
    assert await money(factory, charged.transaction_id) == {"charged": 10}


async def test_a_payment_that_is_declined_leaves_everything_to_be_paid(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    declined = await pay(shop, checkout, event("CHARGE_FAILURE"))
    second = await pay(shop, checkout)

    assert await kinds(factory, declined.transaction_id) == ["CHARGE_REQUEST", "CHARGE_FAILURE"]
    assert await money(factory, declined.transaction_id) == {}
    assert await money(factory, second.transaction_id) == {"charged": 25}
    assert await held(factory) == 2


async def test_nothing_is_pending_while_the_shopper_has_to_act_and_processing_finishes_it(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    begun = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"))
    before = await money(factory, begun.transaction_id)

    finished = await process(shop, GUEST, begun.transaction_id, None)

    assert begun.data == {"confirm": "transactionProcess"}
    assert before == {}
    assert finished.transaction_id == begun.transaction_id
    assert await kinds(factory, begun.transaction_id) == [
        "CHARGE_REQUEST",
        "CHARGE_ACTION_REQUIRED",
        "CHARGE_SUCCESS",
    ]
    assert await money(factory, begun.transaction_id) == {"charged": 25}


async def test_what_the_gateway_has_decided_is_not_processed_again(
    shop: Shop, gateway: Counted, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)

    with pytest.raises(TransactionAlreadyProcessed):
        await process(shop, GUEST, step.transaction_id, None)

    assert len(gateway.sessions) == 1


async def test_of_two_payments_that_wait_for_the_shopper_only_one_is_taken(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    first = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"))
    second = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"))
    await process(shop, GUEST, second.transaction_id, None)

    with pytest.raises(Invalid):
        await process(shop, GUEST, first.transaction_id, None)

    assert await money(factory, first.transaction_id) == {}


async def test_a_late_answer_settles_a_pending_payment_once(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout, event("CHARGE_REQUEST"))
    pending = await money(factory, step.transaction_id)
    reference = await factory.value("select reference from transactions where id = $1", step.transaction_id)
    late = Event(EventKind.CHARGE_SUCCESS, reference, Decimal(25), shop.clock())

    first = await settle(shop, step.transaction_id, late)
    again = await settle(shop, step.transaction_id, late)

    assert pending == {"charge_pending": 25}
    assert (first.already, again) == (False, replace(first, already=True))
    assert await money(factory, step.transaction_id) == {"charged": 25}
    assert await kinds(factory, step.transaction_id) == ["CHARGE_REQUEST", "CHARGE_SUCCESS"]


async def test_the_same_news_with_another_amount_is_refused_and_changes_nothing(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    step = await pay(shop, checkout)
    reference = await factory.value("select reference from transactions where id = $1", step.transaction_id)

    with pytest.raises(IncorrectDetails):
        await settle(
            shop, step.transaction_id, Event(EventKind.CHARGE_SUCCESS, reference, Decimal(24), shop.clock())
        )

    assert await money(factory, step.transaction_id) == {"charged": 25}
    assert len(await kinds(factory, step.transaction_id)) == 2


async def test_an_answer_that_contradicts_the_webhook_before_it_is_refused_and_changes_nothing(
    shop: Shop, factory: Factory, checkout: AnyRow
) -> None:
    class Contradicting(Counted):
        async def process(self, session: Session) -> Outcome:
            outcome = await super().process(session)
            news = Event(EventKind.CHARGE_SUCCESS, outcome.reference, Decimal(24), shop.clock())
            await settle(shop, session.transaction_id, news)
            return outcome

    with pytest.raises(IncorrectDetails):
        await pay(replace(shop, gateways=Gateways([Contradicting()])), checkout)

    assert await money(factory, await factory.value("select id from transactions")) == {"charged": 24}


async def test_a_webhook_that_overtakes_the_answer_counts_once(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow
) -> None:
    gateway.is_silent = True
    step = await pay(shop, checkout, event("CHARGE_REQUEST"), key="1")
    gateway.is_silent = False
    outcome = await gateway.process(gateway.sessions[0])
    told = Event(EventKind.CHARGE_REQUEST, outcome.reference, Decimal(25), shop.clock())
    await settle(shop, step.transaction_id, told)

    await pay(shop, checkout, event("CHARGE_REQUEST"), key="1")
    await settle(shop, step.transaction_id, replace(told, kind=EventKind.CHARGE_SUCCESS))

    assert await money(factory, step.transaction_id) == {"charged": 25}


async def test_the_same_key_is_one_payment_and_one_question(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow
) -> None:
    first = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"), key="1")
    again = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"), key="1")

    assert again == first
    assert len(gateway.sessions) == 1
    assert await factory.value("select count(*) from transactions") == 1


async def test_the_same_key_at_once_is_one_payment_and_one_question(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow
) -> None:
    steps = await asyncio.gather(*(pay(shop, checkout, key="1") for _ in range(20)))

    assert len({step.transaction_id for step in steps}) == 1
    assert len(gateway.sessions) == 1
    assert await money(factory, steps[0].transaction_id) == {"charged": 25}


@pytest.mark.parametrize(
    "other", [{"amount": Decimal(5)}, {"data": event("CHARGE_FAILURE")}, {"flow": Flow.AUTHORIZATION}]
)
async def test_the_same_key_with_another_wish_is_refused(
    shop: Shop, gateway: Counted, checkout: AnyRow, other: dict[str, Any]
) -> None:
    await pay(shop, checkout, key="1")

    with pytest.raises(KeyReused) as refusal:
        await pay(shop, checkout, key="1", **other)

    assert refusal.value.field == "idempotencyKey"
    assert len(gateway.sessions) == 1


async def test_another_checkouts_shopper_may_use_the_same_key(
    shop: Shop, factory: Factory, market: Market, checkout: AnyRow
) -> None:
    other = await market.checkout((await market.variant(), 1))

    await pay(shop, checkout, key="1")
    await pay(shop, other, key="1")

    assert await factory.value("select sum(charged_amount) from transactions") == 40


async def test_a_gateway_that_keeps_silent_leaves_the_payment_pending_until_it_is_asked_again(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow
) -> None:
    gateway.is_silent = True
    silent = await pay(shop, checkout, key="1")
    pending = await money(factory, silent.transaction_id)
    gateway.is_silent = False

    resumed = await pay(shop, checkout, key="1")

    assert pending == {"charge_pending": 25}
    assert resumed.transaction_id == silent.transaction_id
    assert gateway.sessions[0] == gateway.sessions[1]
    assert await money(factory, silent.transaction_id) == {"charged": 25}


async def test_a_payment_whose_server_died_is_taken_up_by_the_same_key_when_the_wait_is_over(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow, clock: Clock
) -> None:
    class Died(BaseException):
        pass

    class Deadly(Counted):
        async def process(self, session: Session) -> Outcome:
            await super().process(session)
            raise Died

    with pytest.raises(Died):
        await pay(replace(shop, gateways=Gateways([Deadly()])), checkout, key="1")
    at_once = await pay(shop, checkout, key="1")
    asked_at_once = len(gateway.sessions)
    clock.forward(minutes=2)

    later = await pay(shop, checkout, key="1")

    assert asked_at_once == 0
    assert await kinds(factory, at_once.transaction_id) == ["CHARGE_REQUEST", "CHARGE_SUCCESS"]
    assert later.transaction_id == at_once.transaction_id
    assert len(gateway.sessions) == 1
    assert await money(factory, later.transaction_id) == {"charged": 25}


async def test_more_than_remains_is_refused_with_both_figures(
    shop: Shop, factory: Factory, gateway: Counted, checkout: AnyRow
) -> None:
    await pay(shop, checkout, amount=Decimal(20))

    with pytest.raises(Invalid) as refusal:
        await pay(shop, checkout, amount=Decimal("5.01"))

    assert refusal.value.message == "The amount is 5.01, but only 5.00 remains to be paid."
    assert len(gateway.sessions) == 1
    assert await factory.value("select count(*) from transactions") == 1


async def test_what_gift_cards_pay_is_not_charged(shop: Shop, factory: Factory, market: Market) -> None:
    card = await factory.gift_card(amount="12")
    checkout = await market.checkout((await market.variant(), 2), cards=[card])

    step = await pay(shop, checkout)

    assert await money(factory, step.transaction_id) == {"charged": 13}


async def test_a_gateway_that_the_channel_does_not_offer_is_not_found(
    shop: Shop, gateway: Counted, factory: Factory
) -> None:
    market = await Market.open(factory, payment_gateways=["other"])
    checkout = await market.checkout((await market.variant(), 1))

    with pytest.raises(NotFound) as refusal:
        await pay(shop, checkout)

    assert refusal.value.field == "paymentGateway"
    assert gateway.sessions == []


async def test_a_stranger_does_not_find_a_customers_checkout(
    shop: Shop, factory: Factory, market: Market
) -> None:
    customer = await factory.user()
    checkout = await market.checkout((await market.variant(), 1), user=customer)
    begun = await pay(shop, checkout, event("CHARGE_ACTION_REQUIRED"), Viewer(user_id=customer.id))

    for stranger in (GUEST, Viewer(user_id=customer.id + 1)):
        with pytest.raises(NotFound):
            await pay(shop, checkout, viewer=stranger)
        with pytest.raises(NotFound):
            await process(shop, stranger, begun.transaction_id, None)
    with pytest.raises(NotFound):
        await initialize(shop, GUEST, Subject.CHECKOUT, uuid4(), Wish(DUMMY))


async def test_goods_that_are_gone_are_not_charged(
    shop: Shop, factory: Factory, gateway: Counted, market: Market
) -> None:
    mug, lamp = await market.variant(stock=2), await market.variant(stock=0)
    checkout = await market.checkout((mug, 2), (mug, 1), (lamp, 1))

    with pytest.raises(InsufficientStock) as refusal:
        await pay(shop, checkout)

    assert set(refusal.value.shortages) == {Shortage(mug.id, 3, 2), Shortage(lamp.id, 1, 0)}
    assert gateway.sessions == []
    assert await factory.value("select count(*) from transactions") == 0
    assert await held(factory) == 0


async def test_a_hundred_shoppers_and_one_unit_make_one_charge(
    shop: Shop, factory: Factory, gateway: Counted, market: Market
) -> None:
    mug = await market.variant(stock=1)
    checkouts = [await market.checkout((mug, 1)) for _ in range(100)]

    told = await at_once(shop, checkouts)

    assert told == {"": 1, "INSUFFICIENT_STOCK": 99}
    assert len(gateway.sessions) == 1
    assert await factory.value("select count(*) from transactions") == 1
    assert await factory.value("select sum(charged_amount) from transactions") == 15
    assert await held(factory) == 1


async def at_once(shop: Shop, checkouts: Sequence[AnyRow]) -> Counter[str]:
    """How often each code was told; an empty one for a payment."""

    async def attempt(checkout: AnyRow) -> str:
        try:
            await pay(shop, checkout)
        except Refusal as refusal:
            return refusal.code
        return ""

    return Counter(await asyncio.gather(*(attempt(checkout) for checkout in checkouts)))


async def test_units_that_were_held_are_free_again_when_their_time_is_over(
    shop: Shop, factory: Factory, market: Market, clock: Clock
) -> None:
    mug = await market.variant(stock=1)
    first, second = await market.checkout((mug, 1)), await market.checkout((mug, 1))
    slow = await pay(shop, first, event("CHARGE_ACTION_REQUIRED"))
    with pytest.raises(InsufficientStock):
        await pay(shop, second)
    clock.forward(minutes=15)

    async with shop.db.read() as connection:
        (found,) = await stocks.available(connection, [(mug.id, market.channel.id)], now=clock())
    await pay(shop, second)
    with pytest.raises(InsufficientStock):
        await process(shop, GUEST, slow.transaction_id, None)

    assert found.quantity == 1
    assert await money(factory, slow.transaction_id) == {}


async def test_a_paid_checkout_becomes_a_paid_order(shop: Shop, factory: Factory, checkout: AnyRow) -> None:
    step = await pay(shop, checkout, key="1")

    order_id = await complete(shop, GUEST, checkout.id)
    again = await pay(shop, checkout, key="1")

    (order,) = await factory.fetch("select * from orders")
    assert (order.id, order.charge_status, order.charged_amount) == (order_id, "FULL", 25)
    assert again == replace(step, data=None)
    assert await held(factory) == 0
    assert await factory.value("select allocated from stocks where allocated > 0") == 2


async def test_an_order_follows_its_payments(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(), 2))
    order_id = await complete(shop, GUEST, checkout.id)
    await factory.fetch("delete from outbox")

    part = await initialize(shop, GUEST, Subject.ORDER, order_id, Wish(DUMMY, amount=Decimal(10)))
    (partly,) = await factory.fetch("select * from orders")
    await initialize(shop, GUEST, Subject.ORDER, order_id, Wish(DUMMY))
    with pytest.raises(Invalid, match=r"Nothing remains to be paid of 25\.00\."):
        await initialize(shop, GUEST, Subject.ORDER, order_id, Wish(DUMMY))
    (wholly,) = await factory.fetch("select * from orders")
    events = await announced(factory)
    back = Event(EventKind.REFUND_SUCCESS, "refund", Decimal(10), datetime.now(UTC))
    await settle(shop, part.transaction_id, back)
    (refunded,) = await factory.fetch("select * from orders")
    history = await factory.fetch("select kind from order_events where kind like '%PA%' order by id")

    assert (partly.charge_status, partly.authorize_status, partly.charged_amount) == (
        "PARTIAL",
        "PARTIAL",
        10,
    )
    assert (wholly.charge_status, wholly.authorize_status, wholly.charged_amount) == ("FULL", "FULL", 25)
    assert events == {"OrderUpdated": 4, "OrderPaid": 1}
    assert (refunded.charge_status, refunded.charged_amount, refunded.refunded_amount) == ("PARTIAL", 15, 10)
    assert [row.kind for row in history] == [
        "PAYMENT_CAPTURED",
        "PAYMENT_CAPTURED",
        "ORDER_FULLY_PAID",
        "PAYMENT_REFUNDED",
    ]


async def test_a_late_answer_meets_the_order_that_its_checkout_becomes(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory)
    checkouts = [await market.checkout((await market.variant(), 1)) for _ in range(10)]
    steps = [await pay(shop, checkout, event("CHARGE_REQUEST")) for checkout in checkouts]
    references = {
        row.id: row.reference for row in await factory.fetch("select id, reference from transactions")
    }

    def late(step: Step) -> Event:
        reference = references[step.transaction_id]
        return Event(EventKind.CHARGE_SUCCESS, reference, Decimal(15), shop.clock())

    async with asyncio.timeout(20):
        await asyncio.gather(
            *(complete(shop, GUEST, checkout.id) for checkout in checkouts),
            *(settle(shop, step.transaction_id, late(step)) for step in steps),
        )
    orders = await factory.fetch("select charge_status, charged_amount from orders")

    assert [(order.charge_status, order.charged_amount) for order in orders] == [("FULL", 15)] * 10
