"""Giving money back for an order: staff grants it, then a gateway or a gift card pays it out, once."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from commands.payments.errands import ask_for, name_of
from commands.payments.recording import add_up_order
from commands.shop import Shop
from db import orders, outbox, papers, payables, placing, redemptions, refunds, transactions
from db.orders import OrderRow
from db.refunds import GrantedRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.events import OrderUpdated
from domain.money import ZERO, rounded
from domain.order_events import HistoryEntry, OrderEventKind
from domain.payment_records import NobodyToAsk
from domain.payments import Action, MissingGateway, Subject
from domain.refunds import (
    Grant,
    GrantChange,
    GrantStatus,
    MoreThanAvailable,
    Purse,
    Refundable,
    RefundDone,
    RefundPending,
    changed,
    check_change,
    to_grant,
)
from domain.refusals import NotFound

OPEN = frozenset({GrantStatus.NONE, GrantStatus.FAILURE})
"""Granted and not paid out: where it comes from still holds that money."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a gateway is to be asked for a grant."""

    transaction_id: UUID
    amount: Decimal
    key: str
    reason: str


async def grant(shop: Shop, viewer: Viewer, order_id: UUID, purse: Purse, wish: Grant) -> int:
    """Decide to give back an amount, units of lines or the shipping; the grant's id.

    It goes back to a payment or a gift card; no money moves yet. Never more than was charged, or taken from
    the card, is granted, and no unit twice. Raises ``Denied``, ``NotFound``, ``Required``,
    ``MoreThanAvailable`` and ``Refused``. Records ``OrderUpdated``. Locked in this order: the order, the
    payment, the order's gift cards.
    """
    viewer.require(Permission.MANAGE_ORDERS)
    async with shop.db.transaction() as tx:
        order = await orders.lock(tx, order_id)
        if order is None:
            raise NotFound("There is no such order.", field="id")
        granted = to_grant(wish, await _refundable(tx, order, purse))
        granted_id = await refunds.insert(tx, order_id, purse, wish, granted, by=viewer, now=shop.clock())
        await _conclude(tx, shop, viewer, order_id, amount=granted.amount, reason=wish.reason)
    return granted_id


async def change(shop: Shop, viewer: Viewer, granted_id: int, wish: GrantChange) -> UUID:
    """Grant something else instead; the order's id.

    Of what is paid back, or about to be, only the reason can be changed. Raises what ``grant`` does, and
    ``Invalid``. Records and locks what ``grant`` does.
    """
    viewer.require(Permission.MANAGE_ORDERS)
    async with shop.db.transaction() as tx:
        row, order = await _hold(tx, granted_id)
        is_on_paper = await papers.of_refund(tx, row.id) is not None
        check_change(wish, row.status, is_on_paper=is_on_paper)
        before = Grant(amount=row.amount, shipping=row.includes_shipping, reason=row.reason)
        after = changed(before, await refunds.granted_lines(tx, row.id), wish)
        if wish.moves_money:
            purse = row.purse if wish.purse is None else wish.purse
            order_now = await _refundable(tx, order, purse, but_for=row.id)
            granted = to_grant(after, order_now, named="addLines")
            await refunds.update(tx, row, purse, after, granted, removed=wish.removed, now=shop.clock())
            amount = granted.amount
        else:
            await refunds.explain(tx, row.id, after.reason, shop.clock())
            amount = row.amount
        await _conclude(tx, shop, viewer, order.id, amount=amount, reason=after.reason)
    return order.id


