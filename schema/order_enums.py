"""The words in which the state of an order is told."""

from enum import Enum

import strawberry

from domain.orders import OrderOrigin, OrderStatus, PaymentStatus
from schema.enums import declare

declare(
    OrderStatus,
    "OrderStatus",
    "Where an order stands.",
    {
        OrderStatus.DRAFT: "Staff is still putting it together.",
        OrderStatus.UNCONFIRMED: "Placed; staff has to confirm it.",
        OrderStatus.UNFULFILLED: "Confirmed; nothing has been sent yet.",
        OrderStatus.PARTIALLY_FULFILLED: "Some of it has been sent.",
        OrderStatus.PARTIALLY_RETURNED: "Some of it has come back.",
        OrderStatus.RETURNED: "All of it has come back.",
        OrderStatus.FULFILLED: "All of it has been sent.",
        OrderStatus.CANCELED: "Called off; it stays so.",
        OrderStatus.EXPIRED: "Never confirmed in time; it stays so.",
    },
)
declare(
    OrderOrigin,
    "OrderOriginEnum",
    "Where an order came from.",
    {
        OrderOrigin.CHECKOUT: "A shopper placed it.",
        OrderOrigin.DRAFT: "Staff put it together.",
        OrderOrigin.REISSUE: "It stands in for an earlier one.",
        OrderOrigin.BULK_CREATE: "It was brought in from elsewhere.",
    },
)
declare(
    PaymentStatus,
    "PaymentChargeStatusEnum",
    "How far a payment has come, in one word.",
    {
        PaymentStatus.NOT_CHARGED: "Nothing has been charged.",
        PaymentStatus.PENDING: "The gateway has not answered yet.",
        PaymentStatus.PARTIALLY_CHARGED: "Some of the total has been charged.",
        PaymentStatus.FULLY_CHARGED: "The whole total has been charged.",
        PaymentStatus.PARTIALLY_REFUNDED: "Some of what was charged has been paid back.",
        PaymentStatus.FULLY_REFUNDED: "All that was charged has been paid back.",
        PaymentStatus.REFUSED: "The gateway refused it.",
        PaymentStatus.CANCELLED: "It was called off before anything was charged.",
    },
)


@strawberry.enum(description="How much of the order's total has been charged.")
class OrderChargeStatusEnum(Enum):
    """``domain.payment_states.ChargeStatus``, for an order."""

    NONE = strawberry.enum_value("NONE", description="Nothing of it.")
    PARTIAL = strawberry.enum_value("PARTIAL", description="Some of it.")
    FULL = strawberry.enum_value("FULL", description="All of it.")
    OVERCHARGED = strawberry.enum_value("OVERCHARGED", description="More than all of it.")


@strawberry.enum(description="How much of the order's total is promised or charged.")
class OrderAuthorizeStatusEnum(Enum):
    """``domain.payment_states.AuthorizeStatus``, for an order."""

    NONE = strawberry.enum_value("NONE", description="Nothing of it.")
    PARTIAL = strawberry.enum_value("PARTIAL", description="Some of it.")
    FULL = strawberry.enum_value("FULL", description="All of it.")
