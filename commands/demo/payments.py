"""How the demo shop's orders were paid: what the gateway told, and what that adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from commands.demo.histories import Course
from db.seeding import Rows
from domain.payments import Amounts, Event, EventKind, available_actions, fold

GATEWAY = "matvis.dummy"
CHARGED = frozenset({Course.PAID, Course.PARTLY_SENT, Course.SENT, Course.RETURNED, Course.CANCELED})
PAID_BACK = frozenset({Course.RETURNED, Course.CANCELED})


@dataclass(frozen=True, slots=True)
class Paid:
    """``was_charged``: it was paid in full, whether or not the money has gone back since."""

    amounts: Amounts
    was_charged: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """What an order costs beside its gift cards, and how far it has come."""

    order_id: UUID
    course: Course
    due: Decimal
    currency: str
    at: datetime


def pay(rows: Rows, bill: Bill) -> Paid:
    """The order's payment as its course has it; none where nothing is due or nobody has paid."""
    events = _events(bill.course, bill.due, bill.at)
    amounts = fold(events)
    if events:
        _write(rows, bill, events, amounts)
    return Paid(amounts, bill.course in CHARGED)


def _events(course: Course, due: Decimal, at: datetime) -> Sequence[Event]:
    if due == 0:
        return []
    if course is Course.AUTHORIZED:
        return [Event(EventKind.AUTHORIZATION_SUCCESS, uuid4().hex, due, at)]
    if course not in CHARGED:
        return []
    charge = Event(EventKind.CHARGE_SUCCESS, uuid4().hex, due, at)
    if course not in PAID_BACK:
        return [charge]
    return [charge, Event(EventKind.REFUND_SUCCESS, uuid4().hex, due, at + timedelta(days=10))]


def _write(rows: Rows, bill: Bill, events: Sequence[Event], amounts: Amounts) -> None:
    payment_id = uuid4()
    rows.put(
        "transactions",
        id=payment_id,
        order_id=bill.order_id,
        gateway=GATEWAY,
        name="Card",
        message="",
        reference=events[0].reference,
        idempotency_key=uuid4().hex,
        fingerprint="",
        currency=bill.currency,
        authorized_amount=amounts.authorized,
        charged_amount=amounts.charged,
        refunded_amount=amounts.refunded,
        available_actions=[action.value for action in available_actions(amounts)],
        created_at=bill.at,
        updated_at=events[-1].at,
    )
    for event in events:
        rows.add(
            "transaction_events",
            transaction_id=payment_id,
            kind=event.kind,
            reference=event.reference,
            amount=event.amount,
            currency=bill.currency,
            created_at=event.at,
        )
