"""What a cart costs."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.carts import (
    Cart,
    CartGiftCard,
    CartLine,
    CartVoucher,
    PricedCart,
    ValueKind,
    VoucherKind,
)
from domain.money import TaxedMoney, exponent
from domain.pricing import price, tax_by_rate

CURRENCIES = ("USD", "JPY", "KWD")
RATES = tuple(Decimal(rate) for rate in ("0", "0.055", "0.2", "0.23"))


def line(number: int, cost: str, quantity: int = 1, rate: str = "0", *, in_voucher: bool = True) -> CartLine:
    return CartLine(
        id=UUID(int=number),
        variant_id=number,
        product_id=number,
        quantity=quantity,
        full_price=Decimal(cost),
        price=Decimal(cost),
        tax_rate=Decimal(rate),
        tax_class_name=None,
        is_shipping_required=True,
        in_voucher=in_voucher,
    )


def voucher(
    value: str,
    kind: VoucherKind = VoucherKind.ENTIRE_ORDER,
    value_kind: ValueKind = ValueKind.FIXED,
    *,
    once_per_order: bool = False,
) -> CartVoucher:
    return CartVoucher(1, "SAVE", "Save", kind, value_kind, Decimal(value), once_per_order)


def cart(*lines: CartLine, shipping: str | None = None, with_tax: bool = True, **values: object) -> Cart:
    made = Cart(
        id=UUID(int=0),
        currency="USD",
        with_tax=with_tax,
        lines=lines,
        shipping_price=None if shipping is None else Decimal(shipping),
        shipping_tax_rate=Decimal(0),
        voucher=None,
        gift_cards=(),
    )
    return replace(made, **values)  # type: ignore[arg-type]  # whatever a test sets


def gross(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def test_an_empty_cart_costs_nothing() -> None:
    priced = price(cart())

    nothing = TaxedMoney(Decimal(0), Decimal(0), "USD")
    assert (priced.subtotal, priced.shipping, priced.total, priced.to_pay) == (
        nothing,
        nothing,
        nothing,
        nothing,
    )


def test_a_line_costs_its_unit_price_times_its_quantity() -> None:
    priced = price(cart(line(1, "9.99", 3), shipping="5"))

    assert priced.lines[0].unit.gross == Decimal("9.99")
    assert priced.lines[0].total.gross == Decimal("29.97")
    assert priced.subtotal.gross == Decimal("29.97")
    assert priced.total.gross == Decimal("34.97")


def test_tax_is_taken_out_of_gross_prices_and_put_on_net_ones() -> None:
    inside = price(cart(line(1, "12.30", rate="0.23"))).total
    on_top = price(cart(line(1, "10", rate="0.23"), with_tax=False)).total

    assert (inside.net, inside.tax, inside.gross) == (Decimal("10.00"), Decimal("2.30"), Decimal("12.30"))
    assert (on_top.net, on_top.tax, on_top.gross) == (Decimal("10.00"), Decimal("2.30"), Decimal("12.30"))


def test_a_fixed_voucher_for_the_order_is_spread_over_its_lines_by_what_they_cost() -> None:
    priced = price(cart(line(1, "4"), line(2, "45"), voucher=voucher("5")))

    assert [one.total.gross for one in priced.lines] == gross("3.59", "40.41")
    assert priced.discount.amount == Decimal("5.00")
    assert priced.undiscounted_total.gross == Decimal(49)


def test_thirds_of_a_cent_are_not_lost() -> None:
    priced = price(cart(line(1, "1"), line(2, "1"), line(3, "1"), voucher=voucher("1")))

    assert [one.discount for one in priced.lines] == gross("0.34", "0.33", "0.33")


def test_a_percentage_of_the_order_is_rounded_once() -> None:
    ten = voucher("10", value_kind=ValueKind.PERCENTAGE)

    priced = price(cart(line(1, "0.05"), line(2, "0.05"), line(3, "0.05"), voucher=ten))

    assert priced.discount.amount == Decimal("0.02")
    assert sum(one.discount for one in priced.lines) == Decimal("0.02")


def test_a_voucher_for_products_is_for_its_lines_only() -> None:
    for_two = voucher("10", VoucherKind.SPECIFIC_PRODUCT, ValueKind.PERCENTAGE)

    priced = price(cart(line(1, "45"), line(2, "20"), line(3, "1.99", in_voucher=False), voucher=for_two))

    assert [one.total.gross for one in priced.lines] == gross("40.50", "18.00", "1.99")
    assert priced.discount.amount == Decimal("6.50")


def test_a_fixed_voucher_for_products_comes_off_each_unit_and_never_below_zero() -> None:
    five = voucher("5", VoucherKind.SPECIFIC_PRODUCT)

    priced = price(cart(line(1, "20", 3), line(2, "4", 2), voucher=five))

    assert [one.discount for one in priced.lines] == gross("15", "8")
    assert [one.unit.gross for one in priced.lines] == gross("15.00", "0.00")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(VoucherKind.ENTIRE_ORDER, ["0", "0", "4"]), (VoucherKind.SPECIFIC_PRODUCT, ["0", "5", "0"])],
)
def test_once_per_order_is_one_unit_of_the_cheapest_line(kind: VoucherKind, expected: list[str]) -> None:
    once = voucher("5", kind, once_per_order=True)

    priced = price(cart(line(1, "45"), line(2, "20", 3), line(3, "4", in_voucher=False), voucher=once))

    assert [one.discount for one in priced.lines] == gross(*expected)


def test_a_shipping_voucher_lowers_shipping_alone() -> None:
    free = voucher("100", VoucherKind.SHIPPING, ValueKind.PERCENTAGE)

    priced = price(cart(line(1, "20"), shipping="7", voucher=free))

    assert (priced.subtotal.gross, priced.shipping.gross) == (Decimal(20), Decimal(0))
    assert (priced.undiscounted_shipping.gross, priced.discount.amount) == (Decimal(7), Decimal(7))


def test_gift_cards_pay_in_the_order_they_were_added_and_change_no_price() -> None:
    cards = (CartGiftCard(7, Decimal(30)), CartGiftCard(5, Decimal(100)), CartGiftCard(6, Decimal(1)))

    priced = price(cart(line(1, "50", rate="0.25"), gift_cards=cards))

    assert priced.gift_cards == [(7, Decimal(30)), (5, Decimal(20))]
    assert priced.total == TaxedMoney(Decimal(40), Decimal(50), "USD")
    assert priced.to_pay == TaxedMoney(Decimal(0), Decimal(0), "USD")


def test_what_remains_to_be_paid_has_its_share_of_the_tax() -> None:
    priced = price(cart(line(1, "50", rate="0.25"), gift_cards=(CartGiftCard(7, Decimal(25)),)))

    assert priced.to_pay == TaxedMoney(Decimal("20.00"), Decimal("25.00"), "USD")


def test_a_card_that_may_not_be_used_pays_nothing() -> None:
    priced = price(cart(line(1, "50"), gift_cards=(CartGiftCard(7, Decimal(25), is_usable=False),)))

    assert (priced.gift_cards, priced.to_pay.gross) == ([], Decimal(50))


def test_the_tax_summary_names_each_rate_once() -> None:
    priced = price(
        cart(
            line(1, "10", rate="0.2"),
            line(2, "10", rate="0.2"),
            line(3, "10", rate="0.05"),
            line(4, "10"),
            with_tax=False,
            shipping="5",
            shipping_tax_rate=Decimal("0.05"),
        )
    )

    assert tax_by_rate(priced) == {Decimal("0.2"): Decimal("4.00"), Decimal("0.05"): Decimal("0.75")}


amounts = st.decimals(min_value=0, max_value=10_000, places=4)
lines = st.builds(
    CartLine,
    id=st.uuids(),
    variant_id=st.integers(1, 9),
    product_id=st.integers(1, 9),
    quantity=st.integers(1, 50),
    full_price=amounts,
    price=amounts,
    tax_rate=st.sampled_from(RATES),
    tax_class_name=st.none(),
    is_shipping_required=st.booleans(),
    in_voucher=st.booleans(),
)
vouchers = st.builds(
    CartVoucher,
    voucher_id=st.just(1),
    code=st.just("SAVE"),
    name=st.just("Save"),
    kind=st.sampled_from(VoucherKind),
    value_kind=st.sampled_from(ValueKind),
    value=st.decimals(min_value=0, max_value=100, places=2),
    once_per_order=st.booleans(),
)
carts = st.builds(
    Cart,
    id=st.uuids(),
    currency=st.sampled_from(CURRENCIES),
    with_tax=st.booleans(),
    lines=st.lists(lines, max_size=8),
    shipping_price=st.none() | amounts,
    shipping_tax_rate=st.sampled_from(RATES),
    voucher=st.none() | vouchers,
    gift_cards=st.lists(
        st.builds(CartGiftCard, id=st.integers(1, 9), balance=amounts, is_usable=st.booleans()), max_size=3
    ),
)


def figures(priced: PricedCart) -> list[TaxedMoney]:
    named = (
        priced.subtotal,
        priced.shipping,
        priced.undiscounted_shipping,
        priced.total,
        priced.undiscounted_total,
    )
    return [
        *named,
        priced.to_pay,
        *(part for one in priced.lines for part in (one.unit, one.total, one.undiscounted_unit)),
    ]


@given(carts)
def test_every_figure_is_of_whole_units_and_never_below_zero(given_cart: Cart) -> None:
    unit = exponent(given_cart.currency)

    for figure in figures(price(given_cart)):
        assert 0 <= figure.net <= figure.gross
        assert figure.net % unit == 0
        assert figure.gross % unit == 0


@given(carts)
def test_totals_are_sums(given_cart: Cart) -> None:
    priced = price(given_cart)

    assert priced.subtotal.gross == sum(one.total.gross for one in priced.lines)
    assert priced.subtotal.net == sum(one.total.net for one in priced.lines)
    assert priced.total.gross == priced.subtotal.gross + priced.shipping.gross
    assert priced.total.tax == priced.subtotal.tax + priced.shipping.tax
    assert priced.to_pay.gross == priced.total.gross - sum(amount for _, amount in priced.gift_cards)


@given(carts)
def test_discounts_add_up_to_the_whole_discount(given_cart: Cart) -> None:
    priced = price(given_cart)

    assert priced.discount.amount == sum((one.discount for one in priced.lines), priced.shipping_discount)
    if given_cart.voucher and given_cart.voucher.kind is VoucherKind.ENTIRE_ORDER:
        without = price(replace(given_cart, voucher=None))
        entered = "gross" if given_cart.with_tax else "net"
        saved = getattr(without.subtotal, entered) - getattr(priced.subtotal, entered)
        assert saved == priced.discount.amount


@given(carts)
def test_the_tax_summary_adds_up_to_the_whole_tax(given_cart: Cart) -> None:
    priced = price(given_cart)

    assert sum(tax_by_rate(priced).values()) == priced.total.tax


@given(carts, vouchers)
def test_a_code_worth_nothing_changes_no_figure(given_cart: Cart, code: CartVoucher) -> None:
    worthless = replace(given_cart, voucher=replace(code, value=Decimal(0)))

    assert price(worthless) == price(replace(given_cart, voucher=None))
