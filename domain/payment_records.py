"""Payments that staff writes down, and what it reports of any: what may be said, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from domain.money import ZERO
from domain.payments import Amounts, Event, EventKind, IncorrectDetails, fold
from domain.refusals import Invalid, Refusal, Required


class AlreadyAuthorized(Refusal):
    """A payment is promised once; what it is promised for can be adjusted."""

    code: ClassVar[str] = "ALREADY_EXISTS"


class IncorrectCurrency(Refusal):
    """A payment is in the currency of what it pays for."""

    code: ClassVar[str] = "INCORRECT_CURRENCY"


class NobodyToAsk(Refusal):
    """The payment was written down by hand: no gateway here knows of it."""

    code: ClassVar[str] = "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK"


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the money of a payment is, as somebody says; null for what they say nothing of."""

    authorized: Decimal | None = None
    charged: Decimal | None = None
    refunded: Decimal | None = None
    canceled: Decimal | None = None

    def over(self, amounts: Amounts) -> "Balance":
        """The same, with the rest as it is."""
        return Balance(
            amounts.authorized if self.authorized is None else self.authorized,
            amounts.charged if self.charged is None else self.charged,
            amounts.refunded if self.refunded is None else self.refunded,
            amounts.canceled if self.canceled is None else self.canceled,
        )


def entries(before: Amounts, wanted: Balance, *, is_new: bool = False) -> list[tuple[EventKind, Decimal]]:
    """What has to be told, all at one moment, for the amounts to become those that are ``wanted``.

    A payment that ``is_new`` was promised first for all that came of it. Raises ``Invalid`` where less is
    said to be let go of than before: that cannot happen to money.
    """
    after = wanted.over(before)
    authorized, charged, refunded, canceled = after.authorized, after.charged, after.refunded, after.canceled
    assert authorized is not None, "every amount is said"
    assert charged is not None, "every amount is said"
    assert refunded is not None, "every amount is said"
    assert canceled is not None, "every amount is said"
    back, let_go = refunded - before.refunded, canceled - before.canceled
    taken = charged - before.charged + back
    if let_go < 0:
        raise Invalid("What was let go of cannot become less.", field="amountCanceled")
    told = [
        (EventKind.CHARGE_SUCCESS, taken),
        (EventKind.CHARGE_BACK, -taken),
        (EventKind.REFUND_SUCCESS, back),
        (EventKind.REFUND_REVERSE, -back),
        (EventKind.CANCEL_SUCCESS, let_go),
    ]
    if is_new and authorized > 0:
        told.insert(0, (EventKind.AUTHORIZATION_SUCCESS, authorized + max(taken, ZERO) + let_go))
    elif not is_new and authorized != max(before.authorized - max(taken, ZERO) - let_go, ZERO):
        return [*_moved(told), (EventKind.AUTHORIZATION_ADJUSTMENT, authorized)]
    return _moved(told)


def _moved(told: Sequence[tuple[EventKind, Decimal]]) -> list[tuple[EventKind, Decimal]]:
    return [(kind, amount) for kind, amount in told if amount > 0]


EARLIER: dict[EventKind, tuple[EventKind, ...]] = {
    EventKind.AUTHORIZATION_FAILURE: (EventKind.AUTHORIZATION_SUCCESS, EventKind.AUTHORIZATION_REQUEST),
    EventKind.CHARGE_FAILURE: (EventKind.CHARGE_SUCCESS, EventKind.CHARGE_REQUEST),
    EventKind.REFUND_FAILURE: (EventKind.REFUND_SUCCESS, EventKind.REFUND_REQUEST),
    EventKind.CANCEL_FAILURE: (EventKind.CANCEL_SUCCESS, EventKind.CANCEL_REQUEST),
    EventKind.REFUND_REVERSE: (EventKind.REFUND_SUCCESS,),
    EventKind.CHARGE_BACK: (EventKind.CHARGE_SUCCESS,),
}
"""What an event of the same reference takes back: without an amount of its own it is about all of that."""


def reported_amount(
    kind: EventKind, reference: str, amount: Decimal | None, told: Sequence[Event]
) -> Decimal:
    """What a report is about, where it does not say. Raises ``Required`` where nothing else says it."""
    if amount is not None:
        return amount
    if kind is EventKind.INFO:
        return ZERO
    for earlier in EARLIER.get(kind, ()):
        found = [event for event in told if event.kind is earlier and event.reference == reference]
        if found:
            return max(found, key=lambda event: event.at).amount
    raise Required("It has to be said how much this is about.", field="amount")


BACK = frozenset({EventKind.REFUND_REQUEST, EventKind.REFUND_SUCCESS})
CHARGING = frozenset({EventKind.CHARGE_SUCCESS, EventKind.CHARGE_FAILURE})


def check_back(told: Event, before: Sequence[Event]) -> None:
    """Raise ``IncorrectDetails`` where more would have gone back than was ever charged.

    A charge is reported before what went back of it.
    """
    if told.kind not in BACK:
        return
    charged = fold(event for event in before if event.kind in CHARGING).charged
    was, back = (
        amounts.refunded + amounts.refund_pending for amounts in (fold(before), fold([*before, told]))
    )
    if back > max(charged, was):
        raise IncorrectDetails(
            f"With this {back} would have gone back, and {charged} was ever charged.", field="amount"
        )


def check_report(kind: EventKind, reference: str, told: Sequence[Event]) -> None:
    """Raise ``AlreadyAuthorized`` where the payment was promised before, under another name."""
    if kind is not EventKind.AUTHORIZATION_SUCCESS:
        return
    if any(event.kind is kind and event.reference != reference and event.counts for event in told):
        raise AlreadyAuthorized(
            "This payment was promised before: report an AUTHORIZATION_ADJUSTMENT.", field="pspReference"
        )
