"""Shipments: what may be sent of an order, what may come back, and where that leaves it.

For each line: bought = sent + given up + still promised. What was sent or given up is in shipments.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.orders import FulfillmentStatus, OrderStatus
from domain.refusals import NotFound, Refusal

OPEN = frozenset({OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED, OrderStatus.PARTIALLY_RETURNED})
"""An order of which something may be sent."""
CAME_BACK = frozenset(
    {FulfillmentStatus.RETURNED, FulfillmentStatus.REFUNDED_AND_RETURNED, FulfillmentStatus.REPLACED}
)
"""A shipment whose goods are no longer with the customer."""


class ZeroUnits(Refusal):
    code: ClassVar[str] = "ZERO_QUANTITY"


class NotToFulfill(Refusal):
    """More was to be sent, or given up, than remains of a line; the fact ``orderLines`` names them all."""

    code: ClassVar[str] = "FULFILL_ORDER_LINE"


class NotSent(Refusal):
    """More was to come back than a shipment holds."""

    code: ClassVar[str] = "INVALID_QUANTITY"


class CannotCancelFulfillment(Refusal):
    code: ClassVar[str] = "CANNOT_CANCEL_FULFILLMENT"


class CannotCancelOrder(Refusal):
    code: ClassVar[str] = "CANNOT_CANCEL_ORDER"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order. ``settled`` units are in shipments, ``returned`` of these came back.

    What was given up counts as both. ``is_tracked``: its variant is still there, and its stock is counted.
    """

    id: UUID
    variant_id: int | None
    quantity: int
    settled: int
    returned: int
    is_tracked: bool

    @property
    def open(self) -> int:
        """Units that have still to be sent."""
        return self.quantity - self.settled


def standing(lines: Sequence[Line], before: OrderStatus) -> OrderStatus:
    """Where an order stands whose lines are like this; one that is not in the course of being sent stays."""
    if before not in OPEN | {OrderStatus.FULFILLED}:
        return before
    bought, settled = sum(line.quantity for line in lines), sum(line.settled for line in lines)
    returned = sum(line.returned for line in lines)
    if returned:
        return OrderStatus.RETURNED if returned == bought else OrderStatus.PARTIALLY_RETURNED
    if settled:
        return OrderStatus.FULFILLED if settled == bought else OrderStatus.PARTIALLY_FULFILLED
    return OrderStatus.UNFULFILLED


def check_cancel(status: OrderStatus) -> None:
    """Raise ``CannotCancelOrder`` unless nothing of the order has been sent, and it is not over."""
    if status not in {OrderStatus.UNCONFIRMED, OrderStatus.UNFULFILLED}:
        raise CannotCancelOrder(f"An order that is {status} cannot be called off.", field="id")


def check_cancel_fulfillment(status: FulfillmentStatus) -> None:
    """Raise ``CannotCancelFulfillment`` unless the goods were sent, and nothing has become of them since."""
    if status != FulfillmentStatus.FULFILLED:
        raise CannotCancelFulfillment(f"A shipment that is {status} cannot be called off.", field="id")


def check_returnable(status: OrderStatus) -> None:
    """Raise ``NotSent`` unless something of such an order may come back, or be given up."""
    if status not in OPEN | {OrderStatus.FULFILLED}:
        raise NotSent(f"Nothing can come back of an order that is {status}.", field="order")


def check_back(wanted: Mapping[int, int], sent: Mapping[int, int]) -> None:
    """Whether these units may come back, both by line of a shipment. Raises ``NotSent``, ``ZeroUnits``."""
    if any(units < 1 for units in wanted.values()):
        raise ZeroUnits("A quantity has to be 1 or more.", field="quantity")
    if any(units > sent.get(line, 0) for line, units in wanted.items()):
        raise NotSent("More would come back than was sent.", field="fulfillmentLines")


def status_refusals(status: OrderStatus) -> list[Refusal]:
    """Whether anything may be sent of an order that stands like this."""
    if status in OPEN:
        return []
    return [NotToFulfill(f"Nothing is sent of an order that is {status}.", field="order")]


def unit_refusals(lines: Mapping[UUID, Line], wishes: Sequence[tuple[UUID, int]]) -> list[Refusal]:
    """What is wrong with units (line, quantity) that are to be sent, or given up."""
    if any(line_id not in lines for line_id, _ in wishes):
        return [NotFound("The order has no such line.", field="orderLineId")]
    if not wishes or any(units < 1 for _, units in wishes):
        return [ZeroUnits("A quantity has to be 1 or more.", field="quantity")]
    asked: Counter[UUID] = Counter()
    for line_id, units in wishes:
        asked[line_id] += units
    over = [line_id for line_id, units in asked.items() if units > lines[line_id].open]
    if not over:
        return []
    left = "; ".join(f"{asked[one]} wanted, {lines[one].open} left" for one in over)
    return [
        NotToFulfill(f"More than remains to be sent: {left}.", field="quantity", facts={"order_lines": over})
    ]
