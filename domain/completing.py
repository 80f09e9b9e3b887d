"""Completing a checkout: why it may not become an order yet, and what the order keeps of its prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from domain.carts import Cart, PricedCart, PricedLine
from domain.checkouts import ChannelInactive, DeliveryNotApplicable, ShippingAddressNotSet
from domain.order_events import HistoryEntry, OrderEventKind
from domain.orders import OrderStatus
from domain.payment_states import PAID, ChargeStatus
from domain.refusals import Refusal
from domain.vouchers import GiftCardNotApplicable, VoucherNotApplicable


class NoLines(Refusal):
    code = "NO_LINES"


class EmailNotSet(Refusal):
    code = "EMAIL_NOT_SET"


class BillingAddressNotSet(Refusal):
    code = "BILLING_ADDRESS_NOT_SET"


class ShippingMethodNotSet(Refusal):
    code = "SHIPPING_METHOD_NOT_SET"


class NotFullyPaid(Refusal):
    """Names both figures: what the cart costs now, and what was paid."""

    code = "CHECKOUT_NOT_FULLY_PAID"


class PaidAnotherTotal(Refusal):
    """More was paid than the cart costs now. Names both figures."""

    code = "PAYMENT_ERROR"


class PaidAnotherCart(Refusal):
    """What was paid is for something else than there is now, and costs the same."""

    code = "PAYMENT_ERROR"


CHANGED: Final = (
    "The checkout is not what was paid for. Put it back as it was, or call transactionProcess for its "
    "payment, which is then for the checkout as it is now, or have the payment refunded or voided."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a checkout has. ``is_collected``: the shopper fetches the goods.

    ``delivery_is_open``: what was chosen can still be had.
    """

    channel_is_active: bool
    has_email: bool
    has_shipping_address: bool
    has_billing_address: bool
    is_delivery_chosen: bool
    is_collected: bool
    delivery_is_open: bool


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What an order line keeps of the cart's line of the same id, beside its names."""

    id: UUID
    is_shipping_required: bool
    unit_net: Decimal
    unit_gross: Decimal
    undiscounted_unit_net: Decimal
    undiscounted_unit_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    undiscounted_total_net: Decimal
    undiscounted_total_gross: Decimal
    unit_discount_amount: Decimal
    unit_discount_reason: str | None
    tax_rate: Decimal
    tax_class_name: str | None


def refusals_to_complete(cart: Cart, standing: Standing) -> list[Refusal]:
    """Everything that is missing or no longer holds, prices, payment and stock left aside."""
    shipped = cart.is_shipping_required
    delivered = shipped and not standing.is_collected
    chosen = standing.is_delivery_chosen or standing.is_collected
    spent = any(not card.is_usable or card.balance <= 0 for card in cart.gift_cards)
    checks: tuple[tuple[bool, Refusal], ...] = (
        (
            not standing.channel_is_active,
            ChannelInactive("The shop does not sell in this channel.", field="channel"),
        ),
        (not cart.lines, NoLines("There is nothing in the checkout.", field="lines")),
        (not standing.has_email, EmailNotSet("The checkout needs an e-mail address.", field="email")),
        (
            not standing.has_billing_address,
            BillingAddressNotSet("The checkout needs a billing address.", field="billingAddress"),
        ),
        (
            delivered and not standing.has_shipping_address,
            ShippingAddressNotSet("The checkout needs a shipping address.", field="shippingAddress"),
        ),
        (
            shipped and not chosen,
            ShippingMethodNotSet("A way to deliver has to be chosen.", field="deliveryMethod"),
        ),
        (
            shipped and chosen and not standing.delivery_is_open,
            DeliveryNotApplicable("The chosen way to deliver can no longer be had.", field="deliveryMethod"),
        ),
        (
            cart.voucher_problem is not None,
            VoucherNotApplicable(cart.voucher_problem or "", field="voucherCode"),
        ),
        (spent, GiftCardNotApplicable("A gift card can no longer be used.", field="giftCards")),
    )
    return [refusal for holds, refusal in checks if holds]


def payment_refusals(
    due: Decimal, covered: Decimal, currency: str, *, allows_unpaid: bool, is_another: bool = False
) -> list[Refusal]:
    """Whether what was paid is what the cart costs now; ``covered`` is what was promised or charged.

    The price shown is the price charged: any other sum is refused, less only unless the channel
    ``allows_unpaid``. So is the same sum where it was for something else (``is_another``).
    """
    figures = f"it costs {due.normalize():f} {currency}, and {covered.normalize():f} {currency} was paid"
    if covered > due:
        return [PaidAnotherTotal(f"The checkout has changed since it was paid: {figures}.")]
    if covered < due and not allows_unpaid:
        return [NotFullyPaid(f"The checkout is not fully paid: {figures}.")]
    if is_another:
        return [PaidAnotherCart(CHANGED)]
    return []


def line_figures(cart: Cart, priced: PricedCart) -> list[LineFigures]:
    """In the cart's order. The discount of a unit is as entered: gross where prices are entered with tax."""
    reason = f"Voucher code: {cart.voucher.code}" if cart.voucher else None
    return [
        LineFigures(
            id=line.id,
            is_shipping_required=line.is_shipping_required,
            unit_net=figures.unit.net,
            unit_gross=figures.unit.gross,
            undiscounted_unit_net=figures.undiscounted_unit.net,
            undiscounted_unit_gross=figures.undiscounted_unit.gross,
            total_net=figures.total.net,
            total_gross=figures.total.gross,
            undiscounted_total_net=figures.undiscounted_total.net,
            undiscounted_total_gross=figures.undiscounted_total.gross,
            unit_discount_amount=_unit_discount(figures, with_tax=cart.with_tax),
            unit_discount_reason=reason if figures.discount > 0 else None,
            tax_rate=figures.tax_rate,
            tax_class_name=line.tax_class_name,
        )
        for line, figures in zip(cart.lines, priced.lines, strict=True)
    ]


def first_history(
    status: OrderStatus, charged: ChargeStatus, *, by_itself: bool = False
) -> Sequence[HistoryEntry]:
    """What there is to tell of an order that was placed just now, by somebody or ``by_itself``."""
    placed = OrderEventKind.PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT if by_itself else OrderEventKind.PLACED
    told = ((True, placed), (status is OrderStatus.UNFULFILLED, OrderEventKind.CONFIRMED))
    paid = (charged in PAID, OrderEventKind.ORDER_FULLY_PAID)
    return [HistoryEntry(kind) for happened, kind in (*told, paid) if happened]


def _unit_discount(figures: PricedLine, *, with_tax: bool) -> Decimal:
    if with_tax:
        return figures.undiscounted_unit.gross - figures.unit.gross
    return figures.undiscounted_unit.net - figures.unit.net
