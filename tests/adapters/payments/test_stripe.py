"""The gateway against Stripe's API, which the fake speaks."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.payments.gateway import Answer, Instruction, Opening, Outcome, Session, Telling, Unreachable
from adapters.payments.stripe.gateway import StripeGateway
from domain.payments import Action, EventKind, Flow
from tests.fakes.stripe import PUBLISHABLE, SECRET, WEBHOOK, FakeStripe, Trouble
from tests.fakes.stripe_places import Place, faked
from tests.printing import printing

SESSION = Session("key", UUID(int=1), Flow.CHARGE, Decimal(25), "USD")
VISA = "pm_card_visa"


@pytest.fixture
async def both() -> AsyncIterator[tuple[FakeStripe, Place]]:
    async with faked() as (fake, place):
        yield fake, place


@pytest.fixture
def fake(both: tuple[FakeStripe, Place]) -> FakeStripe:
    return both[0]


@pytest.fixture
def place(both: tuple[FakeStripe, Place]) -> Place:
    return both[1]


@pytest.fixture
async def gateway(fake: FakeStripe) -> AsyncIterator[StripeGateway]:
    gateway = StripeGateway(fake.account, seconds=0.3, retries=0)
    yield gateway
    await gateway.close()


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """What production's logs print at their most talkative."""
    with printing("debug") as stream:
        yield stream


async def paid(
    gateway: StripeGateway, place: Place, session: Session = SESSION, method: str = VISA
) -> Outcome:
    """A payment whose shopper has confirmed it, looked up."""
    begun = await gateway.process(session)
    await place.confirm(begun.data, method)
    return await gateway.process(replace(session, idempotency_key="second", reference=begun.reference))


def instruction(action: Action, amount: str, outcome: Outcome, key: str = "matvis-1") -> Instruction:
    return Instruction(key, action, Decimal(amount), "USD", outcome.reference)


async def test_it_is_a_gateway_that_tells(gateway: StripeGateway) -> None:
    telling: Telling = gateway

    assert isinstance(gateway, Telling)
    assert telling.webhook == "stripe"


async def test_a_form_begins_with_the_publishable_key_and_the_amount_in_stripes_units(
    gateway: StripeGateway,
) -> None:
    assert await gateway.initialize(Opening(Decimal("25.50"), "USD")) == {
        "stripePublishableKey": PUBLISHABLE,
        "amount": 2550,
        "currency": "usd",
    }


async def test_a_payment_begins_as_an_intent_that_the_browser_confirms(
    gateway: StripeGateway, fake: FakeStripe
) -> None:
    begun = await gateway.process(SESSION)

    (intent,) = fake.money.intents.values()
    assert (begun.kind, begun.amount, begun.reference) == (
        EventKind.CHARGE_ACTION_REQUIRED,
        Decimal(25),
        intent["id"],
    )
    assert begun.data == {
        "paymentIntent": {"stripeClientSecret": intent["client_secret"], "status": "requires_payment_method"}
    }
    assert (intent["amount"], intent["currency"], intent["capture_method"], intent["metadata"]) == (
        2500,
        "usd",
        "automatic",
        {"matvis_transaction": "00000000-0000-0000-0000-000000000001"},
    )


async def test_what_was_confirmed_is_charged(gateway: StripeGateway, place: Place) -> None:
    outcome = await paid(gateway, place)

    assert (outcome.kind, outcome.amount, outcome.besides) == (EventKind.CHARGE_SUCCESS, Decimal(25), [])
    assert outcome.external_url == f"https://dashboard.stripe.com/test/payments/{outcome.reference}"


async def test_what_is_to_be_captured_later_is_promised(gateway: StripeGateway, place: Place) -> None:
    outcome = await paid(gateway, place, replace(SESSION, flow=Flow.AUTHORIZATION))

    assert (outcome.kind, outcome.amount) == (EventKind.AUTHORIZATION_SUCCESS, Decimal(25))


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("pm_card_visa_chargeDeclined", "Your card was declined."),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
    ],
)
async def test_a_decline_is_told_and_its_form_closed(
    gateway: StripeGateway, place: Place, method: str, message: str
) -> None:
    begun = await gateway.process(SESSION)
    await place.confirm(begun.data, method)

    declined = await gateway.process(replace(SESSION, reference=begun.reference))
    too_late = await place.confirm(begun.data, VISA)

    assert (declined.kind, declined.message) == (EventKind.CHARGE_FAILURE, message)
    assert (too_late, (await place.intent(begun.data))["status"]) == (400, "canceled")


