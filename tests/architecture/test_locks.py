"""Locks are taken in one order, and no stock is promised or held that was not locked before."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from commands.completing import complete
from commands.payments.sessions import Wish, initialize
from commands.payments.settling import settle
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import Viewer
from domain.payments import Event, EventKind, Subject
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements
from tests.worlds import Clock

ORDER = ("checkouts", "orders", "transactions", "vouchers", "gift_cards", "stocks", "users")
"""The order of docs/architecture.md. An address book comes last: only completing a checkout locks more."""
LOCKED = re.compile(r"\bfrom (\w+)(?: as \w+)?\b.* for (?:no key )?update", re.DOTALL)
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
    return [found[1] for text in transaction if (found := LOCKED.search(text))]


async def completion(shop: Shop, factory: Factory, checkout: AnyRow, clock: Clock) -> None:
    del factory, clock
    await complete(shop, Viewer(user_id=checkout.user_id), checkout.id)


async def payment(shop: Shop, factory: Factory, checkout: AnyRow, clock: Clock) -> None:
    del factory, clock
    await initialize(
        shop, Viewer(user_id=checkout.user_id), Subject.CHECKOUT, checkout.id, Wish("matvis.dummy")
    )


async def late_news(shop: Shop, factory: Factory, checkout: AnyRow, clock: Clock) -> None:
    waits = Wish("matvis.dummy", {"event": {"type": "CHARGE_ACTION_REQUIRED"}})
    step = await initialize(shop, Viewer(user_id=checkout.user_id), Subject.CHECKOUT, checkout.id, waits)
    clock.forward(hours=1)
    amount = await factory.value("select amount from transaction_events")
    await settle(shop, step.transaction_id, Event(EventKind.CHARGE_SUCCESS, "late", amount, clock()))


async def giving_back(shop: Shop, factory: Factory, checkout: AnyRow, clock: Clock) -> None:
    await payment(shop, factory, checkout, clock)
    clock.forward(hours=25)
    await sweep(shop)


@pytest.mark.parametrize(("act", "takes"), [(completion, 1), (payment, 1), (late_news, 2), (giving_back, 1)])
async def test_stock_is_taken_after_it_was_locked_in_its_order(
    shop: Shop,
    factory: Factory,
    statements: Everything,
    checkout: AnyRow,
    clock: Clock,
    act: Callable[..., Any],
    takes: int,
) -> None:
    await act(shop, factory, checkout, clock)

    taken = 0
    for transaction in transactions(statements.texts):
        takers = [number for number, text in enumerate(transaction) if TAKES.search(text)]
        lockers = [number for number, text in enumerate(transaction) if STOCKS_IN_ORDER.search(text)]
        taken += bool(takers)
        assert not takers or lockers[0] < takers[0]
    assert taken == takes


@pytest.mark.parametrize("act", [completion, payment, late_news, giving_back])
async def test_locks_are_taken_in_one_order(
    shop: Shop,
    factory: Factory,
    statements: Everything,
    checkout: AnyRow,
    clock: Clock,
    act: Callable[..., Any],
) -> None:
    await act(shop, factory, checkout, clock)

    for transaction in transactions(statements.texts):
        first = list(dict.fromkeys(locks(transaction)))
        assert first == sorted(first, key=ORDER.index)


async def test_completing_locks_all_that_an_order_takes_from(
    shop: Shop, factory: Factory, statements: Everything, checkout: AnyRow, clock: Clock
) -> None:
    await completion(shop, factory, checkout, clock)

    (transaction,) = transactions(statements.texts)
    assert locks(transaction) == ["checkouts", "transactions", "vouchers", "gift_cards", "stocks", "users"]
