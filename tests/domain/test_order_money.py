"""From a cart to its order, its payments and what goes back: no cent is made, and none is lost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.carts import Cart
from domain.completing import line_figures
from domain.money import ZERO, exponent, rounded, spread
from domain.payments import amount_to_pay
from domain.pricing import price
from tests.domain.test_pricing import carts


@given(carts)
def test_an_orders_lines_add_up_to_its_subtotal(cart: Cart) -> None:
    priced = price(cart)

    figures = line_figures(cart, priced)

    assert sum((one.total_net for one in figures), ZERO) == priced.subtotal.net
    assert sum((one.total_gross for one in figures), ZERO) == priced.subtotal.gross


@given(carts)
def test_gift_cards_and_what_remains_are_the_whole(cart: Cart) -> None:
    priced = price(cart)
    balances: dict[int, list[Decimal]] = {}
    for card in cart.gift_cards:
        balances.setdefault(card.id, []).append(rounded(card.balance, cart.currency))

    assert sum((amount for _, amount in priced.gift_cards), priced.to_pay.gross) == priced.total.gross
    assert priced.to_pay.net <= priced.total.net
    assert all(ZERO < amount <= max(balances[card_id]) for card_id, amount in priced.gift_cards)


@given(carts, st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_paid_in_parts_it_is_paid_to_the_last_unit(cart: Cart, parts: list[int]) -> None:
    due = price(cart).to_pay.gross
    unit, paid = exponent(cart.currency), ZERO

    for part in parts:
        wanted = (due * part / 100).quantize(unit)
        if ZERO < wanted <= due - paid:
            paid += amount_to_pay(due, paid, wanted)
    if paid < due:
        paid += amount_to_pay(due, paid, None)

    assert paid == due
    assert paid % unit == 0


@given(carts, st.data())
def test_what_is_given_back_line_by_line_is_the_whole_to_the_last_unit(
    cart: Cart, data: st.DataObject
) -> None:
    """A refund spread over lines, some of it first and the rest after, comes to what was paid for them."""
    priced = price(cart)
    weights = [one.total.gross for one in priced.lines]
    whole = priced.subtotal.gross
    first = rounded(whole * data.draw(st.integers(0, 100)) / 100, cart.currency)

    once = spread(first, weights, cart.currency)
    rest = spread(
        whole - first, [line - back for line, back in zip(weights, once, strict=True)], cart.currency
    )

    assert sum(once, ZERO) + sum(rest, ZERO) == (whole if any(weights) else ZERO)
    assert all(ZERO <= back <= line for line, back in zip(weights, once, strict=True))
    assert [a + b for a, b in zip(once, rest, strict=True)] == weights


@given(carts)
def test_pricing_again_changes_nothing(cart: Cart) -> None:
    assert price(cart) == price(cart)