async def test_a_card_that_asks_its_holder_waits_for_them(
    gateway: StripeGateway, place: Place, fake: FakeStripe
) -> None:
    asked = await paid(gateway, place, method="pm_card_threeDSecure2Required")
    fake.money.succeed(fake.money.intents[asked.reference])
    answered = await gateway.process(replace(SESSION, reference=asked.reference))

    assert (asked.kind, asked.data["paymentIntent"]["status"]) == (
        EventKind.CHARGE_ACTION_REQUIRED,
        "requires_action",
    )
    assert answered.kind is EventKind.CHARGE_SUCCESS


async def test_a_direct_debit_is_on_its_way(gateway: StripeGateway, place: Place) -> None:
    assert (await paid(gateway, place, method="pm_sepa_debit")).kind is EventKind.CHARGE_REQUEST


async def test_the_same_key_is_one_intent(gateway: StripeGateway, fake: FakeStripe) -> None:
    first, again = await gateway.process(SESSION), await gateway.process(SESSION)

    assert (first, len(fake.money.intents)) == (again, 1)
    assert fake.asked("payment_intents") == ["key", "key"]


@pytest.mark.parametrize("is_done", [True, False])
async def test_silence_is_asked_again_and_is_still_one_payment(
    gateway: StripeGateway, fake: FakeStripe, *, is_done: bool
) -> None:
    fake.troubles.append(Trouble(status=None, is_done=is_done))

    with pytest.raises(Unreachable):
        await gateway.process(SESSION)
    if not is_done:  # else Stripe would still be busy with the first
        fake.forget_keys()
    again = await gateway.process(SESSION)

    assert again.kind is EventKind.CHARGE_ACTION_REQUIRED
    assert len(fake.money.intents) == 1


async def test_a_failure_that_stripe_keeps_for_the_key_is_overcome_by_another(
    gateway: StripeGateway, fake: FakeStripe
) -> None:
    fake.troubles.append(Trouble(status=500, is_done=True))
    with pytest.raises(Unreachable):
        await gateway.process(SESSION)

    begun = await gateway.process(SESSION)
    again = await gateway.process(SESSION)

    assert fake.asked("payment_intents") == ["key", "key", "key-2", "key", "key-2"]
    assert (begun.kind, again.reference) == (EventKind.CHARGE_ACTION_REQUIRED, begun.reference)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_stripes_client_tries_again_within_bounds(fake: FakeStripe, status: int) -> None:
    patient = StripeGateway(fake.account, retries=2)
    begun = await patient.process(SESSION)
    fake.troubles.extend([Trouble(status=status)] * 2)
    trying = patient.process(replace(SESSION, reference=begun.reference))

    if status == 429:  # it does not insist there
        with pytest.raises(Unreachable):
            await trying
    else:
        assert (await trying).kind is EventKind.CHARGE_ACTION_REQUIRED
    await patient.close()


async def test_what_stripe_refuses_is_no_payment(gateway: StripeGateway, fake: FakeStripe) -> None:
    tiny = await gateway.process(replace(SESSION, amount=Decimal("0.40")))
    odd = await gateway.process(replace(SESSION, amount=Decimal("5.125"), currency="KWD"))

    assert (tiny.kind, tiny.message) == (EventKind.CHARGE_FAILURE, "Amount must be at least $0.50 usd")
    assert (odd.answer, odd.message) == (
        Answer.FAILURE,
        "Stripe takes KWD in steps of 0.010: 5.125 cannot be paid.",
    )
    assert fake.money.intents == {}


async def test_a_part_is_captured_and_the_rest_let_go(gateway: StripeGateway, place: Place) -> None:
    promised = await paid(gateway, place, replace(SESSION, flow=Flow.AUTHORIZATION))

    done = await gateway.act(instruction(Action.CHARGE, "10", promised))

    assert (done.kind, done.amount, done.reference) == (
        EventKind.CHARGE_SUCCESS,
        Decimal(10),
        promised.reference,
    )
    assert [(news.kind, news.amount) for news in done.besides] == [
        (EventKind.AUTHORIZATION_SUCCESS, Decimal(25)),
        (EventKind.CANCEL_SUCCESS, Decimal(15)),
    ]


