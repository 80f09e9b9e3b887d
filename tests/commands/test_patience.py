"""A gateway that hangs keeps neither the sweep nor other gateways' payments waiting."""

import asyncio
from dataclasses import replace
from time import perf_counter

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Outcome, Session, Unreachable
from adapters.payments.registry import Gateways
from commands.payments.patience import LONGEST_REST, Patience
from commands.payments.sessions import Wish, initialize
from commands.payments.sweeping import MOST, look_around, sweep
from commands.shop import Shop
from domain.access import GUEST
from domain.payments import Subject
from tests.clients import Client
from tests.factory import Factory
from tests.fakes.stripe import Trouble
from tests.fakes.stripe_worlds import stripe_world
from tests.markets import Market
from tests.worlds import Clock

NEVER = Trouble(status=None)
# Nine more payments like the one there is.
MORE = """
    with one as (select * from transactions where checkout_id = $1),
    made as (
        insert into transactions (
            id, checkout_id, gateway, reference, idempotency_key, currency, charge_pending_amount, look_at,
            created_at
        )
        select gen_random_uuid(), checkout_id, gateway, reference || n, 'key-' || n, currency,
               charge_pending_amount, look_at, created_at
          from one cross join generate_series(1, 9) as n
        returning id, currency, created_at
    )
    insert into transaction_events (transaction_id, kind, reference, amount, currency, counts, created_at)
    select id, 'CHARGE_REQUEST', '', 15, currency, false, created_at from made
"""


class Bank(DummyGateway):
    """Answers, or keeps silent; ``asked`` counts."""

    def __init__(self, name: str) -> None:
        self.id = name
        self.asked = 0
        self.is_silent = False

    async def process(self, session: Session) -> Outcome:
        self.asked += 1
        if self.is_silent:
            raise Unreachable
        return await super().process(session)


@pytest.fixture
def banks() -> tuple[Bank, Bank]:
    return Bank("north"), Bank("south")


@pytest.fixture
def shop(shop: Shop, banks: tuple[Bank, Bank]) -> Shop:
    return replace(shop, gateways=Gateways(banks, {"web": ["north", "south"]}))


async def unanswered(shop: Shop, market: Market, bank: Bank, number: int) -> None:
    """So many payments that the bank was asked for, and about which it has said nothing."""
    mug, bank.is_silent = await market.variant(stock=1000), True
    for _ in range(number):
        checkout = await market.checkout((mug, 1))
        await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish(bank.id))
    bank.asked = 0


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


async def test_three_silences_in_a_row_end_a_gateways_turn(
    shop: Shop, market: Market, banks: tuple[Bank, Bank]
) -> None:
    north, south = banks
    await unanswered(shop, market, north, 6)
    await unanswered(shop, market, south, 5)
    south.is_silent = False

    touched = await sweep(shop, Patience())

    assert (north.asked, south.asked, touched) == (3, 5, 8)


async def test_a_gateway_with_more_payments_than_fit_in_keeps_no_other_waiting(
    shop: Shop, factory: Factory, market: Market, banks: tuple[Bank, Bank]
) -> None:
    north, south = banks
    await unanswered(shop, market, north, 2)
    await unanswered(shop, market, south, 1)
    await factory.fetch(
        """
        insert into transactions (id, checkout_id, gateway, idempotency_key, currency, asked_until)
        select gen_random_uuid(), (select id from checkouts limit 1), 'north', 'key-' || n, 'USD',
               now() - interval '1 day'
          from generate_series(1, $1) as n
        """,
        MOST * 3,
    )
    south.is_silent = False

    await sweep(shop, Patience())

    assert south.asked == 1


async def test_a_silent_gateway_rests_longer_each_time_until_it_answers(
    shop: Shop, market: Market, banks: tuple[Bank, Bank], clock: Clock
) -> None:
    north, patience, asked = banks[0], Patience(), []
    await unanswered(shop, market, north, 6)

    for minutes in (0, 1, 1, 2, 2, 8, 16, 16, 15):
        clock.forward(minutes=minutes)
        north.asked = 0
        await sweep(shop, patience)
        asked.append(north.asked)
    north.is_silent = False
    clock.forward(minutes=1)
    touched = await sweep(shop, patience)

    # Three at first; then one a rest: after 2 minutes, 4 more, 8 more, 16 more, and never less often.
    assert asked == [3, 0, 1, 0, 1, 1, 1, 1, 0]
    assert (touched, LONGEST_REST.total_seconds()) == (6, 16 * 60)


async def test_a_stripe_that_hangs_is_waited_for_three_times(
    client: Client, factory: Factory, clock: Clock
) -> None:
    async with stripe_world(client, factory) as world:
        await world.begin()
        await factory.fetch(MORE, world.checkout.id)
        world.fake.requests.clear()
        world.fake.troubles += [NEVER] * 50
        clock.forward(minutes=5)

        began = perf_counter()
        await look_around(world.shop, patience := Patience())
        await sweep(world.shop, patience)
        took = perf_counter() - began

        assert len(world.fake.requests) == 3
        assert took < 3 * 0.3 + 1
        world.fake.troubles.clear()
        clock.forward(minutes=10)
        assert await sweep(world.shop, patience) == 10


async def test_gateways_do_not_wait_for_each_other(
    shop: Shop, market: Market, banks: tuple[Bank, Bank]
) -> None:
    """The first hangs until the second has been asked: in turns, that would never be."""
    north, south = banks
    await unanswered(shop, market, north, 1)
    await unanswered(shop, market, south, 1)
    asked = asyncio.Event()

    class Waiting(Bank):
        async def process(self, session: Session) -> Outcome:
            await asked.wait()
            return await super().process(session)

    class Telling(Bank):
        async def process(self, session: Session) -> Outcome:
            asked.set()
            return await super().process(session)

    both = Gateways([Waiting("north"), Telling("south")], {"web": ["north", "south"]})
    async with asyncio.timeout(20):
        touched = await sweep(replace(shop, gateways=both), Patience())

    assert touched == 2
