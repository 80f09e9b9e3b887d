"""Money goes back once, and never more of it than was charged."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Answer, Done, Instruction, Unreachable
from adapters.payments.registry import Gateways
from commands.completing import complete
from commands.orders.cancelling import cancel
from commands.payments.refunds import grant, refund
from commands.payments.sessions import Wish, initialize
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.payments import Action, Subject
from domain.refunds import Grant, RefundDone, RefundPending
from domain.refusals import Denied, NotFound, Refusal, Refused
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches
from tests.worlds import Clock

WAITING = """
    select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
"""
STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS, Permission.HANDLE_PAYMENTS}), is_staff=True)


class Bank(DummyGateway):
    """Pays back what it is told to, or answers as it is told to, or does it and says nothing."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self.is_silent = False
        self.answer = Answer.SUCCESS

    async def act(self, instruction: Instruction) -> Done:
        self.instructions.append(instruction)
        await asyncio.sleep(0.01)
        if self.is_silent:
            raise Unreachable
        return replace(await super().act(instruction), answer=self.answer)

    @property
    def keys(self) -> set[str]:
        return {one.idempotency_key for one in self.instructions}


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def shop(shop: Shop, bank: Bank) -> Shop:
    return replace(shop, gateways=Gateways([bank]))


@pytest.fixture
async def paid(shop: Shop, factory: Factory) -> AnyRow:
    """The payment, of 35, of three mugs at 10 and their post at 5."""
    market = await Market.open(factory, allow_unpaid_orders=False)
    checkout = await market.checkout((await market.variant(stock=3), 3))
    await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish("matvis.dummy"))
    await complete(shop, GUEST, checkout.id)
    (row,) = await factory.fetch("select * from transactions")
    return row


async def given(shop: Shop, paid: AnyRow, **wish: Any) -> int:
    return await grant(shop, STAFF, paid.order_id, paid.id, Grant(**wish))


async def line_of(factory: Factory) -> UUID:
    key: UUID = await factory.value("select id from order_lines")
    return key


async def money(factory: Factory) -> tuple[Any, ...]:
    """Charged, refunded, and how far the order is paid."""
    (row,) = await factory.fetch("select charged_amount, refunded_amount, charge_status from orders")
    return row.charged_amount, row.refunded_amount, row.charge_status


async def test_what_is_granted_is_paid_back_and_the_order_stays_paid(
    shop: Shop, factory: Factory, paid: AnyRow, bank: Bank
) -> None:
    one = await given(shop, paid, units={await line_of(factory): 1}, shipping=True, reason="Broken")
    granted = await money(factory)

    await refund(shop, STAFF, one)

    assert (granted, await money(factory)) == ((35, 0, "OVERCHARGED"), (20, 15, "FULL"))
    (asked,) = bank.instructions
    assert (asked.amount, asked.action) == (Decimal(15), Action.REFUND)
    assert await factory.value("select granted_amount from orders") == 15
    assert await breaches(factory) == {}


async def test_two_clicks_make_one_refund(shop: Shop, factory: Factory, paid: AnyRow, bank: Bank) -> None:
    one = await given(shop, paid, amount=Decimal(20))

    async with shop.db.transaction() as tx:  # all of them wait, so that none is done before the next begins
        await tx.fetch("select from orders for update")
        clicks = [asyncio.create_task(refund(shop, STAFF, one)) for _ in range(5)]
        while await factory.value(WAITING) < len(clicks):  # noqa: ASYNC110 - a lock tells nobody
            await asyncio.sleep(0)
    ends = await asyncio.gather(*clicks, return_exceptions=True)

    assert all(end is None or isinstance(end, (RefundPending, RefundDone)) for end in ends)
    assert len(bank.keys) == 1
    assert await money(factory) == (15, 20, "FULL")
    with pytest.raises(RefundDone):
        await refund(shop, STAFF, one)


async def test_two_clicks_put_it_onto_the_gift_card_once(shop: Shop, factory: Factory) -> None:
    market = await Market.open(factory)
    card = await factory.gift_card(amount="8")
    checkout = await market.checkout((await market.variant(stock=3), 3), cards=[card])
    order_id = await complete(shop, GUEST, checkout.id)
    one = await grant(shop, STAFF, order_id, card.id, Grant(Decimal(3)))

    ends = await asyncio.gather(*(refund(shop, STAFF, one) for _ in range(10)), return_exceptions=True)
    paid = await factory.value("select balance_amount from gift_cards")
    await cancel(shop, STAFF, order_id)

    assert sorted(type(end).__name__ for end in ends) == ["NoneType", *["RefundDone"] * 9]
    assert (paid, await factory.value("select balance_amount from gift_cards")) == (3, 8)
    assert await breaches(factory) == {}


