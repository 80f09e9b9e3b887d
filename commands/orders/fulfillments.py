"""Sending what was bought, and calling a shipment off again."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from commands.orders.changing import conclude, hold
from commands.orders.restocking import put_back
from commands.shop import Shop
from db import fulfillments, shelves
from db.fulfillments import ShipmentRow
from db.orders import OrderRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.fulfillments import check_cancel_fulfillment
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import FulfillmentStatus, OrderStatus
from domain.refusals import NotFound
from domain.sending import ToSend, send


async def fulfill(
    shop: Shop, viewer: Viewer, order_id: UUID, wishes: Sequence[ToSend], *, tracking_number: str = ""
) -> list[UUID]:
    """Send units of an order: one shipment for each warehouse, in the order they were named; their ids.

    Raises ``Denied``, ``NotFound``, ``InsufficientStock`` and ``Refused``. Records what ``conclude`` does.
    """
    async with shop.db.transaction() as tx:
        order, now = await hold(tx, viewer, order_id), shop.clock()
        lines, promised = await fulfillments.lines(tx, order.id), await shelves.promises(tx, order.id)
        variants = {line.id: line.variant_id for line in lines if line.variant_id is not None}
        wanted = [(one.warehouse_id, variants[one.line_id]) for one in wishes if one.line_id in variants]
        places = await shelves.lock(tx, {one.stock_id for one in promised}, wanted, now=now)
        sending = send(lines, promised, places, wishes, OrderStatus(order.status))
        await shelves.move(tx, sending.moves, cause="FULFILLED", reference=order.id, now=now)
        made = [
            await fulfillments.insert(
                tx,
                order.id,
                FulfillmentStatus.FULFILLED,
                contents,
                tracking_number=tracking_number,
                now=now,
            )
            for contents in sending.shipments.values()
        ]
        units: Counter[UUID] = Counter()
        for wish in wishes:
            units[wish.line_id] += wish.quantity
        await fulfillments.settle(tx, units)
        told = HistoryEntry(OrderEventKind.FULFILLMENT_FULFILLED_ITEMS, {"quantity": units.total()})
        await conclude(
            tx, viewer, order, told=[told], variant_ids=[place.variant_id for place in places], now=now
        )
    return made


async def cancel_fulfillment(
    shop: Shop, viewer: Viewer, fulfillment_id: UUID, *, warehouse_id: int | None = None
) -> UUID:
    """Put what was sent back on the shelf, promised to its lines again; the order's id.

    The shelf is that of ``warehouse_id``, else the one it left. Raises ``Denied``, ``NotFound`` and
    ``CannotCancelFulfillment``. Records what ``conclude`` does.
    """
    async with shop.db.transaction() as tx:
        shipment, order = await _hold_shipment(tx, viewer, fulfillment_id)
        check_cancel_fulfillment(FulfillmentStatus(shipment.status))
        now, packed = shop.clock(), await fulfillments.packed(tx, [shipment.id])
        goods = [(row, row.quantity) for row in packed]
        moves, variant_ids = await put_back(tx, goods, warehouse_id, promised=True, now=now)
        await shelves.move(tx, moves, cause="FULFILLMENT_CANCELED", reference=order.id, now=now)
        units: Counter[UUID] = Counter()
        for row in packed:
            units[row.order_line_id] -= row.quantity
        await fulfillments.settle(tx, units)
        await fulfillments.mark(tx, shipment.id, FulfillmentStatus.CANCELED)
        told = [
            HistoryEntry(OrderEventKind.FULFILLMENT_CANCELED, {"quantity": -units.total()}),
            HistoryEntry(
                OrderEventKind.FULFILLMENT_RESTOCKED_ITEMS, {"quantity": sum(one.on_hand for one in moves)}
            ),
        ]
        await conclude(tx, viewer, order, told=told, variant_ids=variant_ids, now=now)
    return order.id


async def track(shop: Shop, viewer: Viewer, fulfillment_id: UUID, tracking_number: str) -> UUID:
    """Keep the carrier's number for a shipment; the order's id.

    Raises ``Denied`` and ``NotFound``. Records what ``conclude`` does.
    """
    async with shop.db.transaction() as tx:
        shipment, order = await _hold_shipment(tx, viewer, fulfillment_id)
        await fulfillments.track(tx, shipment.id, tracking_number)
        told = HistoryEntry(OrderEventKind.TRACKING_UPDATED, {"message": tracking_number})
        await conclude(tx, viewer, order, told=[told], variant_ids=[], now=shop.clock())
    return order.id


async def _hold_shipment(
    tx: Connection, viewer: Viewer, fulfillment_id: UUID
) -> tuple[ShipmentRow, OrderRow]:
    """The shipment, as it stands once its order is locked."""
    viewer.require(Permission.MANAGE_ORDERS)
    found = await fulfillments.shipment(tx, fulfillment_id)
    order = await hold(tx, viewer, found.order_id) if found else None
    shipment = await fulfillments.shipment(tx, fulfillment_id)
    if order is None or shipment is None:
        raise NotFound("There is no such shipment.", field="id")
    return shipment, order