async def refund(shop: Shop, viewer: Viewer, granted_id: int) -> None:
    """Pay out what was granted: at once onto a gift card, else by the payment's gateway.

    However often and by however many it is asked for, it is paid out once; after a failure it may be
    asked for again. Raises ``Denied``, ``NotFound``, ``RefundPending``, ``RefundDone``, ``NobodyToAsk``, and
    what ``ask_for`` does. Records ``OrderUpdated``.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    async with shop.db.transaction() as tx:
        row, _ = await _hold(tx, granted_id)
        if row.status is GrantStatus.SUCCESS:
            raise RefundDone("This has been paid back.", field="grantedRefundId")
        if row.status is GrantStatus.PENDING:
            raise RefundPending("This is being paid back.", field="grantedRefundId")
        if row.transaction_id is None:
            await _put_back(tx, shop, viewer, row)
            return
        asked = await _ask_in_writing(tx, row, row.transaction_id)
    try:
        await ask_for(
            shop,
            viewer,
            asked.transaction_id,
            Action.REFUND,
            amount=asked.amount,
            key=asked.key,
            message=asked.reason,
        )
    except MissingGateway as missing:
        raise NobodyToAsk(missing.message, field="id") from missing


async def _ask_in_writing(tx: Connection, row: GrantedRow, transaction_id: UUID) -> _Ask:
    attempts = row.attempts + (row.status is GrantStatus.FAILURE or row.attempts == 0)
    key = f"granted-refund-{row.id}-{attempts}"
    await refunds.ask(tx, row.id, name_of(transaction_id, key), attempts)
    return _Ask(transaction_id, row.amount, key, row.reason)


async def _put_back(tx: Connection, shop: Shop, viewer: Viewer, row: GrantedRow) -> None:
    """The money is back on its card, and the order's history says so."""
    assert row.gift_card_id is not None, "it is for no payment"
    now = shop.clock()
    await redemptions.lock_uses(tx, row.order_id)
    if not await redemptions.give_some_back(tx, row.order_id, row.gift_card_id, row.amount):
        raise MoreThanAvailable(
            "What the order took from the card has gone back by now.", field="grantedRefundId"
        )
    await refunds.pay(tx, row.id, now)
    facts = {"amount": str(row.amount), "message": row.reason}
    told = HistoryEntry(OrderEventKind.PAYMENT_REFUNDED, facts)
    await placing.insert_history(tx, row.order_id, viewer, [told], now)
    await outbox.record(tx, OrderUpdated(row.order_id), by=viewer)


async def _hold(tx: Connection, granted_id: int) -> tuple[GrantedRow, OrderRow]:
    """The grant and its order, as they stand once the order is locked. Raises ``NotFound``."""
    for found in await refunds.by_ids(tx, [granted_id]):
        order = await orders.lock(tx, found.order_id)
        assert order is not None, "orders are never deleted"
        (granted,) = await refunds.by_ids(tx, [granted_id])
        return granted, order
    raise NotFound("Nothing was granted back under this id.", field="grantedRefundId")


async def _refundable(
    tx: Connection, order: OrderRow, purse: Purse, *, but_for: int | None = None
) -> Refundable:
    """The order, which is locked, but for one grant. Locks the payment, or the cards."""
    granted = [one for one in await refunds.by_order_ids(tx, [order.id]) if one.id != but_for]
    whole = await (_left_of_card if isinstance(purse, int) else _left_of_payment)(tx, order.id, purse)
    waiting = [one.amount for one in granted if one.purse == purse and one.status in OPEN]
    return Refundable(
        currency=order.currency,
        lines=await refunds.lines(tx, order.id, but_for=but_for),
        shipping=order.shipping_gross,
        shipping_granted=any(one.includes_shipping for one in granted),
        available=rounded(whole - sum(waiting, ZERO), order.currency),
    )


async def _left_of_payment(tx: Connection, order_id: UUID, purse: Purse) -> Decimal:
    assert isinstance(purse, UUID), "it is no card"
    transaction = await transactions.lock(tx, purse)
    if transaction is None or transaction.order_id != order_id:
        raise NotFound("The order has no such payment.", field="transactionId")
    return transaction.charged_amount


async def _left_of_card(tx: Connection, order_id: UUID, purse: Purse) -> Decimal:
    for use in await redemptions.lock_uses(tx, order_id):
        if use.gift_card_id == purse:
            return use.amount - use.returned_amount
    raise NotFound("No such gift card has paid for the order.", field="giftCardId")


async def _conclude(
    tx: Connection, shop: Shop, viewer: Viewer, order_id: UUID, *, amount: Decimal, reason: str
) -> None:
    """Let the order's statuses follow what is granted now, and tell of it."""
    now, due = shop.clock(), await payables.lock(tx, Subject.ORDER, order_id)
    assert due is not None, "it is locked"
    assert due.total is not None, "an order has one"
    await add_up_order(tx, due, due.total, now)
    facts = {"amount": str(amount), "message": reason}
    await placing.insert_history(tx, order_id, viewer, [HistoryEntry(OrderEventKind.OTHER, facts)], now)
    await outbox.record(tx, OrderUpdated(order_id), by=viewer)