async def test_two_grants_at_once_are_never_more_than_was_charged(
    shop: Shop, factory: Factory, paid: AnyRow
) -> None:
    ends = await asyncio.gather(
        *(given(shop, paid, amount=Decimal(20)) for _ in range(5)), return_exceptions=True
    )
    granted = [end for end in ends if isinstance(end, int)]
    refunded = await asyncio.gather(*(refund(shop, STAFF, one) for one in granted))

    assert (len(granted), len(refunded)) == (1, 1)
    assert await money(factory) == (15, 20, "FULL")
    assert await breaches(factory) == {}


async def test_units_and_shipping_are_granted_once_and_no_cent_is_lost(
    shop: Shop, factory: Factory, paid: AnyRow
) -> None:
    await factory.fetch("update order_lines set total_gross = 29.99, total_net = 23.99")
    line = await line_of(factory)
    parts = [await given(shop, paid, units={line: 1}) for _ in range(3)]
    await given(shop, paid, shipping=True)

    amounts = [row.amount for row in await factory.fetch("select amount from granted_refunds order by id")]

    assert amounts == [Decimal(10), Decimal("9.99"), Decimal(10), Decimal(5)]
    assert len(set(parts)) == 3
    assert await codes(shop, paid, units={line: 1}, shipping=True) == [
        "QUANTITY_GREATER_THAN_AVAILABLE",
        "SHIPPING_COSTS_ALREADY_GRANTED",
    ]


async def test_a_refund_that_failed_may_be_asked_for_again(
    shop: Shop, factory: Factory, paid: AnyRow, bank: Bank
) -> None:
    one = await given(shop, paid, amount=Decimal(35))
    bank.answer = Answer.FAILURE
    await refund(shop, STAFF, one)
    failed = await money(factory)
    bank.answer = Answer.SUCCESS

    await refund(shop, STAFF, one)

    assert (failed[:2], (await money(factory))[:2]) == ((35, 0), (0, 35))
    assert len(bank.keys) == 2


async def test_a_refund_without_an_answer_is_asked_for_under_the_same_key(
    shop: Shop, factory: Factory, paid: AnyRow, bank: Bank, clock: Clock
) -> None:
    one = await given(shop, paid, amount=Decimal(10))
    bank.is_silent = True
    await refund(shop, STAFF, one)
    with pytest.raises(RefundPending):
        await refund(shop, STAFF, one)
    bank.is_silent = False
    clock.forward(minutes=5)

    await sweep(shop)

    assert (len(bank.instructions), len(bank.keys)) == (2, 1)
    assert (await money(factory))[:2] == (25, 10)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "REQUIRED"),
        ({"amount": Decimal(0)}, "REQUIRED"),
        ({"amount": Decimal("35.01")}, "AMOUNT_GREATER_THAN_AVAILABLE"),
        ({"units": {UUID(int=9): 1}}, "NOT_FOUND"),
    ],
)
async def test_nothing_is_granted_that_cannot_be(
    shop: Shop, factory: Factory, paid: AnyRow, wish: dict[str, Any], code: str
) -> None:
    assert await codes(shop, paid, **wish) == [code]
    assert await factory.value("select granted_amount from orders") == 0


async def codes(shop: Shop, paid: AnyRow, **wish: Any) -> Sequence[str]:
    """Why it is refused."""
    try:
        await given(shop, paid, **wish)
    except Refused as several:
        return [refusal.code for refusal in several.refusals]
    except Refusal as refusal:
        return [refusal.code]
    return []


async def test_only_staff_gives_money_back(shop: Shop, paid: AnyRow) -> None:
    orders_only = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS}))
    with pytest.raises(Denied):
        await grant(shop, GUEST, paid.order_id, paid.id, Grant(Decimal(1)))
    with pytest.raises(Denied):
        await refund(shop, orders_only, await given(shop, paid, amount=Decimal(1)))
    with pytest.raises(NotFound):
        await refund(shop, STAFF, 0)
