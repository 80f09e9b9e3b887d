"""Payments: what a gateway may say of one, and what that adds up to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from domain.money import ZERO
from domain.refusals import Invalid, Refusal


class Flow(StrEnum):
    """What a shopper's payment does with the money: promise it, or move it."""

    AUTHORIZATION = "AUTHORIZATION"
    CHARGE = "CHARGE"


class Action(StrEnum):
    """What the shop may ask of a payment that stands."""

    CHARGE = "CHARGE"
    REFUND = "REFUND"
    CANCEL = "CANCEL"


class EventKind(StrEnum):
    """What is told of a payment, by the API's names."""

    AUTHORIZATION_REQUEST = "AUTHORIZATION_REQUEST"
    AUTHORIZATION_SUCCESS = "AUTHORIZATION_SUCCESS"
    AUTHORIZATION_FAILURE = "AUTHORIZATION_FAILURE"
    AUTHORIZATION_ADJUSTMENT = "AUTHORIZATION_ADJUSTMENT"
    AUTHORIZATION_ACTION_REQUIRED = "AUTHORIZATION_ACTION_REQUIRED"
    CHARGE_REQUEST = "CHARGE_REQUEST"
    CHARGE_SUCCESS = "CHARGE_SUCCESS"
    CHARGE_FAILURE = "CHARGE_FAILURE"
    CHARGE_ACTION_REQUIRED = "CHARGE_ACTION_REQUIRED"
    CHARGE_BACK = "CHARGE_BACK"
    REFUND_REQUEST = "REFUND_REQUEST"
    REFUND_SUCCESS = "REFUND_SUCCESS"
    REFUND_FAILURE = "REFUND_FAILURE"
    REFUND_REVERSE = "REFUND_REVERSE"
    CANCEL_REQUEST = "CANCEL_REQUEST"
    CANCEL_SUCCESS = "CANCEL_SUCCESS"
    CANCEL_FAILURE = "CANCEL_FAILURE"
    INFO = "INFO"


class Subject(StrEnum):
    """What is paid for."""

    CHECKOUT = "Checkout"
    ORDER = "Order"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing told of a payment; ``reference`` is the gateway's name for the step it belongs to.

    The same kind and reference is one event, however often it is told. One that does not ``count`` changes no
    amount.
    """

    kind: EventKind
    reference: str
    amount: Decimal
    at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Amounts:
    """Where the money of a payment is; none is below 0.

    ``charged`` is without what went back or is on its way back.
    """

    authorized: Decimal = ZERO
    authorize_pending: Decimal = ZERO
    charged: Decimal = ZERO
    charge_pending: Decimal = ZERO
    refunded: Decimal = ZERO
    refund_pending: Decimal = ZERO
    canceled: Decimal = ZERO
    cancel_pending: Decimal = ZERO


LAST_WORDS = frozenset(
    {
        EventKind.AUTHORIZATION_SUCCESS,
        EventKind.AUTHORIZATION_FAILURE,
        EventKind.CHARGE_SUCCESS,
        EventKind.CHARGE_FAILURE,
    }
)
"""After one of these there is nothing left for the shopper to do."""
TAKEN = frozenset(
    {
        EventKind.AUTHORIZATION_REQUEST,
        EventKind.AUTHORIZATION_SUCCESS,
        EventKind.CHARGE_REQUEST,
        EventKind.CHARGE_SUCCESS,
    }
)
"""After one of these there is money that was taken, or may come yet."""
REQUESTED = frozenset({EventKind.AUTHORIZATION_REQUEST, EventKind.CHARGE_REQUEST})
"""What a payment begins with, or waits for."""
ABANDONED = timedelta(hours=24)
"""How long a checkout that was paid for stays as it is, before the money goes back."""
ORPHANED = timedelta(hours=1)
"""As ``ABANDONED``, where the checkout is gone."""
FIRST_LOOK = timedelta(minutes=5)
"""How long a gateway has to tell the end of a payment by itself, before it is asked how it stands."""
LONGEST_PAUSE = timedelta(hours=6)
"""How long at most until it is asked once more."""
ANSWERS = LAST_WORDS | {
    EventKind.AUTHORIZATION_REQUEST,
    EventKind.AUTHORIZATION_ACTION_REQUIRED,
    EventKind.CHARGE_REQUEST,
    EventKind.CHARGE_ACTION_REQUIRED,
}
"""What a gateway can answer when it is asked to begin a payment, or by its webhook before that answer."""


def is_on_its_way(asked: EventKind, answer: EventKind) -> bool:
    """Whether what was asked still counts after this answer.

    It does not while the shopper has to act first, nor where the gateway has done something else instead.
    """
    flow = asked.removesuffix("_REQUEST")
    return answer.startswith(flow) and not answer.endswith("_ACTION_REQUIRED")


def has_more_to_tell(told: Collection[EventKind], amounts: Amounts) -> bool:
    """Whether more is to come of a payment: money is under way, or the shopper has not acted yet."""
    under_way = (
        amounts.authorize_pending,
        amounts.charge_pending,
        amounts.refund_pending,
        amounts.cancel_pending,
    )
    return any(under_way) or LAST_WORDS.isdisjoint(told)


def next_look(begun: datetime, now: datetime) -> datetime:
    """When to ask once more how a payment stands: the older it is, the later."""
    return now + min(max((now - begun) / 2, FIRST_LOOK), LONGEST_PAUSE)


class TransactionAlreadyProcessed(Refusal):
    """The gateway has given its last word on what the shopper began."""

    code: ClassVar[str] = "TRANSACTION_ALREADY_PROCESSED"


class MissingGateway(Refusal):
    """The shop no longer has the gateway that the payment was begun with."""

    code: ClassVar[str] = "MISSING_PAYMENT_APP"


class IncorrectDetails(Refusal):
    """It was told before with another amount, or contradicts what was told before."""

    code: ClassVar[str] = "INCORRECT_DETAILS"


class KeyReused(Refusal):
    """An idempotency key came again with another request."""

    code: ClassVar[str] = "UNIQUE"


def amount_to_pay(total: Decimal, spoken_for: Decimal, asked: Decimal | None) -> Decimal:
    """What is to be paid now: what was asked for, or all that remains of ``total``; all are rounded.

    Raises ``Invalid`` where nothing remains, or less than was asked for: a price that has changed since the
    shopper saw it is told, not charged.
    """
    remaining = max(total - spoken_for, ZERO)
    if remaining == 0:
        raise Invalid(f"Nothing remains to be paid of {total}.", field="amount")
    if asked is None:
        return remaining
    if asked <= 0:
        raise Invalid("The amount has to be above 0.", field="amount")
    if asked > remaining:
        raise Invalid(f"The amount is {asked}, but only {remaining} remains to be paid.", field="amount")
    return asked


def amount_to_ask(whole: Decimal, asked: Decimal | None) -> Decimal:
    """What is to be asked of a payment of which there is ``whole``: what was named, or all; all are rounded.

    Raises ``Invalid`` where there is nothing, or less than that.
    """
    amount = whole if asked is None else asked
    if whole <= 0:
        raise Invalid("The payment has nothing left to do this with.", field="amount")
    if amount <= 0:
        raise Invalid("The amount has to be above 0.", field="amount")
    if amount > whole:
        raise Invalid(f"The amount is {amount}, and there is {whole} to do this with.", field="amount")
    return amount


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a payment under one reference: how much succeeded, and how much waits for an answer."""

    at: datetime
    done: Decimal = ZERO
    pending: Decimal = ZERO

    @property
    def taken(self) -> Decimal:
        return self.done + self.pending


