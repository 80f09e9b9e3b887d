"""What comes back: units that were sent, and units that never will be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from commands.orders.changing import conclude, hold
from commands.orders.restocking import put_back
from commands.shop import Shop
from db import fulfillments, shelves
from db.fulfillments import PackedRow, ShipmentRow
from db.statements import Connection
from domain.access import Viewer
from domain.fulfillments import check_back, check_returnable
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import FulfillmentStatus, OrderStatus
from domain.sending import Packed, give_up, joined


@dataclass(frozen=True, slots=True)
class Return:
    """``sent`` are units by line of a shipment, ``unsent`` units by line of the order that are given up.

    ``restock``: what was sent goes back on the shelf, of ``warehouse_id`` or of where it came from.
    """

    sent: Mapping[int, int] = field(default_factory=dict)
    unsent: Mapping[UUID, int] = field(default_factory=dict)
    restock: bool = True
    warehouse_id: int | None = None


async def take_back(shop: Shop, viewer: Viewer, order_id: UUID, back: Return) -> UUID:
    """Note down what came back, as a shipment of its own that was returned; its id.

    Units that are given up are free to be sold again. No money moves: that is granted apart. Raises
    ``Denied``, ``NotFound``, ``NotSent`` and ``Refused``. Records what ``conclude`` does.
    """
    async with shop.db.transaction() as tx:
        order, now = await hold(tx, viewer, order_id), shop.clock()
        check_returnable(OrderStatus(order.status))
        shipments, goods = await _goods(tx, order_id, back.sent)
        lines, promised = await fulfillments.lines(tx, order_id), await shelves.promises(tx, order_id)
        released = give_up(lines, promised, list(back.unsent.items())) if back.unsent or not goods else []
        restocked, variant_ids = await put_back(
            tx,
            goods if back.restock else [],
            back.warehouse_id,
            promised=False,
            now=now,
            also={move.stock_id for move in released},
        )
        moves = joined([*released, *restocked])
        await shelves.move(tx, moves, cause="RETURNED", reference=order_id, now=now)
        await fulfillments.unpack(tx, back.sent, [shipment.id for shipment in shipments])
        returned_id = await fulfillments.insert(
            tx,
            order_id,
            FulfillmentStatus.RETURNED,
            [
                *(Packed(row.order_line_id, row.stock_id, units) for row, units in goods),
                *(Packed(line_id, None, units) for line_id, units in back.unsent.items()),
            ],
            tracking_number=shipments[0].tracking_number if len(shipments) == 1 else "",
            now=now,
        )
        await fulfillments.settle(tx, back.unsent)
        told = _told(back, sum(one.on_hand for one in restocked))
        await conclude(tx, viewer, order, told=told, variant_ids=variant_ids, now=now)
    return returned_id


async def _goods(
    tx: Connection, order_id: UUID, wanted: Mapping[int, int]
) -> tuple[list[ShipmentRow], list[tuple[PackedRow, int]]]:
    """The shipments that these units (by line) are taken out of, and the lines with the units of each."""
    sent = [
        row for row in await fulfillments.shipments(tx, order_id) if row.status == FulfillmentStatus.FULFILLED
    ]
    packed = {row.id: row for row in await fulfillments.packed(tx, [row.id for row in sent])}
    check_back(wanted, {line: row.quantity for line, row in packed.items()})
    touched = {packed[line].fulfillment_id for line in wanted}
    goods = [(packed[line], units) for line, units in wanted.items()]
    return [row for row in sent if row.id in touched], goods


def _told(back: Return, restocked: int) -> list[HistoryEntry]:
    units = sum(back.sent.values()) + sum(back.unsent.values())
    told = [HistoryEntry(OrderEventKind.FULFILLMENT_RETURNED, {"quantity": units})]
    if restocked:
        told.append(HistoryEntry(OrderEventKind.FULFILLMENT_RESTOCKED_ITEMS, {"quantity": restocked}))
    return told