async def test_more_than_was_promised_is_not_captured(gateway: StripeGateway, place: Place) -> None:
    promised = await paid(gateway, place, replace(SESSION, flow=Flow.AUTHORIZATION))

    done = await gateway.act(instruction(Action.CHARGE, "26", promised))

    assert (done.kind, done.reference) == (EventKind.CHARGE_FAILURE, "")
    assert done.message == "The amount is more than can be captured."


@pytest.mark.parametrize(
    "trouble", [Trouble("capture", None, is_done=True), Trouble("capture", 500, is_done=True)]
)
async def test_a_capture_whose_answer_was_lost_is_one_capture(
    gateway: StripeGateway, place: Place, fake: FakeStripe, trouble: Trouble
) -> None:
    promised = await paid(gateway, place, replace(SESSION, flow=Flow.AUTHORIZATION))
    fake.troubles.append(trouble)

    with pytest.raises(Unreachable):
        await gateway.act(instruction(Action.CHARGE, "25", promised))
    fake.forget_keys()
    done = await gateway.act(instruction(Action.CHARGE, "25", promised))

    assert (done.kind, done.amount) == (EventKind.CHARGE_SUCCESS, Decimal(25))
    assert [
        one["type"]
        for one in await place.events({"paymentIntent": {"stripeClientSecret": promised.reference}})
    ].count("payment_intent.succeeded") == 1


async def test_a_promise_is_let_go_of_as_a_whole_and_once(gateway: StripeGateway, place: Place) -> None:
    promised = await paid(gateway, place, replace(SESSION, flow=Flow.AUTHORIZATION))

    part = await gateway.act(instruction(Action.CANCEL, "10", promised))
    whole = await gateway.act(instruction(Action.CANCEL, "25", promised, "matvis-2"))
    again = await gateway.act(instruction(Action.CANCEL, "25", promised, "matvis-2"))

    assert (part.kind, part.message) == (
        EventKind.CANCEL_FAILURE,
        "Stripe lets go of a promise as a whole only.",
    )
    assert (whole.kind, whole.reference) == (EventKind.CANCEL_SUCCESS, promised.reference)
    assert again == whole


async def test_parts_are_given_back_until_nothing_is_left(gateway: StripeGateway, place: Place) -> None:
    charged = await paid(gateway, place)

    done = [
        await gateway.act(instruction(Action.REFUND, amount, charged, f"matvis-{amount}"))
        for amount in ("10", "15", "1")
    ]

    assert [(one.kind, one.amount) for one in done] == [
        (EventKind.REFUND_SUCCESS, Decimal(10)),
        (EventKind.REFUND_SUCCESS, Decimal(15)),
        (EventKind.REFUND_FAILURE, Decimal(1)),
    ]
    assert done[2].message == "Stripe refuses this (charge_already_refunded)."


async def test_a_refund_that_is_asked_again_days_later_is_one_refund(
    gateway: StripeGateway, place: Place, fake: FakeStripe
) -> None:
    charged = await paid(gateway, place)
    fake.troubles.append(Trouble("refunds", None, is_done=True, method="POST"))
    with pytest.raises(Unreachable):
        await gateway.act(instruction(Action.REFUND, "10", charged))
    fake.forget_keys()

    done = await gateway.act(instruction(Action.REFUND, "10", charged))

    assert (done.kind, [one["amount"] for one in fake.money.refunds.values()]) == (
        EventKind.REFUND_SUCCESS,
        [1000],
    )


async def test_a_wrong_key_says_nothing_of_a_payment_and_is_in_no_log(
    fake: FakeStripe, printed: io.StringIO
) -> None:
    wrong = "sk_test_wrongSecret789"
    locked_out = StripeGateway(replace(fake.account, secret_key=wrong), seconds=1, retries=0)

    try:
        await locked_out.process(SESSION)
    except Unreachable:
        logging.getLogger("tests").exception("unreachable")
    await locked_out.close()

    said = printed.getvalue()
    assert '"event":"stripe_failed"' in said
    assert '"event":"unreachable"' in said
    assert not any(part in said for part in (wrong, wrong[-4:], SECRET, WEBHOOK))


def test_an_account_does_not_show_its_secrets(fake: FakeStripe) -> None:
    shown: Any = repr(fake.account)

    assert PUBLISHABLE in shown
    assert not any(secret in shown for secret in (SECRET, WEBHOOK))
