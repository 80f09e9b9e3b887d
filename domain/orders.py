"""Orders: what states they go through, who may see one, and how far one is paid."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.access import Permission, Viewer
from domain.pages import InvalidCursor, Key
from domain.refusals import Invalid, Refusal


class OrderStatus(StrEnum):
    """Where an order stands. See ``NEXT``."""

    DRAFT = "DRAFT"
    UNCONFIRMED = "UNCONFIRMED"
    UNFULFILLED = "UNFULFILLED"
    PARTIALLY_FULFILLED = "PARTIALLY_FULFILLED"
    PARTIALLY_RETURNED = "PARTIALLY_RETURNED"
    RETURNED = "RETURNED"
    FULFILLED = "FULFILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class OrderOrigin(StrEnum):
    CHECKOUT = "CHECKOUT"
    DRAFT = "DRAFT"
    REISSUE = "REISSUE"
    BULK_CREATE = "BULK_CREATE"


class FulfillmentStatus(StrEnum):
    FULFILLED = "FULFILLED"
    REFUNDED = "REFUNDED"
    RETURNED = "RETURNED"
    REPLACED = "REPLACED"
    REFUNDED_AND_RETURNED = "REFUNDED_AND_RETURNED"
    CANCELED = "CANCELED"
    WAITING_FOR_APPROVAL = "WAITING_FOR_APPROVAL"


class DiscountKind(StrEnum):
    SALE = "SALE"
    VOUCHER = "VOUCHER"
    MANUAL = "MANUAL"
    PROMOTION = "PROMOTION"
    ORDER_PROMOTION = "ORDER_PROMOTION"


class PaymentStatus(StrEnum):
    """How far an order is paid, in one word."""

    NOT_CHARGED = "NOT_CHARGED"
    PENDING = "PENDING"
    PARTIALLY_CHARGED = "PARTIALLY_CHARGED"
    FULLY_CHARGED = "FULLY_CHARGED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    FULLY_REFUNDED = "FULLY_REFUNDED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


FIRST: frozenset[OrderStatus] = frozenset(
    {OrderStatus.DRAFT, OrderStatus.UNCONFIRMED, OrderStatus.UNFULFILLED}
)
"""What an order may begin as."""

NEXT: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.DRAFT: frozenset({OrderStatus.UNCONFIRMED, OrderStatus.UNFULFILLED}),
    OrderStatus.UNCONFIRMED: frozenset({OrderStatus.UNFULFILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED}),
    OrderStatus.UNFULFILLED: frozenset(
        {
            OrderStatus.PARTIALLY_FULFILLED,
            OrderStatus.FULFILLED,
            OrderStatus.PARTIALLY_RETURNED,
            OrderStatus.RETURNED,
            OrderStatus.CANCELED,
        }
    ),
    OrderStatus.PARTIALLY_FULFILLED: frozenset(
        {
            OrderStatus.UNFULFILLED,
            OrderStatus.FULFILLED,
            OrderStatus.PARTIALLY_RETURNED,
            OrderStatus.RETURNED,
        }
    ),
    OrderStatus.FULFILLED: frozenset(
        {
            OrderStatus.UNFULFILLED,
            OrderStatus.PARTIALLY_FULFILLED,
            OrderStatus.PARTIALLY_RETURNED,
            OrderStatus.RETURNED,
        }
    ),
    OrderStatus.PARTIALLY_RETURNED: frozenset({OrderStatus.RETURNED}),
    OrderStatus.RETURNED: frozenset(),
    OrderStatus.CANCELED: frozenset(),
    OrderStatus.EXPIRED: frozenset(),
}


OVER: frozenset[OrderStatus] = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})
"""Nothing more comes of such an order."""


class IllegalTransition(Refusal):
    """An order cannot go from where it is to where it was told to."""

    code = "INVALID"

    def __init__(self, old: OrderStatus, new: OrderStatus) -> None:
        super().__init__(f"An order that is {old} cannot become {new}.", field="status")


def check_transition(old: OrderStatus | None, new: OrderStatus) -> None:
    """Raise ``IllegalTransition`` unless an order may go from ``old`` (None: it is being made) to ``new``."""
    if old is None:
        assert new in FIRST, f"no order begins as {new}"
    elif new not in NEXT[old]:
        raise IllegalTransition(old, new)


def check_payable(status: str) -> None:
    """Raise ``Invalid`` where nobody may begin to pay for an order that stands like this."""
    if status in OVER:
        raise Invalid(f"An order that is {status} is not paid for any more.", field="id")


def first_status(*, confirmed_automatically: bool) -> OrderStatus:
    """What an order that a shopper places begins as."""
    return OrderStatus.UNFULFILLED if confirmed_automatically else OrderStatus.UNCONFIRMED


def may_see(viewer: Viewer, user_id: int | None, status: str) -> bool:
    """Whether the viewer, who knows the order's id, may see the order of this customer.

    The id cannot be guessed, so knowing it is enough for an order that a guest placed. An order of somebody
    with an account is theirs and the staff's alone, as its addresses are. Drafts are the staff's.
    """
    if viewer.may(Permission.MANAGE_ORDERS):
        return True
    return status != OrderStatus.DRAFT and user_id in (None, viewer.user_id)


def payment_status(total: Decimal, charged: Decimal, refunded: Decimal) -> PaymentStatus:
    """``charged`` is what is left after what was ``refunded``. What costs nothing is charged fully."""
    if refunded > 0:
        return PaymentStatus.PARTIALLY_REFUNDED if charged > 0 else PaymentStatus.FULLY_REFUNDED
    if charged >= total:
        return PaymentStatus.FULLY_CHARGED
    return PaymentStatus.PARTIALLY_CHARGED if charged > 0 else PaymentStatus.NOT_CHARGED


def place_in_list(created_at: datetime, id: UUID) -> Key:
    """Where an order stands in a list of orders, the newest first."""
    return created_at.isoformat(), str(id)


def read_place(key: Key | None) -> tuple[datetime, UUID] | tuple[None, None]:
    """The reverse of ``place_in_list``; twice None for no key. Raises ``InvalidCursor``."""
    if key is None:
        return None, None
    try:
        moment, order_id = key
        return datetime.fromisoformat(str(moment)).astimezone(UTC), UUID(str(order_id))
    except (ValueError, OverflowError):
        raise InvalidCursor("This is not a cursor of this list.") from None
