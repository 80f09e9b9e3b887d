"""What every payment command does in its transaction: hold the payment, write what was told, add it up."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db import carts, outbox, payables, placing, transaction_events, transactions
from db.payables import PayableRow
from db.statements import Connection
from db.transaction_events import EventRow, event_of
from db.transactions import TransactionRow
from domain.access import Permission, Viewer
from domain.carts import Cart
from domain.checkouts import may_touch
from domain.events import CheckoutUpdated, OrderPaid, OrderUpdated
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import may_see
from domain.payment_states import PAID, authorize_status, charge_status
from domain.payments import (
    ANSWERS,
    FIRST_LOOK,
    EventKind,
    Subject,
    available_actions,
    fold,
    has_more_to_tell,
)
from domain.pricing import price

HISTORY = {
    EventKind.CHARGE_REQUEST: OrderEventKind.TRANSACTION_CHARGE_REQUESTED,
    EventKind.REFUND_REQUEST: OrderEventKind.TRANSACTION_REFUND_REQUESTED,
    EventKind.CANCEL_REQUEST: OrderEventKind.TRANSACTION_CANCEL_REQUESTED,
    EventKind.AUTHORIZATION_SUCCESS: OrderEventKind.PAYMENT_AUTHORIZED,
    EventKind.AUTHORIZATION_FAILURE: OrderEventKind.PAYMENT_FAILED,
    EventKind.CHARGE_SUCCESS: OrderEventKind.PAYMENT_CAPTURED,
    EventKind.CHARGE_FAILURE: OrderEventKind.PAYMENT_FAILED,
    EventKind.REFUND_SUCCESS: OrderEventKind.PAYMENT_REFUNDED,
    EventKind.CANCEL_SUCCESS: OrderEventKind.PAYMENT_VOIDED,
}
"""How an event of a payment is told in its order's history; any other is a TRANSACTION_EVENT."""


def may_pay(viewer: Viewer, payable: PayableRow) -> bool:
    """Whether the viewer, who knows its id, may pay for this."""
    if viewer.may(Permission.HANDLE_PAYMENTS):
        return True
    if payable.status is None:
        return may_touch(viewer, payable.user_id)
    return may_see(viewer, payable.user_id, payable.status)


def owner_of(transaction: TransactionRow) -> tuple[Subject, UUID] | None:
    """What is paid for; None once the checkout was dropped."""
    if transaction.order_id is not None:
        return Subject.ORDER, transaction.order_id
    if transaction.checkout_id is not None:
        return Subject.CHECKOUT, transaction.checkout_id
    return None


def taken_by(transaction: TransactionRow) -> Decimal:
    """What this payment has promised, charged, or asked for."""
    return (
        transaction.authorized_amount
        + transaction.authorize_pending_amount
        + transaction.charged_amount
        + transaction.charge_pending_amount
    )


async def hold(tx: Connection, transaction_id: UUID) -> tuple[TransactionRow | None, PayableRow | None]:
    """The payment and what it pays for, both locked: the latter first, as completing a checkout does."""
    while True:
        found = await transactions.by_ids(tx, [transaction_id])
        if not found:
            return None, None
        owner = owner_of(found[0])
        payable = await payables.lock(tx, *owner) if owner else None
        if owner and payable is None:
            continue  # the checkout has become an order since the payment was read
        transaction = await transactions.lock(tx, transaction_id)
        if transaction is None or owner_of(transaction) == owner:
            return transaction, payable


async def total_of(connection: Connection, payable: PayableRow) -> tuple[Decimal, Cart | None]:
    """What it costs now, after gift cards, and the cart if it is one."""
    if payable.total is not None:
        return payable.total, None
    (cart,) = await carts.carts(connection, [payable.id])
    return price(cart).to_pay.gross, cart


async def asked_of(tx: Connection, transaction_id: UUID) -> tuple[EventRow, list[EventRow]]:
    """The request that the payment began with, and everything told of it."""
    told = await transaction_events.by_transaction_ids(tx, [transaction_id])
    return min(told, key=lambda event: event.id), told


async def add_up(
    tx: Connection,
    transaction: TransactionRow,
    payable: PayableRow | None,
    told: EventRow,
    *,
    viewer: Viewer,
    now: datetime,
) -> None:
    """Make the amounts those of the events, after ``told`` was added to them; an order follows its payments.

    Records ``CheckoutUpdated``, or ``OrderUpdated`` and ``OrderPaid``.
    """
    events = await transaction_events.by_transaction_ids(tx, [transaction.id])
    amounts = fold(event_of(event) for event in events)
    is_open = transaction.gateway != "" and has_more_to_tell(
        {EventKind(event.kind) for event in events}, amounts
    )
    await transactions.store(
        tx,
        transaction.id,
        amounts,
        available_actions(amounts) if transaction.gateway else transaction.available_actions,
        look_at=now + FIRST_LOOK if is_open else None,
        reference=_name_of(transaction, told),
        message=told.message,
        now=now,
    )
    if payable is None:
        return
    if payable.total is None:
        await outbox.record(tx, CheckoutUpdated(payable.id), by=viewer)
        return
    became_paid = await add_up_order(tx, payable, payable.total, now)
    facts = {"amount": str(told.amount), "message": told.message, "reference": told.reference}
    history = [HistoryEntry(HISTORY.get(EventKind(told.kind), OrderEventKind.TRANSACTION_EVENT), facts)]
    if became_paid:
        history.append(HistoryEntry(OrderEventKind.ORDER_FULLY_PAID))
    await placing.insert_history(tx, payable.id, viewer, history, now)
    await outbox.record(tx, OrderUpdated(payable.id), by=viewer)
    if became_paid:
        await outbox.record(tx, OrderPaid(payable.id), by=viewer)


def _name_of(transaction: TransactionRow, told: EventRow) -> str:
    """What the gateway calls the payment, if it says so here for the first time.

    The name of a later step, a capture or a refund, is not the payment's.
    """
    is_first = transaction.gateway != "" and transaction.reference is None
    return told.reference if is_first and told.kind in ANSWERS else ""


async def add_up_order(tx: Connection, order: PayableRow, total: Decimal, now: datetime) -> bool:
    """Whether nothing remains to be paid of the order any more, while something did before."""
    sums = await payables.paid(tx, order.id)
    charged = charge_status(total, sums.charged)
    await payables.store_paid(
        tx,
        order.id,
        sums,
        authorize_status=authorize_status(total, sums.authorized, sums.charged),
        charge_status=charged,
        now=now,
    )
    return charged in PAID and order.charge_status not in PAID
