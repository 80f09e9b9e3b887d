"""Completing a checkout: what is missing, whether it is paid, and what the order keeps."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from domain.carts import Cart, CartGiftCard, CartLine, CartVoucher, ValueKind, VoucherKind
from domain.completing import (
    Standing,
    first_history,
    line_figures,
    payment_refusals,
    refusals_to_complete,
)
from domain.order_letters import order_placed
from domain.orders import OrderStatus
from domain.payment_states import ChargeStatus
from domain.pricing import price

LINE = CartLine(
    id=UUID(int=1),
    variant_id=1,
    product_id=1,
    quantity=3,
    full_price=Decimal(12),
    price=Decimal(10),
    tax_rate=Decimal("0.25"),
    tax_class_name="Mugs",
    is_shipping_required=True,
    in_voucher=True,
)
CART = Cart(
    id=UUID(int=0),
    currency="USD",
    with_tax=True,
    lines=[LINE],
    shipping_price=Decimal(5),
    shipping_tax_rate=Decimal(0),
    voucher=None,
    gift_cards=[],
)
READY = Standing(
    channel_is_active=True,
    has_email=True,
    has_shipping_address=True,
    has_billing_address=True,
    is_delivery_chosen=True,
    is_collected=False,
    delivery_is_open=True,
)
DIGITAL = replace(CART, lines=[replace(LINE, is_shipping_required=False)])


def codes(cart: Cart, **changes: bool) -> list[str]:
    return [refusal.code for refusal in refusals_to_complete(cart, replace(READY, **changes))]


def test_a_checkout_that_has_everything_is_ready() -> None:
    assert codes(CART) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("channel_is_active", "CHANNEL_INACTIVE"),
        ("has_email", "EMAIL_NOT_SET"),
        ("has_billing_address", "BILLING_ADDRESS_NOT_SET"),
        ("has_shipping_address", "SHIPPING_ADDRESS_NOT_SET"),
        ("is_delivery_chosen", "SHIPPING_METHOD_NOT_SET"),
        ("delivery_is_open", "DELIVERY_METHOD_NOT_APPLICABLE"),
    ],
)
def test_what_is_missing_has_a_code_of_its_own(missing: str, code: str) -> None:
    assert codes(CART, **{missing: False}) == [code]


def test_what_is_not_shipped_needs_no_delivery() -> None:
    assert codes(DIGITAL, has_shipping_address=False, is_delivery_chosen=False) == []


def test_what_is_fetched_needs_no_address_to_go_to() -> None:
    assert codes(CART, is_collected=True, has_shipping_address=False, is_delivery_chosen=False) == []


def test_a_code_that_may_not_be_used_is_refused_in_its_own_words() -> None:
    (refusal,) = refusals_to_complete(replace(CART, voucher_problem="This code has expired."), READY)

    assert (refusal.code, refusal.message) == ("VOUCHER_NOT_APPLICABLE", "This code has expired.")


@pytest.mark.parametrize("card", [CartGiftCard(1, Decimal(0)), CartGiftCard(1, Decimal(5), is_usable=False)])
def test_a_card_that_pays_nothing_is_refused(card: CartGiftCard) -> None:
    assert codes(replace(CART, gift_cards=[card])) == ["GIFT_CARD_NOT_APPLICABLE"]


@pytest.mark.parametrize(
    ("covered", "allows_unpaid", "refused"),
    [
        ("35", False, []),
        ("34.99", False, ["CHECKOUT_NOT_FULLY_PAID"]),
        ("0", False, ["CHECKOUT_NOT_FULLY_PAID"]),
        ("34.99", True, []),
        ("0", True, []),
        ("35.01", False, ["PAYMENT_ERROR"]),
        ("35.01", True, ["PAYMENT_ERROR"]),
    ],
)
def test_what_was_paid_has_to_be_the_price(covered: str, allows_unpaid: bool, refused: list[str]) -> None:  # noqa: FBT001  # a table
    found = payment_refusals(Decimal(35), Decimal(covered), "USD", allows_unpaid=allows_unpaid)

    assert [refusal.code for refusal in found] == refused


def test_a_difference_is_told_with_both_figures() -> None:
    (refusal,) = payment_refusals(Decimal("1100.00"), Decimal("20.50"), "USD", allows_unpaid=False)

    assert refusal.message == "The checkout is not fully paid: it costs 1100 USD, and 20.5 USD was paid."


@pytest.mark.parametrize(("with_tax", "came_off"), [(True, "3"), (False, "3")])
def test_a_unit_keeps_what_came_off_it_as_it_was_entered(with_tax: bool, came_off: str) -> None:  # noqa: FBT001  # a table
    voucher = CartVoucher(
        1, "SAVE", "Save", VoucherKind.ENTIRE_ORDER, ValueKind.FIXED, Decimal(3), once_per_order=False
    )
    cart = replace(CART, with_tax=with_tax, voucher=voucher)

    (figures,) = line_figures(cart, price(cart))

    # Two by the sale, one of three by the voucher.
    assert (figures.unit_discount_amount, figures.unit_discount_reason) == (
        Decimal(came_off),
        "Voucher code: SAVE",
    )
    assert (figures.tax_rate, figures.tax_class_name) == (Decimal("0.25"), "Mugs")


def test_the_history_begins_with_what_happened() -> None:
    def kinds(status: OrderStatus, charged: ChargeStatus) -> list[str]:
        return [entry.kind for entry in first_history(status, charged)]

    assert kinds(OrderStatus.UNCONFIRMED, ChargeStatus.NONE) == ["PLACED"]
    assert kinds(OrderStatus.UNFULFILLED, ChargeStatus.PARTIAL) == ["PLACED", "CONFIRMED"]
    assert kinds(OrderStatus.UNCONFIRMED, ChargeStatus.FULL) == ["PLACED", "ORDER_FULLY_PAID"]


def test_an_order_that_was_placed_by_itself_says_so() -> None:
    history = first_history(OrderStatus.UNCONFIRMED, ChargeStatus.FULL, by_itself=True)

    assert [entry.kind for entry in history] == [
        "PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT",
        "ORDER_FULLY_PAID",
    ]


def test_the_confirmation_tells_what_was_bought_and_what_a_card_paid() -> None:
    cart = replace(CART, gift_cards=[CartGiftCard(1, Decimal(20))])

    letter = order_placed("17", [("Mug", "", 3, Decimal("30.0000"))], price(cart), None)

    assert letter.subject == "Your order 17"
    assert letter.text.splitlines() == [
        "Thank you for your order 17.",
        "",
        "3 x Mug: 30.00 USD",
        "Delivery: 5.00 USD",
        "Total: 35.00 USD",
        "Paid by gift card: 20.00 USD",
    ]
