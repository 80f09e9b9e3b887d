"""Gateways that answer late, twice, out of order or never: all the money is where both sides say it is."""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Answer, Done, Instruction, Outcome, Session, Unreachable
from adapters.payments.registry import Gateways
from commands.completing import complete
from commands.payments.sessions import Wish, initialize, process
from commands.payments.settling import settle
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import GUEST
from domain.payments import Action, Event, EventKind, Subject
from domain.refusals import Refusal, Refused
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.torture.shoppers import breaches
from tests.worlds import Clock


class Moody(DummyGateway):
    """Does everything once for each key, and tells of it as it likes. ``letters`` are webhooks to come."""

    def __init__(self, dice: random.Random, clock: Clock) -> None:
        self.dice = dice
        self.clock = clock
        self.is_calm = False
        self.charged: dict[str, tuple[UUID, Decimal]] = {}
        self.refunded: dict[str, tuple[str, Decimal]] = {}
        self.letters: list[tuple[UUID, Event]] = []
        self.outcomes: dict[str, Outcome] = {}

    async def process(self, session: Session) -> Outcome:
        key = session.reference or session.idempotency_key
        if key not in self.outcomes:
            outcome = await self._decide(session)
            self.outcomes[key] = self.outcomes[outcome.reference] = outcome
        await asyncio.sleep(self.dice.uniform(0, 0.01))
        if not self.is_calm and self.dice.random() < 0.4:
            raise Unreachable
        return self.outcomes[key]

    async def act(self, instruction: Instruction) -> Done:
        if instruction.action is Action.REFUND:
            self.refunded[instruction.idempotency_key] = instruction.reference, instruction.amount
        if not self.is_calm and self.dice.random() < 0.4:
            raise Unreachable
        return await super().act(instruction)

    async def _decide(self, session: Session) -> Outcome:
        outcome = await super().process(session)
        mood = self.dice.choice(["now", "now", "later", "later", "declined"])
        if mood == "declined":
            return replace(outcome, answer=Answer.FAILURE)
        self.charged[outcome.reference] = session.transaction_id, session.amount
        if mood == "later":
            told = Event(EventKind.CHARGE_SUCCESS, outcome.reference, session.amount, self.clock())
            self.letters += [(session.transaction_id, told)] * self.dice.randint(1, 3)
            return replace(outcome, answer=Answer.REQUEST)
        return outcome

    def kept(self) -> dict[UUID, Decimal]:
        """What it has of each payment, after what went back."""
        sums: dict[UUID, Decimal] = {}
        for reference, (payment, amount) in self.charged.items():
            back = sum((gone for of, gone in self.refunded.values() if of == reference), Decimal(0))
            sums[payment] = sums.get(payment, Decimal(0)) + amount - back
        return sums


SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12)]


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_all_money_is_an_orders_or_went_back(
    shop: Shop, factory: Factory, market: Market, clock: Clock, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    gateway = Moody(dice, clock)
    shop = replace(shop, gateways=Gateways([gateway]))
    mug = await market.variant(stock=25)
    checkouts = [await market.checkout((mug, 1), email=f"{number}@example.com") for number in range(40)]

    await _live(shop, gateway, checkouts)
    gateway.is_calm = True
    for _ in range(3):
        clock.forward(hours=25)
        await _deliver(shop, gateway)
        for _ in range(3):
            await sweep(shop)

    assert await breaches(factory) == {}
    rows = await factory.fetch("select id, charged_amount, order_id from transactions")
    assert {row.id: row.charged_amount for row in rows if row.charged_amount} == {
        payment: amount for payment, amount in gateway.kept().items() if amount
    }
    assert all(row.order_id for row in rows if row.charged_amount)
    assert await factory.value("select count(*) from transactions where asked_until is not null") == 0
    assert 0 < await factory.value("select count(*) from orders") <= 25


async def _live(shop: Shop, gateway: Moody, checkouts: list[AnyRow]) -> None:
    """Shoppers pay, ask again, complete or leave; letters come in any order, and sweeps go over it all."""
    dice = gateway.dice

    async def buy(checkout: AnyRow) -> None:
        for _ in range(dice.randint(1, 3)):
            await asyncio.sleep(dice.uniform(0, 0.2))
            with suppress(Refusal, Refused):
                wish = Wish("matvis.dummy", key=dice.choice([None, "same"]))
                step = await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, wish)
                if dice.random() < 0.5:
                    await process(shop, GUEST, step.transaction_id, None)
            if dice.random() < 0.8:
                with suppress(Refusal, Refused):
                    await complete(shop, GUEST, checkout.id)

    async def sweeping() -> None:
        for _ in range(10):
            await asyncio.sleep(0.05)
            await asyncio.gather(sweep(shop), sweep(shop), _deliver(shop, gateway, share=0.5))

    async with asyncio.timeout(60):
        await asyncio.gather(sweeping(), *map(buy, checkouts))


async def _deliver(shop: Shop, gateway: Moody, share: float = 1) -> None:
    """Bring some of the letters, in any order and at once."""
    count = round(len(gateway.letters) * share)
    gateway.dice.shuffle(gateway.letters)
    now, gateway.letters = gateway.letters[:count], gateway.letters[count:]
    await asyncio.gather(*(settle(shop, payment, told) for payment, told in now))
