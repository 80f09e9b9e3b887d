"""Locks are taken in one order, and no stock is promised or held that was not locked before."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Answer, News, Notice, Outcome, Session
from adapters.payments.registry import Gateways
from commands.completing import complete, complete_left
from commands.invoices import credit, issue
from commands.orders.cancelling import cancel
from commands.orders.fulfillments import cancel_fulfillment, fulfill
from commands.orders.returns import Return, take_back
from commands.payments.asking import Step
from commands.payments.errands import ask_for
from commands.payments.refunds import grant, refund
from commands.payments.sessions import Wish, initialize
from commands.payments.settling import hear, settle
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import Permission, Viewer
from domain.payments import Action, Event, EventKind, Subject
from domain.refunds import Grant
from domain.sending import ToSend
from tests.factory import AnyRow, Factory
from tests.locks import SEEN, LockOrder, locked_by
from tests.markets import Market
from tests.statements import Statements
from tests.worlds import Clock

ORDER = ("checkouts", "orders", "transactions", "vouchers", "gift_cards", "stocks", "users")
"""The order of docs/architecture.md. An address book comes last: only completing a checkout locks more."""
STAFF = Viewer(permissions=frozenset(Permission), is_staff=True)
TAKES = re.compile(r"\b(?:update stocks|insert into (?:allocations|reservations))\b")
STOCKS_IN_ORDER = re.compile(
    r"from stocks as stock .*order by stock\.warehouse_id, stock\.variant_id for update of stock$", re.DOTALL
)


class Everything(Statements):
    """Hears of the ends of transactions too."""

    def hear(self, record: Any) -> None:
        self.texts.append(" ".join(record.query.lower().split()))


@pytest.fixture
def statements() -> Everything:
    return Everything()


@dataclass(frozen=True)
class World:
    """What an act needs."""

    shop: Shop
    factory: Factory
    checkout: AnyRow
    clock: Clock

    @property
    def viewer(self) -> Viewer:
        return Viewer(user_id=self.checkout.user_id)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def checkout(market: Market, factory: Factory) -> AnyRow:
    """One that has all there is to lock."""
    await factory.voucher(market.channel, "SAVE", "1", usage_limit=5)
    ada = await factory.user()
    variants = [await market.variant(stock=5) for _ in range(3)]
    cards = [await factory.gift_card(f"CARD-{number}", "1") for number in range(2)]
    return await market.checkout(*((one, 1) for one in variants), user=ada, code="SAVE", cards=cards)


@pytest.fixture
async def world(shop: Shop, factory: Factory, checkout: AnyRow, clock: Clock) -> World:
    return World(shop, factory, checkout, clock)


def transactions(texts: list[str]) -> list[list[str]]:
    """What was sent in each transaction."""
    found: list[list[str]] = []
    for text in texts:
        if text.startswith("begin"):
            found.append([])
        elif found:
            found[-1].append(text)
    return found


def locks(transaction: list[str]) -> list[str]:
    """The tables whose rows were locked, in the order that was done."""
    tables = map(locked_by, transaction)
    return [table for table in tables if table is not None]


async def completion(world: World) -> UUID:
    return await complete(world.shop, world.viewer, world.checkout.id)


async def payment(world: World, data: Any = None) -> Step:
    wish = Wish("matvis.dummy", data)
    return await initialize(world.shop, world.viewer, Subject.CHECKOUT, world.checkout.id, wish)


async def late_news(world: World) -> None:
    step = await payment(world, {"event": {"type": "CHARGE_ACTION_REQUIRED"}})
    world.clock.forward(hours=1)
    amount = await world.factory.value("select amount from transaction_events")
    news = Event(EventKind.CHARGE_SUCCESS, "late", amount, world.clock())
    await settle(world.shop, step.transaction_id, news)


async def giving_back(world: World) -> None:
    await payment(world)
    world.clock.forward(hours=25)
    await sweep(world.shop)


async def part_back(world: World) -> None:
    step = await payment(world)
    await ask_for(world.shop, world.viewer, step.transaction_id, Action.REFUND, amount=Decimal(1), key="1")


async def notice(world: World) -> None:
    step = await payment(world, {"event": {"type": "CHARGE_ACTION_REQUIRED"}})
    name = await world.factory.value("select reference from transactions")
    kinds = (EventKind.AUTHORIZATION_SUCCESS, EventKind.CHARGE_SUCCESS)
    told = Notice(step.transaction_id, name, [News(kind, name, Decimal(5)) for kind in kinds])
    await hear(world.shop, "matvis.dummy", told)


async def calling_off(world: World) -> None:
    await cancel(world.shop, STAFF, await completion(world))


async def sending(world: World) -> list[UUID]:
    """All of the order, from where it is promised, in one go."""
    order_id = await completion(world)
    promised = await world.factory.fetch("""
        select line.id, stock.warehouse_id, promised.quantity
          from allocations as promised
          join stocks as stock on stock.id = promised.stock_id
          join order_lines as line on line.id = promised.order_line_id
    """)
    wishes = [ToSend(row.id, row.warehouse_id, row.quantity) for row in reversed(promised)]
    return await fulfill(world.shop, STAFF, order_id, wishes)


async def calling_back(world: World) -> None:
    (shipment,) = await sending(world)
    await cancel_fulfillment(world.shop, STAFF, shipment)


async def coming_back(world: World) -> None:
    await sending(world)
    order_id = await world.factory.value("select id from orders")
    packed = await world.factory.fetch("select id from fulfillment_lines order by id desc")
    await take_back(world.shop, STAFF, order_id, Return({row.id: 1 for row in packed}))


async def refunding(world: World) -> None:
    step = await payment(world)
    order_id = await completion(world)
    granted = await grant(world.shop, STAFF, order_id, step.transaction_id, Grant(Decimal(5)))
    await refund(world.shop, STAFF, granted)
    await issue(world.shop, STAFF, order_id)
    await credit(world.shop, STAFF, granted)


class Knowing(DummyGateway):
    """Whatever it is asked about has been paid."""

    async def look(self, session: Session) -> Outcome:
        return Outcome(Answer.SUCCESS, session.flow, session.amount, session.reference)

    end = look


async def looking(world: World) -> None:
    await payment(world, {"event": {"type": "CHARGE_ACTION_REQUIRED"}})
    world.clock.forward(hours=1)
    await sweep(replace(world.shop, gateways=Gateways([Knowing()])))


async def completion_by_itself(world: World) -> None:
    await payment(world)
    world.clock.forward(minutes=31)
    assert await complete_left(world.shop) == 1


async def back_onto_a_card(world: World) -> None:
    order_id = await completion(world)
    card = await world.factory.value("select max(gift_card_id) from gift_card_uses")
    await refund(world.shop, STAFF, await grant(world.shop, STAFF, order_id, card, Grant(Decimal(1))))


ACTS: dict[Callable[[World], Awaitable[Any]], int] = {
    completion: 1,
    completion_by_itself: 2,
    looking: 2,
    payment: 1,
    late_news: 2,
    giving_back: 1,
    part_back: 1,
    notice: 1,
    calling_off: 2,
    sending: 2,
    calling_back: 3,
    coming_back: 3,
    refunding: 2,
    back_onto_a_card: 1,
}
"""Each with the number of its transactions that take from stock."""


@pytest.mark.parametrize("act", ACTS)
async def test_stock_is_taken_after_it_was_locked_in_its_order(
    statements: Everything, world: World, act: Callable[[World], Awaitable[Any]]
) -> None:
    await act(world)

    taken = 0
    for transaction in transactions(statements.texts):
        takers = [number for number, text in enumerate(transaction) if TAKES.search(text)]
        lockers = [number for number, text in enumerate(transaction) if STOCKS_IN_ORDER.search(text)]
        taken += bool(takers)
        assert not takers or lockers[0] < takers[0]
    assert taken == ACTS[act]


@pytest.mark.parametrize("act", [completion, calling_off, back_onto_a_card])
async def test_cards_are_locked_in_the_order_of_their_ids(
    statements: Everything, world: World, act: Callable[[World], Awaitable[Any]]
) -> None:
    await act(world)

    lockers = [text for text in statements.texts if locked_by(text) == "gift_cards"]
    assert lockers
    assert all(text.endswith("order by card.id for update of card") for text in lockers)


@pytest.mark.parametrize("act", ACTS)
async def test_locks_are_taken_in_one_order(
    statements: Everything, world: World, act: Callable[[World], Awaitable[Any]]
) -> None:
    await act(world)

    for transaction in transactions(statements.texts):
        first = list(dict.fromkeys(locks(transaction)))
        assert first == sorted(first, key=ORDER.index)


async def test_completing_locks_all_that_an_order_takes_from(statements: Everything, world: World) -> None:
    await completion(world)

    (transaction,) = transactions(statements.texts)
    assert locks(transaction) == ["checkouts", "transactions", "vouchers", "gift_cards", "stocks", "users"]


async def test_whatever_any_test_does_is_heard(world: World) -> None:
    await completion(world)

    assert SEEN.after["stocks"] >= {"checkouts", "transactions", "vouchers", "gift_cards"}


@pytest.mark.parametrize(
    ("second", "cycle"),
    [
        ("select * from orders for update; select * from stocks as s for update of s", ()),
        ("select * from stocks for update; select * from orders for no key update", ("orders", "stocks")),
        ("select * from stocks for update; commit; begin; select * from orders for update", ()),
        ("select * from stocks for update; select * from stocks for update", ()),
        ("commit; select * from stocks for update; select * from orders for update", ()),
    ],
)
def test_two_orders_are_a_cycle(second: str, cycle: tuple[str, ...]) -> None:
    order = LockOrder()
    for connection, text in enumerate(
        [
            "begin; select * from orders for update; select * from stocks for update; commit",
            f"begin; {second}",
        ]
    ):
        for statement in text.split("; "):
            order.hear(connection, statement)

    assert sorted(order.cycle()) == sorted(cycle)


def test_a_cycle_may_be_long() -> None:
    order = LockOrder()
    for connection, (first, second) in enumerate([("a", "b"), ("b", "c"), ("c", "a")]):
        for text in ("begin", f"select from {first} for update", f"select from {second} for update"):
            order.hear(connection, text)

    assert sorted(order.cycle()) == ["a", "b", "c"]
