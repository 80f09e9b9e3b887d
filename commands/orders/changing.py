"""What every command on an order begins and ends with."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from db import fulfillments, orders, outbox, placing
from db.orders import OrderRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.events import OrderFulfilled, OrderUpdated, StockChanged
from domain.fulfillments import standing
from domain.order_events import HistoryEntry
from domain.orders import OrderStatus, check_transition
from domain.refusals import NotFound


async def hold(tx: Connection, viewer: Viewer, order_id: UUID) -> OrderRow:
    """The order, locked. Raises ``Denied`` and ``NotFound``."""
    viewer.require(Permission.MANAGE_ORDERS)
    order = await orders.lock(tx, order_id)
    if order is None:
        raise NotFound("There is no such order.", field="id")
    return order


async def conclude(
    tx: Connection,
    viewer: Viewer,
    order: OrderRow,
    *,
    told: Sequence[HistoryEntry],
    variant_ids: Sequence[int],
    now: datetime,
) -> None:
    """Let the order stand where its lines now say, and tell of it; ``variant_ids`` are whose stock has moved.

    Records ``OrderUpdated``, ``OrderFulfilled`` and ``StockChanged``.
    """
    before = OrderStatus(order.status)
    after = standing(await fulfillments.lines(tx, order.id), before)
    if after != before:
        check_transition(before, after)
    await orders.stand(tx, order.id, after, now)
    await placing.insert_history(tx, order.id, viewer, told, now)
    became_fulfilled = after is OrderStatus.FULFILLED and before is not OrderStatus.FULFILLED
    await outbox.record(
        tx,
        OrderUpdated(order.id),
        *([OrderFulfilled(order.id)] if became_fulfilled else []),
        *(StockChanged(variant_id) for variant_id in sorted(set(variant_ids))),
        by=viewer,
    )
