"""Giving money back for an order: staff grants it, then a gateway is asked for it, once."""

from decimal import Decimal
from uuid import UUID

from commands.payments.errands import ask_for, name_of
from commands.payments.recording import add_up_order
from commands.shop import Shop
from db import orders, outbox, payables, placing, refunds, transactions
from db.refunds import GrantedRow
from db.statements import Connection
from db.transactions import TransactionRow
from domain.access import Permission, Viewer
from domain.events import OrderUpdated
from domain.money import rounded
from domain.order_events import HistoryEntry, OrderEventKind
from domain.payments import Action, Subject
from domain.refunds import (
    Grant,
    GrantStatus,
    Refundable,
    RefundDone,
    RefundPending,
    amount_to_grant,
    grant_status,
)
from domain.refusals import NotFound

OPEN = frozenset({GrantStatus.NONE, GrantStatus.FAILURE})
"""Granted and not paid out: the payment still holds that money."""


async def grant(shop: Shop, viewer: Viewer, order_id: UUID, transaction_id: UUID, wish: Grant) -> int:
    """Decide to give back an amount, units of lines or the shipping, out of one payment; the grant's id.

    No money moves yet. Never more than was charged is granted, and no unit twice. Raises ``Denied``,
    ``NotFound``, ``Required``, ``MoreThanAvailable`` and ``Refused``. Records ``OrderUpdated``.
    """
    viewer.require(Permission.MANAGE_ORDERS)
    async with shop.db.transaction() as tx:
        payable = await payables.lock(tx, Subject.ORDER, order_id)
        transaction = await transactions.lock(tx, transaction_id)
        if payable is None or transaction is None or transaction.order_id != order_id:
            raise NotFound("The order has no such payment.", field="transactionId")
        now, amount = shop.clock(), amount_to_grant(wish, await _refundable(tx, transaction, order_id))
        granted_id = await refunds.insert(
            tx, order_id, transaction_id, wish, amount, user_id=viewer.user_id, now=now
        )
        due = await payables.lock(tx, Subject.ORDER, order_id)
        assert due is not None, "it is locked"
        assert due.total is not None, "an order has one"
        await add_up_order(tx, due, due.total, now)
        facts = {"amount": str(amount), "message": wish.reason}
        await placing.insert_history(
            tx, order_id, viewer.user_id, [HistoryEntry(OrderEventKind.OTHER, facts)], now
        )
        await outbox.record(tx, OrderUpdated(order_id), by=viewer.user_id)
    return granted_id


async def refund(shop: Shop, viewer: Viewer, granted_id: int) -> int:
    """Have the gateway pay out what was granted; the latest event's id of the payment.

    However often and by however many it is asked for, it is paid out once; after a failure it may be
    asked for again. Raises ``Denied``, ``NotFound``, ``RefundPending``, ``RefundDone``, and what ``ask_for``
    does. Records ``OrderUpdated``.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    async with shop.db.transaction() as tx:
        granted = await _hold(tx, granted_id)
        status = grant_status(granted.told, was_asked=bool(granted.told))
        if status is GrantStatus.SUCCESS:
            raise RefundDone("This has been paid back.", field="grantedRefundId")
        if status is GrantStatus.PENDING:
            raise RefundPending("This is being paid back.", field="grantedRefundId")
        attempts = granted.attempts + (status is GrantStatus.FAILURE or granted.attempts == 0)
        key = f"granted-refund-{granted.id}-{attempts}"
        await refunds.ask(tx, granted.id, name_of(granted.transaction_id, key), attempts)
    return await ask_for(
        shop,
        viewer,
        granted.transaction_id,
        Action.REFUND,
        amount=granted.amount,
        key=key,
        message=granted.reason,
    )


async def _hold(tx: Connection, granted_id: int) -> GrantedRow:
    """The grant, as it stands once its order is locked. Raises ``NotFound``."""
    for found in await refunds.by_ids(tx, [granted_id]):
        await orders.lock(tx, found.order_id)
        (granted,) = await refunds.by_ids(tx, [granted_id])
        return granted
    raise NotFound("Nothing was granted back under this id.", field="grantedRefundId")


async def _refundable(tx: Connection, transaction: TransactionRow, order_id: UUID) -> Refundable:
    (order,) = await orders.by_ids(tx, [order_id])
    granted = await refunds.by_order_ids(tx, [order_id])
    waiting = [
        one.amount
        for one in granted
        if one.transaction_id == transaction.id and grant_status(one.told, was_asked=bool(one.told)) in OPEN
    ]
    return Refundable(
        currency=order.currency,
        lines=await refunds.lines(tx, order_id),
        shipping=order.shipping_gross,
        shipping_granted=any(one.includes_shipping for one in granted),
        available=rounded(transaction.charged_amount - sum(waiting, Decimal(0)), order.currency),
    )
