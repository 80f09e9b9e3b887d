"""Calling an order off: what it was promised and what it used is given back, all of it, once."""

from uuid import UUID

from commands.orders.changing import hold
from commands.shop import Shop
from db import orders, outbox, placing, redemptions, shelves
from domain.access import Viewer
from domain.events import OrderCancelled, OrderUpdated, StockChanged
from domain.fulfillments import check_cancel
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import OrderStatus
from domain.sending import let_go


async def cancel(shop: Shop, viewer: Viewer, order_id: UUID) -> None:
    """Call an order off of which nothing has been sent. What gateways were paid for it is given back apart.

    Raises ``Denied``, ``NotFound`` and ``CannotCancelOrder``. Records ``OrderCancelled``, ``OrderUpdated``
    and ``StockChanged``. Locked in this order: the order, its vouchers, its gift cards, its stocks.
    """
    async with shop.db.transaction() as tx:
        order, now = await hold(tx, viewer, order_id), shop.clock()
        check_cancel(OrderStatus(order.status))
        await redemptions.give_back(tx, order.id)
        promised = await shelves.promises(tx, order.id)
        places = await shelves.lock(tx, {one.stock_id for one in promised}, now=now)
        await shelves.move(tx, let_go(promised), cause="CANCELED", reference=order.id, now=now)
        await orders.stand(tx, order.id, OrderStatus.CANCELED, now)
        await placing.insert_history(tx, order.id, viewer, [HistoryEntry(OrderEventKind.CANCELED)], now)
        await outbox.record(
            tx,
            OrderCancelled(order.id),
            OrderUpdated(order.id),
            *(StockChanged(variant_id) for variant_id in sorted({place.variant_id for place in places})),
            by=viewer,
        )
