"""The history of an order."""

from functools import partial
from typing import Any, ClassVar

import orjson
import strawberry

from db.order_lines import OrderEventRow
from domain.order_events import OrderEventKind
from engine.words import attribute, edge, inline
from loaders.accounts import AccountLoaders
from loaders.apps import AppLoaders
from schema.accounts import User
from schema.apps import App
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node
from schema.scalars import DateTime

declare(
    OrderEventKind,
    "OrderEventsEnum",
    "What happened to an order.",
    {
        OrderEventKind.DRAFT_CREATED: "A draft was begun.",
        OrderEventKind.DRAFT_CREATED_FROM_REPLACE: "A draft was begun to replace what came back.",
        OrderEventKind.ADDED_PRODUCTS: "Lines were added.",
        OrderEventKind.REMOVED_PRODUCTS: "Lines were taken away.",
        OrderEventKind.PLACED: "A shopper placed it.",
        OrderEventKind.PLACED_FROM_DRAFT: "A draft was placed.",
        OrderEventKind.PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT: "A paid checkout became it by itself.",
        OrderEventKind.OVERSOLD_ITEMS: "More was sold than there was.",
        OrderEventKind.CANCELED: "It was called off.",
        OrderEventKind.EXPIRED: "It was not confirmed in time.",
        OrderEventKind.ORDER_MARKED_AS_PAID: "Staff marked it as paid.",
        OrderEventKind.ORDER_FULLY_PAID: "Nothing remained to be paid.",
        OrderEventKind.ORDER_REPLACEMENT_CREATED: "An order was made to replace it.",
        OrderEventKind.ORDER_DISCOUNT_ADDED: "A discount was added.",
        OrderEventKind.ORDER_DISCOUNT_AUTOMATICALLY_UPDATED: "A discount followed a change of the order.",
        OrderEventKind.ORDER_DISCOUNT_UPDATED: "A discount was changed.",
        OrderEventKind.ORDER_DISCOUNT_DELETED: "A discount was taken away.",
        OrderEventKind.ORDER_LINE_DISCOUNT_UPDATED: "A line's discount was changed.",
        OrderEventKind.ORDER_LINE_DISCOUNT_REMOVED: "A line's discount was taken away.",
        OrderEventKind.ORDER_LINE_PRODUCT_DELETED: "A line's product was deleted.",
        OrderEventKind.ORDER_LINE_VARIANT_DELETED: "A line's variant was deleted.",
        OrderEventKind.UPDATED_ADDRESS: "An address was changed.",
        OrderEventKind.EMAIL_SENT: "A mail was sent.",
        OrderEventKind.CONFIRMED: "It was confirmed.",
        OrderEventKind.PAYMENT_AUTHORIZED: "A payment was promised.",
        OrderEventKind.PAYMENT_CAPTURED: "A payment was charged.",
        OrderEventKind.EXTERNAL_SERVICE_NOTIFICATION: "Another system had something to say.",
        OrderEventKind.PAYMENT_REFUNDED: "A payment was paid back.",
        OrderEventKind.PAYMENT_VOIDED: "A promise to pay was let go.",
        OrderEventKind.PAYMENT_FAILED: "A payment failed.",
        OrderEventKind.TRANSACTION_EVENT: "A gateway reported.",
        OrderEventKind.TRANSACTION_CHARGE_REQUESTED: "A gateway was asked to charge.",
        OrderEventKind.TRANSACTION_REFUND_REQUESTED: "A gateway was asked to pay back.",
        OrderEventKind.TRANSACTION_CANCEL_REQUESTED: "A gateway was asked to let go of a promise.",
        OrderEventKind.TRANSACTION_MARK_AS_PAID_FAILED: "Marking it as paid failed.",
        OrderEventKind.INVOICE_REQUESTED: "An invoice was asked for.",
        OrderEventKind.INVOICE_GENERATED: "An invoice was made.",
        OrderEventKind.INVOICE_UPDATED: "An invoice was changed.",
        OrderEventKind.INVOICE_SENT: "An invoice was sent.",
        OrderEventKind.FULFILLMENT_CANCELED: "A shipment was called off.",
        OrderEventKind.FULFILLMENT_RESTOCKED_ITEMS: "Units went back on the shelf.",
        OrderEventKind.FULFILLMENT_FULFILLED_ITEMS: "Units were sent.",
        OrderEventKind.FULFILLMENT_REFUNDED: "A shipment was paid back.",
        OrderEventKind.FULFILLMENT_RETURNED: "A shipment came back.",
        OrderEventKind.FULFILLMENT_REPLACED: "A shipment was replaced.",
        OrderEventKind.FULFILLMENT_AWAITS_APPROVAL: "A shipment waits for staff to approve it.",
        OrderEventKind.TRACKING_UPDATED: "A tracking number was changed.",
        OrderEventKind.NOTE_ADDED: "Staff left a note.",
        OrderEventKind.NOTE_UPDATED: "Staff changed a note.",
        OrderEventKind.OTHER: "Something else.",
    },
)


def fact(name: str, facts: str) -> Any:
    return orjson.loads(facts).get(name)


@strawberry.type(description="Something that happened to an order.")
class OrderEvent(Node):
    represents: ClassVar[type] = OrderEventRow

    id: strawberry.ID = global_id("OrderEvent")
    date: DateTime | None = attribute("When it happened.", column="created_at")
    type: OrderEventKind | None = attribute("What happened.", column="kind")
    user: User | None = edge(
        AccountLoaders.by_id,
        key="user_id",
        description="Who did it; null for an app, a guest, and the shop itself.",
    )
    app: App | None = edge(AppLoaders.by_id, key="app_id", description="The app that did it, if one did.")
    message: str | None = inline(
        partial(fact, "message"), "facts", description="What there is to read about it."
    )
    email: str | None = inline(partial(fact, "email"), "facts", description="The address it is about.")
    amount: float | None = inline(partial(fact, "amount"), "facts", description="The sum it is about.")
    quantity: int | None = inline(
        partial(fact, "quantity"), "facts", description="How many units it is about."
    )
    reference: str | None = inline(partial(fact, "reference"), "facts", description="A gateway's key for it.")
    order_number: str | None = inline(
        partial(fact, "orderNumber"), "facts", description="The number of the order, as it was told then."
    )
