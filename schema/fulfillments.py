"""Shipments: what of an order was sent when."""

from typing import ClassVar

import strawberry

from db.order_lines import FulfillmentLineRow, FulfillmentRow
from domain.orders import FulfillmentStatus
from engine.words import attribute, edge, inline
from loaders.orders import OrderLoaders
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.order_lines import OrderLine
from schema.scalars import DateTime

declare(
    FulfillmentStatus,
    "FulfillmentStatus",
    "What has become of a shipment.",
    {
        FulfillmentStatus.FULFILLED: "It was sent.",
        FulfillmentStatus.REFUNDED: "It was paid back.",
        FulfillmentStatus.RETURNED: "It came back.",
        FulfillmentStatus.REPLACED: "Another was sent in its place.",
        FulfillmentStatus.REFUNDED_AND_RETURNED: "It came back and was paid back.",
        FulfillmentStatus.CANCELED: "It was called off.",
        FulfillmentStatus.WAITING_FOR_APPROVAL: "Staff has to approve it before it is sent.",
    },
)


def display(status: str) -> str:
    """A status as people write it: ``Waiting for approval``."""
    return status.replace("_", " ").capitalize()


@strawberry.type(description="Units of an order line in a shipment.")
class FulfillmentLine(Node):
    represents: ClassVar[type] = FulfillmentLineRow

    id: strawberry.ID = global_id("FulfillmentLine")
    quantity: int = attribute("How many units.")
    order_line: OrderLine | None = edge(
        OrderLoaders.line, key="order_line_id", description="The line of the order."
    )


@strawberry.type(description="A shipment.")
class Fulfillment(Node, ObjectWithMetadata):
    represents: ClassVar[type] = FulfillmentRow

    id: strawberry.ID = global_id("Fulfillment")
    fulfillment_order: int = attribute("Its number within the order, from 1.", column="number")
    status: FulfillmentStatus = attribute("What has become of it.")
    status_display: str | None = inline(display, "status", description="The same for people to read.")
    tracking_number: str = attribute("The carrier's number to follow it by; empty where there is none.")
    created: DateTime = attribute("When it was made.", column="created_at")
    lines: list[FulfillmentLine] | None = edge(
        OrderLoaders.fulfillment_lines, key="id", description="What is in it."
    )
