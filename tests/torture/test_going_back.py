"""Money goes back by many clicks at once, and papers are written on a disk that is full now and then."""

import asyncio
import errno
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Done, Instruction, Unreachable
from adapters.payments.registry import Gateways
from commands.completing import complete
from commands.invoices import credit, issue
from commands.payments.records import request_action
from commands.payments.refunds import grant, refund
from commands.payments.sessions import Wish, initialize
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.payments import Action, Subject
from domain.refunds import Grant
from domain.refusals import Refusal, Refused
from tests.factory import Factory
from tests.markets import Market
from tests.torture.shoppers import breaches
from tests.worlds import Clock

STAFF = Viewer(permissions=frozenset(Permission), is_staff=True)
ORDERS = 12
SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6)]


class Bank(DummyGateway):
    """Pays back once for each key; of what it did it says nothing, now and then, until it ``is_calm``."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.is_calm = False
        self.paid_back: dict[str, tuple[str, Decimal]] = {}

    async def act(self, instruction: Instruction) -> Done:
        self.paid_back[instruction.idempotency_key] = instruction.reference, instruction.amount
        await asyncio.sleep(self.dice.uniform(0, 0.01))
        if not self.is_calm and self.dice.random() < 0.4:
            raise Unreachable
        return await super().act(instruction)

    def of(self, reference: str) -> Decimal:
        """How much of a payment went back."""
        return sum((amount for name, amount in self.paid_back.values() if name == reference), Decimal(0))


async def buy(shop: Shop, market: Market) -> list[tuple[UUID, UUID]]:
    """Orders of two mugs and their post, 25 each, with their payments."""
    mug = await market.variant(stock=2 * ORDERS)
    bought = []
    for number in range(ORDERS):
        checkout = await market.checkout((mug, 2), email=f"{number}@example.com")
        step = await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish("matvis.dummy"))
        bought.append((await complete(shop, GUEST, checkout.id), step.transaction_id))
    return bought


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_clicks_at_once_never_give_back_more_than_there_was(
    shop: Shop, factory: Factory, market: Market, clock: Clock, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    bank = Bank(dice)
    shop = replace(shop, gateways=Gateways([bank]))
    bought = await buy(shop, market)

    async def click(act: Callable[[], Awaitable[Any]]) -> None:
        await asyncio.sleep(dice.uniform(0, 0.1))
        with suppress(Refusal, Refused):
            await act()

    async def give_back(order_id: UUID, payment: UUID) -> None:
        amount = Decimal(dice.randint(5, 15))
        granted = await grant(shop, STAFF, order_id, payment, Grant(amount))
        await asyncio.gather(*(click(partial(refund, shop, STAFF, granted)) for _ in range(3)))

    payments = [payment for _, payment in bought]
    async with asyncio.timeout(60):
        await asyncio.gather(
            *(click(partial(give_back, *one)) for one in bought for _ in range(3)),
            *(
                click(partial(request_action, shop, STAFF, payment, Action.REFUND))
                for payment in payments * 2
            ),
            *(click(partial(sweep, shop)) for _ in range(10)),
        )
    in_between = await breaches_but_unpaid(factory)
    bank.is_calm = True
    for _ in range(2):
        clock.forward(minutes=2)
        await sweep(shop)

    assert (in_between, await breaches_but_unpaid(factory)) == ({}, {})
    rows = await factory.fetch(
        "select reference, charged_amount, refunded_amount, refund_pending_amount from transactions"
    )
    for row in rows:
        assert (row.charged_amount, row.refund_pending_amount) == (25 - row.refunded_amount, 0)
        assert row.refunded_amount == bank.of(row.reference) <= 25
    assert sum(row.refunded_amount for row in rows) > 0


async def breaches_but_unpaid(factory: Factory) -> dict[str, list[Any]]:
    """These orders are paid, until their money has gone back."""
    found = await breaches(factory)
    found.pop("an order was made that is not paid for", None)
    return found


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_papers_have_their_numbers_though_the_disk_is_full_now_and_then(
    shop: Shop, factory: Factory, market: Market, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    bought = await buy(shop, market)
    granted = [await grant(shop, STAFF, *one, Grant(Decimal(5))) for one in bought]
    put, refused = type(shop.files).put, 0

    async def put_or_not(*given: Any, **named: Any) -> Any:
        nonlocal refused
        if dice.random() < 0.5:
            refused += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return await put(*given, **named)

    async def write(act: Callable[[], Awaitable[Any]]) -> None:
        await asyncio.sleep(dice.uniform(0, 0.1))
        with suppress(OSError, Refusal, Refused):
            await act()

    def papers() -> list[Callable[[], Awaitable[Any]]]:
        return [
            *(partial(issue, shop, STAFF, order_id) for order_id, _ in bought),
            *(partial(credit, shop, STAFF, one) for one in granted),
        ]

    with monkeypatch.context() as patched:
        patched.setattr(type(shop.files), "put", put_or_not)
        async with asyncio.timeout(90):
            await asyncio.gather(*(write(act) for act in papers() * 2))
    in_between = await breaches_but_unpaid(factory)
    for act in papers():
        await write(act)

    assert refused > 0
    assert (in_between, await breaches_but_unpaid(factory)) == ({}, {})
    rows = await factory.fetch("select kind, serial, file_key from invoices order by kind, serial")
    assert [(row.kind, row.serial) for row in rows] == [
        (kind, serial) for kind in ("CREDIT_NOTE", "INVOICE") for serial in range(1, ORDERS + 1)
    ]
    for row in rows:
        assert row.file_key is not None