def fold(events: Iterable[Event]) -> Amounts:
    """What the events add up to, in whatever order and however often each is given.

    A success that a later failure of the same reference takes back does not count. An adjustment sets what is
    authorized; what happened up to that moment no longer touches it.
    """
    told = _told_once(event for event in events if event.counts)
    by_kind: dict[EventKind, dict[str, Event]] = {}
    for event in told:
        by_kind.setdefault(event.kind, {})[event.reference] = event

    authorizations = _steps(by_kind, "AUTHORIZATION")
    charges = _steps(by_kind, "CHARGE")
    refunds = _steps(by_kind, "REFUND")
    cancels = _steps(by_kind, "CANCEL")
    adjustments = by_kind.get(EventKind.AUTHORIZATION_ADJUSTMENT, {}).values()
    adjusted = max(adjustments, key=lambda event: (event.at, event.amount), default=None)

    def after(steps: list[_Step]) -> list[_Step]:
        return [step for step in steps if adjusted is None or step.at > adjusted.at]

    authorized = sum((step.done for step in after(authorizations)), adjusted.amount if adjusted else ZERO)
    used = sum((step.taken for step in after(charges) + after(cancels)), ZERO)
    reversed_amount = _sum(by_kind.get(EventKind.REFUND_REVERSE, {}))
    refunded = sum((step.done for step in refunds), ZERO) - reversed_amount
    refund_pending = sum((step.pending for step in refunds), ZERO)
    charged = sum((step.done for step in charges), ZERO) - _sum(by_kind.get(EventKind.CHARGE_BACK, {}))
    return Amounts(
        authorized=max(authorized - used, ZERO),
        authorize_pending=sum((step.pending for step in authorizations), ZERO),
        charged=max(charged - refunded - refund_pending, ZERO),
        charge_pending=sum((step.pending for step in charges), ZERO),
        refunded=max(refunded, ZERO),
        refund_pending=refund_pending,
        canceled=sum((step.done for step in cancels), ZERO),
        cancel_pending=sum((step.pending for step in cancels), ZERO),
    )


def available_actions(amounts: Amounts) -> list[Action]:
    """What the shop may still ask of a payment where its money is like this."""
    actions = []
    if amounts.authorized > 0:
        actions += [Action.CHARGE, Action.CANCEL]
    if amounts.charged > 0:
        actions.append(Action.REFUND)
    return actions


def _told_once(events: Iterable[Event]) -> list[Event]:
    first: dict[tuple[EventKind, str], Event] = {}
    for event in events:
        known = first.get((event.kind, event.reference))
        if known is None or (event.at, event.amount) < (known.at, known.amount):
            first[event.kind, event.reference] = event
    return list(first.values())


def _steps(by_kind: Mapping[EventKind, Mapping[str, Event]], name: str) -> list[_Step]:
    requests = by_kind.get(EventKind(f"{name}_REQUEST"), {})
    successes = by_kind.get(EventKind(f"{name}_SUCCESS"), {})
    failures = by_kind.get(EventKind(f"{name}_FAILURE"), {})
    steps = []
    for reference in requests.keys() | successes.keys():
        success, failure = successes.get(reference), failures.get(reference)
        if success and not (failure and failure.at > success.at):
            steps.append(_Step(success.at, done=success.amount))
        elif not success and not failure:
            request = requests[reference]
            steps.append(_Step(request.at, pending=request.amount))
    return steps


def _sum(events: Mapping[str, Event]) -> Decimal:
    return sum((event.amount for event in events.values()), ZERO)
