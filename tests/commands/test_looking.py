"""Stripe without a webhook: what became of a payment is found out by asking, and the shopper may be gone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.payments.gateway import Outcome, Session
from adapters.payments.registry import Gateways
from adapters.payments.stripe.gateway import StripeGateway
from commands.channels import complete_automatically
from commands.completing import complete_left
from commands.payments.sessions import process
from commands.payments.sweeping import sweep
from domain.access import GUEST, Permission, Viewer
from domain.channels import AutomaticCompletion
from domain.payments import Action, Flow
from tests.clients import Client
from tests.factory import Factory
from tests.fakes.stripe import Trouble
from tests.fakes.stripe_money import PENDING_REFUND, SLOW
from tests.fakes.stripe_worlds import World, stripe_world
from tests.promising import breaches
from tests.worlds import Clock

HELD = "select count(*) from reservations where expires_at > now() + interval '23 hours'"
WAITS = """
    select exists (
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    )
"""
MANAGER = Viewer(permissions=frozenset({Permission.MANAGE_CHANNELS}), is_staff=True)
NEXT_LOOK = "select look_at from transactions"
OPEN = ["CHARGE_REQUEST", "CHARGE_ACTION_REQUIRED"]


@pytest.fixture
async def world(client: Client, factory: Factory) -> AsyncIterator[World]:
    """A checkout of 15. No webhook is delivered unless a test does it."""
    async with stripe_world(client, factory) as world:
        yield world


def looks(world: World) -> int:
    """How often Stripe was asked for the intent."""
    return sum(
        method == "GET" and path.startswith("payment_intents/") for method, path, _ in world.fake.requests
    )


async def test_a_shopper_who_paid_and_vanished_has_an_order(
    world: World, factory: Factory, clock: Clock
) -> None:
    await world.pay()
    clock.forward(minutes=4)
    early = await sweep(world.shop)
    clock.forward(minutes=1)
    await sweep(world.shop)
    paid, held = await world.amounts(), await factory.value(HELD)
    too_early = await complete_left(world.shop)
    clock.forward(minutes=31)

    made = await complete_left(world.shop), await complete_left(world.shop)

    assert (early, paid, held) == (0, {"charged": 15}, 1)
    assert (too_early, made) == (0, (1, 0))
    assert await factory.value("select charge_status from orders") == "FULL"
    assert [row.kind for row in await factory.fetch("select kind from order_events order by id")] == [
        "PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT",
        "CONFIRMED",
        "ORDER_FULLY_PAID",
    ]
    assert await factory.value(NEXT_LOOK) is None
    assert await breaches(factory) == {}


async def test_several_processes_ask_once_and_make_one_order(
    world: World, factory: Factory, clock: Clock
) -> None:
    await world.pay()
    clock.forward(minutes=5)
    await asyncio.gather(*(sweep(world.shop) for _ in range(5)))
    clock.forward(minutes=31)

    made = await asyncio.gather(*(complete_left(world.shop) for _ in range(5)))

    assert (looks(world), sum(made)) == (1, 1)
    assert await factory.value("select count(*) from orders") == 1
    assert (await world.kinds()).count("CHARGE_SUCCESS") == 1


async def test_a_look_that_was_cut_off_is_taken_again(world: World, clock: Clock) -> None:
    class Dying(StripeGateway):
        """Its process dies when it has the answer."""

        async def look(self, session: Session) -> Outcome:
            await super().look(session)
            raise asyncio.CancelledError

    await world.pay()
    clock.forward(minutes=5)
    dying = Dying(world.fake.account)
    with pytest.raises(asyncio.CancelledError):
        await sweep(replace(world.shop, gateways=Gateways([dying])))
    await dying.close()
    unheard = await world.amounts()
    clock.forward(minutes=5)

    await sweep(world.shop)

    assert (unheard, await world.amounts()) == ({}, {"charged": 15})
    assert looks(world) == 2


async def test_a_form_stays_open_for_a_day_and_stripe_is_asked_less_and_less(
    world: World, clock: Clock
) -> None:
    begun = await world.begin()
    for _ in range(23 * 12):
        clock.forward(minutes=5)
        await sweep(world.shop)
    kinds, asked = await world.kinds(), looks(world)
    late = await world.place.confirm(begun.data, "pm_card_visa")
    clock.forward(hours=6)

    await sweep(world.shop)

    assert (kinds, late) == (OPEN, 200)
    assert 5 < asked < 20
    assert await world.amounts() == {"charged": 15}


async def test_a_form_that_is_a_day_old_can_no_longer_be_paid(
    world: World, factory: Factory, clock: Clock
) -> None:
    begun = await world.begin()
    clock.forward(hours=24, minutes=1)
    await sweep(world.shop)

    status = await world.place.confirm(begun.data, "pm_card_visa")

    assert (status, world.intent["status"], await world.amounts()) == (400, "canceled", {})
    assert (await world.kinds())[-1] == "CHARGE_FAILURE"
    assert await factory.value(NEXT_LOOK) is None
    await world.hook(world.told("payment_intent.canceled"))
    assert (await world.kinds()).count("CHARGE_FAILURE") == 1


async def test_a_form_of_a_checkout_that_is_gone_is_closed_within_the_hours(
    world: World, factory: Factory, clock: Clock
) -> None:
    await world.begin()
    await factory.fetch("delete from checkouts")
    clock.forward(hours=1)

    await sweep(world.shop)

    assert world.intent["status"] == "canceled"


async def test_a_form_that_is_paid_in_the_moment_of_its_end_is_paid(world: World, clock: Clock) -> None:
    begun = await world.begin()
    clock.forward(hours=24, minutes=1)
    world.fake.troubles.append(Trouble("cancel", None))
    await sweep(world.shop)
    silent = await world.amounts()
    await world.place.confirm(begun.data, "pm_card_visa")
    clock.forward(hours=6)

    await sweep(world.shop)

    assert (silent, await world.amounts()) == ({}, {"charged": 15})


async def test_a_stripe_that_keeps_silent_is_looked_at_later(
    world: World, factory: Factory, clock: Clock
) -> None:
    await world.pay()
    clock.forward(minutes=5)
    world.fake.troubles.extend([Trouble("payment_intents/", 500), Trouble("payment_intents/", None)])
    await sweep(world.shop)
    clock.forward(minutes=5)
    await sweep(world.shop)
    silent = await world.amounts()
    clock.forward(minutes=10)

    await sweep(world.shop)

    assert (silent, await world.amounts()) == ({}, {"charged": 15})
    assert await factory.value("select asked_until from transactions") is None


async def test_a_declined_card_may_still_be_followed_by_another(world: World, clock: Clock) -> None:
    begun = await world.pay(method="pm_card_visa_chargeDeclined")
    clock.forward(minutes=5)
    await sweep(world.shop)

    status = await world.place.confirm(begun.data, "pm_card_visa")

    assert (status, await world.kinds()) == (200, OPEN)


async def test_a_promise_is_found_out_too(world: World, clock: Clock) -> None:
    await world.pay(Flow.AUTHORIZATION)
    clock.forward(minutes=5)

    await sweep(world.shop)

    assert await world.amounts() == {"authorized": 15}


@pytest.mark.parametrize(("comes", "left"), [(True, {"charged": 15}), (False, {})])
async def test_a_direct_debit_is_asked_about_until_it_comes_or_does_not(
    world: World, factory: Factory, clock: Clock, *, comes: bool, left: dict[str, float]
) -> None:
    await world.pay(method=SLOW)
    for _ in range(3):
        clock.forward(days=1)
        await sweep(world.shop)
    pending = await world.amounts()
    if comes:
        world.fake.money.succeed(world.intent)
    else:
        world.fake.money.fail(world.intent, code="debit_not_authorized", message="The debit was refused.")
    clock.forward(hours=6)

    await sweep(world.shop)

    assert (pending, await world.amounts()) == ({"charge_pending": 15}, left)
    assert await factory.value(NEXT_LOOK) is None


@pytest.mark.parametrize(("failure", "left"), [("", {"refunded": 15}), ("expired_card", {"charged": 15})])
async def test_a_refund_that_takes_its_time_is_asked_about(
    world: World, factory: Factory, clock: Clock, failure: str, left: dict[str, float]
) -> None:
    step = await world.pay(method=PENDING_REFUND)
    await process(world.shop, GUEST, step.transaction_id, None)
    clock.forward(hours=25)
    await sweep(world.shop)
    pending = await world.amounts()
    (refund,) = world.fake.money.refunds.values()
    clock.forward(hours=6)
    await sweep(world.shop)
    still = await world.amounts()
    world.fake.money.finish_refund(refund, failure)
    clock.forward(hours=6)

    await sweep(world.shop)

    assert pending == still == {"refund_pending": 15}
    assert await world.amounts() == left
    assert len(world.fake.money.refunds) == len(world.fake.asked("refunds")) == 1
    assert await factory.value(NEXT_LOOK) is None


async def test_what_the_shopper_is_being_told_is_not_told_by_us(
    world: World, factory: Factory, clock: Clock
) -> None:
    step = await world.pay()
    clock.forward(minutes=5)

    class Overtaken(StripeGateway):
        """While it is looked at, the shopper comes back and asks."""

        async def look(self, session: Session) -> Outcome:
            outcome = await super().look(session)
            await factory.fetch("update transactions set asked_until = $1", clock().replace(year=2099))
            return outcome

    overtaken = Overtaken(world.fake.account)
    await sweep(replace(world.shop, gateways=Gateways([overtaken])))
    await overtaken.close()

    assert await world.amounts() == {}
    assert await factory.value("select asked_until is not null from transactions") is True
    assert step.transaction_id == await factory.value("select id from transactions")


class TestNotCompleted:
    """What was paid and left, and yet is no order: its money goes back after a day."""

    @pytest.fixture
    async def paid(self, world: World, clock: Clock) -> World:
        """The shopper has paid, and the shop knows."""
        await world.pay()
        clock.forward(minutes=5)
        await sweep(world.shop)
        clock.forward(minutes=31)
        return world

    @pytest.mark.parametrize(
        "change",
        [
            "update variant_listings set price_amount = 8, discounted_amount = 8",
            "update variant_listings set price_amount = 12, discounted_amount = 12",
            "delete from reservations; update stocks set on_hand = 0",
            "update checkouts set email = null",
            "update channels set automatically_complete_paid_checkouts = false",
            "update channels set automatic_completion_delay = 720",
            "update channels set automatic_completion_cut_off = now() + interval '1 hour'",
            "update channels set is_active = false",
        ],
    )
    async def test_where_something_stands_in_the_way(
        self, paid: World, factory: Factory, clock: Clock, change: str
    ) -> None:
        for statement in change.split(";"):
            await factory.fetch(statement)

        made = await complete_left(paid.shop)

        clock.forward(hours=24)
        await sweep(paid.shop)
        assert (made, await complete_left(paid.shop)) == (0, 0)
        assert await paid.amounts() == {"refunded": 15}
        assert await factory.value("select count(*) from orders") == 0

    async def test_where_the_channel_is_told_otherwise_meanwhile(self, paid: World, factory: Factory) -> None:
        """The checkout is found, and then waits for whoever has its lock."""
        channel_id = await factory.value("select id from channels")
        async with paid.shop.db.transaction() as tx:
            await tx.fetch("select from checkouts for update")
            made = asyncio.create_task(complete_left(paid.shop))
            while not await factory.value(WAITS):  # noqa: ASYNC110 - a lock tells nobody
                await asyncio.sleep(0)
            never = AutomaticCompletion(enabled=False)
            await complete_automatically(paid.shop, MANAGER, channel_id, never)

        assert await made == 0
        assert await factory.value("select count(*) from orders") == 0

    async def test_where_the_shopper_comes_back_meanwhile(
        self, paid: World, factory: Factory, clock: Clock
    ) -> None:
        """As above: whoever has the lock is the shopper, who changes something."""
        async with paid.shop.db.transaction() as tx:
            await tx.fetch("select from checkouts for update")
            made = asyncio.create_task(complete_left(paid.shop))
            while not await factory.value(WAITS):  # noqa: ASYNC110 - a lock tells nobody
                await asyncio.sleep(0)
            await tx.fetch("update checkouts set note = 'Ring twice.', updated_at = $1", clock())

        assert await made == 0
        assert await factory.value("select count(*) from orders") == 0
        clock.forward(minutes=31)
        assert await complete_left(paid.shop) == 1

    @pytest.mark.parametrize("delay", [1, 10, 60])
    async def test_before_the_channels_time_has_come(
        self, world: World, factory: Factory, clock: Clock, delay: int
    ) -> None:
        channel_id = await factory.value("select id from channels")
        wanted = AutomaticCompletion(delay=delay, cut_off=clock())
        await factory.fetch("update checkouts set created_at = $1", clock())
        await complete_automatically(world.shop, MANAGER, channel_id, wanted)
        await process(world.shop, GUEST, (await world.pay()).transaction_id, None)
        clock.forward(minutes=delay - 1)
        before = await complete_left(world.shop)
        clock.forward(minutes=1)

        assert (before, await complete_left(world.shop)) == (0, 1)

    async def test_where_only_a_part_was_paid(self, paid: World, factory: Factory) -> None:
        await factory.fetch("update channels set allow_unpaid_orders = true")
        await factory.fetch("update checkout_lines set quantity = 2")

        assert await complete_left(paid.shop) == 0

    async def test_where_the_shopper_is_back(self, paid: World, factory: Factory, clock: Clock) -> None:
        await factory.fetch("update checkouts set updated_at = $1", clock())

        assert await complete_left(paid.shop) == 0

    async def test_where_a_part_went_back(self, paid: World, clock: Clock) -> None:
        (intent,) = paid.fake.money.intents.values()
        paid.fake.money.refund({"payment_intent": intent["id"], "amount": "500"})
        await paid.hook(paid.told("refund.created"))
        clock.forward(minutes=31)

        assert await complete_left(paid.shop) == 0
        assert await paid.amounts() == {"charged": 10, "refunded": 5}


async def test_the_customers_own_checkout_is_completed_as_theirs(
    world: World, factory: Factory, clock: Clock
) -> None:
    ada = await factory.user()
    await world.pay()
    clock.forward(minutes=5)
    await sweep(world.shop)
    await factory.fetch("update checkouts set user_id = $1, updated_at = $2", ada.id, clock())
    clock.forward(minutes=31)

    made = await complete_left(world.shop)

    (order,) = await factory.fetch("select user_id, charged_amount from orders")
    assert (made, order.user_id, order.charged_amount) == (1, ada.id, Decimal(15))
    assert Action.REFUND in (await factory.value("select available_actions from transactions"))
