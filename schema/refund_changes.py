"""Granting money back, and paying it out: inputs, and what answers them."""

from collections.abc import Sequence
from uuid import UUID

import strawberry

from domain.refunds import Grant, GrantChange, Purse
from domain.refusals import Invalid, Required
from schema import ids
from schema.orders import Order
from schema.refund_errors import (
    OrderGrantRefundCreateError,
    OrderGrantRefundUpdateError,
    TransactionRequestRefundForGrantedRefundError,
)
from schema.refunds import OrderGrantedRefund
from schema.scalars import Decimal
from schema.transactions import TransactionItem

MANY = 2**31 - 1  # more units than any order has
PAYMENT = "The payment that it goes back to; or name a gift card."
CARD = "The gift card that it goes back to; or name a payment."
AMOUNT = (
    "How much; where left out, what the lines and the shipping cost, as far as there is so much to give back."
)
SHIPPING = "Whether shipping is given back too."


@strawberry.input(description="Units of an order's line to give money back for.")
class OrderGrantRefundCreateLineInput:
    id: strawberry.ID = strawberry.field(description="The line of the order.")
    quantity: int = strawberry.field(description="How many units.")
    reason: str | None = strawberry.field(description="Why, if there is a reason of their own.", default=None)


@strawberry.input(description="Money to give back for an order.")
class OrderGrantRefundCreateInput:
    amount: Decimal | None = strawberry.field(description=AMOUNT, default=None)
    reason: str | None = strawberry.field(description="Why.", default=None)
    lines: list[OrderGrantRefundCreateLineInput] | None = strawberry.field(
        description="The units that it is for.", default=None
    )
    grant_refund_for_shipping: bool | None = strawberry.field(description=SHIPPING, default=None)
    transaction_id: strawberry.ID | None = strawberry.field(description=PAYMENT, default=None)
    gift_card_id: strawberry.ID | None = strawberry.field(description=CARD, default=None)


@strawberry.input(description="Units of an order's line to give money back for as well.")
class OrderGrantRefundUpdateLineAddInput:
    id: strawberry.ID = strawberry.field(description="The line of the order.")
    quantity: int = strawberry.field(description="How many units.")
    reason: str | None = strawberry.field(description="Why, if there is a reason of their own.", default=None)


@strawberry.input(description="What is to become of a grant; what is left out stays.")
class OrderGrantRefundUpdateInput:
    amount: Decimal | None = strawberry.field(
        description="How much; where left out while lines or shipping change, what they cost.", default=None
    )
    reason: str | None = strawberry.field(description="Why.", default=None)
    add_lines: list[OrderGrantRefundUpdateLineAddInput] | None = strawberry.field(
        description="Units that it is for as well.", default=None
    )
    remove_lines: list[strawberry.ID] | None = strawberry.field(
        description="Lines of the grant that it is no longer for.", default=None
    )
    grant_refund_for_shipping: bool | None = strawberry.field(description=SHIPPING, default=None)
    transaction_id: strawberry.ID | None = strawberry.field(description=PAYMENT, default=None)
    gift_card_id: strawberry.ID | None = strawberry.field(description=CARD, default=None)


@strawberry.type(description="Money that was granted back.")
class OrderGrantRefundCreate:
    granted_refund: OrderGrantedRefund | None = strawberry.field(
        description="What was granted.", default=None
    )
    order: Order | None = strawberry.field(description="The order, as it stands now.", default=None)
    errors: list[OrderGrantRefundCreateError] = strawberry.field(
        description="Why nothing was granted.", default_factory=list
    )


@strawberry.type(description="A grant that was changed.")
class OrderGrantRefundUpdate:
    granted_refund: OrderGrantedRefund | None = strawberry.field(
        description="What is granted now.", default=None
    )
    order: Order | None = strawberry.field(description="The order, as it stands now.", default=None)
    errors: list[OrderGrantRefundUpdateError] = strawberry.field(
        description="Why it was not changed.", default_factory=list
    )


@strawberry.type(description="A grant that is paid out.")
class TransactionRequestRefundForGrantedRefund:
    transaction: TransactionItem | None = strawberry.field(
        description="The payment, as it stands now; null where it went onto a gift card.", default=None
    )
    granted_refund: OrderGrantedRefund | None = strawberry.field(
        description="The grant, as it stands now.", default=None
    )
    errors: list[TransactionRequestRefundForGrantedRefundError] = strawberry.field(
        description="Why it is not paid out.", default_factory=list
    )


def grant_of(given: OrderGrantRefundCreateInput) -> tuple[Purse, Grant]:
    """What the input says. Raises ``Required`` and ``Invalid``."""
    purse = purse_of(given.transaction_id, given.gift_card_id)
    if purse is None:
        raise Required("A payment or a gift card has to be named.", field="transactionId")
    units, reasons = units_of(given.lines or [], "lines")
    return purse, Grant(
        amount=given.amount,
        units=units,
        shipping=bool(given.grant_refund_for_shipping),
        reason=given.reason or "",
        reasons=reasons,
    )


def change_of(given: OrderGrantRefundUpdateInput) -> GrantChange:
    """What the input says. Raises ``Invalid``."""
    units, reasons = units_of(given.add_lines or [], "addLines")
    removed = ids.parse_all("OrderGrantedRefundLine", given.remove_lines or [], field="removeLines")
    return GrantChange(
        amount=given.amount,
        added=units,
        removed=frozenset(removed or ()),
        shipping=given.grant_refund_for_shipping,
        purse=purse_of(given.transaction_id, given.gift_card_id),
        reason=given.reason,
        reasons=reasons,
    )


def purse_of(payment: str | None, card: str | None) -> Purse | None:
    """Where money goes back to, by its id. Raises ``Invalid`` where both are named."""
    if payment is not None and card is not None:
        raise Invalid("Name a payment or a gift card, not both.", field="giftCardId")
    if payment is not None:
        return ids.parse_uuid("TransactionItem", payment, field="transactionId")
    return None if card is None else ids.parse("GiftCard", card, field="giftCardId")


def units_of(
    lines: Sequence[OrderGrantRefundCreateLineInput | OrderGrantRefundUpdateLineAddInput], named: str
) -> tuple[dict[UUID, int], dict[UUID, str]]:
    """Units and reasons by line: the same line twice counts as one."""
    units: dict[UUID, int] = {}
    reasons: dict[UUID, str] = {}
    for line in lines:
        key = ids.parse_uuid("OrderLine", line.id, field=named)
        if line.quantity < 1:
            raise Invalid("A quantity has to be 1 or more.", field=named)
        units[key] = min(units.get(key, 0) + line.quantity, MANY)
        if line.reason is not None:
            reasons[key] = line.reason
    return units, reasons
