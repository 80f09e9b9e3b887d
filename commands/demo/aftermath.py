"""What became of an order: what was sent, what came back, what waits, and what its history says."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from commands.demo.catalogue import WAREHOUSES
from commands.demo.histories import Course
from commands.demo.payments import Paid
from commands.demo.placed import Placed, World, is_sent
from domain.order_events import OrderEventKind
from domain.orders import FulfillmentStatus


def move_goods(world: World, placed: Placed) -> None:
    """What was sent, what came back, and what waits."""
    course = placed.bought.course
    sent_at = placed.at + timedelta(days=1)
    warehouse_id = world.places.warehouses[WAREHOUSES[placed.bought.channel]]
    shipment = None
    for position, (sold, line) in enumerate(zip(placed.sold, placed.cart.lines, strict=True), start=1):
        tracked = line.is_shipping_required
        if not is_sent(course, position):
            if tracked and course is not Course.CANCELED:
                world.shelves.promise((warehouse_id, sold.id), line.quantity, placed.id, line.id)
            continue
        stock_id = None
        if tracked:
            stock_id = world.shelves.send((warehouse_id, sold.id), line.quantity, placed.id, sent_at)
            if course is Course.RETURNED:
                world.shelves.take_back(stock_id, line.quantity, placed.id, sent_at + timedelta(days=9))
        shipment = shipment or _shipment(world, placed, sent_at)
        world.rows.add(
            "fulfillment_lines",
            fulfillment_id=shipment,
            order_line_id=line.id,
            stock_id=stock_id,
            quantity=line.quantity,
        )


def _shipment(world: World, placed: Placed, at: datetime) -> UUID:
    shipment_id = uuid4()
    returned = placed.bought.course is Course.RETURNED
    world.rows.put(
        "fulfillments",
        id=shipment_id,
        order_id=placed.id,
        number=1,
        status=FulfillmentStatus.REFUNDED_AND_RETURNED if returned else FulfillmentStatus.FULFILLED,
        tracking_number=f"MV{placed.bought.days_ago:06}" if placed.bought.way else "",
        created_at=at,
    )
    return shipment_id


def tell_history(world: World, placed: Placed, paid: Paid) -> None:
    course, at, total = placed.bought.course, placed.at, float(placed.priced.to_pay.gross)
    customer, staff = world.people.get(placed.bought.email), world.people["support@example.com"]
    sent = at + timedelta(days=1)
    units = sum(
        line.quantity for place, line in enumerate(placed.cart.lines, start=1) if is_sent(course, place)
    )
    told: Sequence[tuple[bool, OrderEventKind, int | None, datetime, Mapping[str, object]]] = (
        (True, OrderEventKind.PLACED, customer, at, {}),
        (course is not Course.UNCONFIRMED, OrderEventKind.CONFIRMED, None, at, {}),
        (paid.was_charged, OrderEventKind.ORDER_FULLY_PAID, None, at, {}),
        (course is Course.AUTHORIZED, OrderEventKind.PAYMENT_AUTHORIZED, None, at, {"amount": total}),
        (is_sent(course, 1), OrderEventKind.FULFILLMENT_FULFILLED_ITEMS, staff, sent, {"quantity": units}),
        (course is Course.CANCELED, OrderEventKind.CANCELED, staff, sent, {}),
        (course is Course.RETURNED, OrderEventKind.FULFILLMENT_RETURNED, staff, sent + timedelta(days=9), {}),
        (
            paid.amounts.refunded > 0,
            OrderEventKind.PAYMENT_REFUNDED,
            staff,
            sent + timedelta(days=9),
            {"amount": total},
        ),
        (
            course is Course.UNCONFIRMED,
            OrderEventKind.NOTE_ADDED,
            staff,
            at + timedelta(hours=3),
            {"message": "Called; will try again tomorrow."},
        ),
    )
    for happened, kind, user_id, when, facts in told:
        if happened:
            world.rows.add(
                "order_events", order_id=placed.id, kind=kind, user_id=user_id, facts=facts, created_at=when
            )
