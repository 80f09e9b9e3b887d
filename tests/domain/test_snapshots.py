"""What a payment is for: what changes it, and what does not."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.carts import Cart, CartGiftCard, CartLine, CartVoucher, ValueKind, VoucherKind
from domain.snapshots import Arrangement, fingerprint, is_another
from tests.domain.test_completing import LINE as MUG

CUP = replace(MUG, id=UUID(int=2), variant_id=2, quantity=1, price=Decimal("4.5"))
SAVE = CartVoucher(
    7, "SAVE", "Save", VoucherKind.ENTIRE_ORDER, ValueKind.FIXED, Decimal(3), once_per_order=False
)
CART = Cart(
    id=UUID(int=0),
    currency="USD",
    with_tax=True,
    lines=[MUG, CUP],
    shipping_price=Decimal(5),
    shipping_tax_rate=Decimal(0),
    voucher=SAVE,
    gift_cards=[CartGiftCard(1, Decimal(4)), CartGiftCard(2, Decimal(50))],
)
CARDS = [(1, Decimal(4)), (2, Decimal("1.5"))]
HOME = ["Ada", "Byron", "1 Main Street"]
WORK = ["Ada", "Byron", "2 Main Street"]
POST = Arrangement(HOME, WORK, shipping_method_id=1, collection_point_id=None)
FETCHED = replace(POST, collection_point_id=1)
DIGITAL = replace(
    CART, lines=[replace(line, is_shipping_required=False) for line in CART.lines], shipping_price=None
)


def of(
    cart: Cart = CART, cards: Sequence[tuple[int, Decimal]] = CARDS, arrangement: Arrangement = POST
) -> str:
    return fingerprint(cart, cards, arrangement)


@pytest.mark.parametrize(
    "cart",
    [
        replace(CART, lines=[MUG]),
        replace(CART, lines=[replace(MUG, variant_id=3), CUP]),
        replace(CART, lines=[replace(MUG, quantity=2), replace(CUP, quantity=2)]),
        replace(CART, lines=[replace(MUG, price=Decimal("9.99")), CUP]),
        replace(CART, lines=[replace(MUG, price=CUP.price), replace(CUP, price=MUG.price)]),
        replace(CART, voucher=None),
        replace(CART, voucher=replace(SAVE, code="OTHER")),
        replace(CART, currency="EUR"),
        replace(CART, shipping_price=Decimal(6)),
        replace(CART, shipping_price=None),
    ],
)
def test_another_cart_is_something_else(cart: Cart) -> None:
    assert of(cart) != of()


@pytest.mark.parametrize(
    "cards",
    [[], [(1, Decimal(4))], [(3, Decimal(4)), (2, Decimal("1.5"))], [(1, Decimal("1.5")), (2, Decimal(4))]],
)
def test_so_are_other_cards_and_the_same_paying_other_parts(cards: Sequence[tuple[int, Decimal]]) -> None:
    assert of(cards=cards) != of()


@pytest.mark.parametrize(
    "arrangement",
    [
        replace(POST, shipping_address=WORK),
        replace(POST, shipping_address=None),
        replace(POST, billing_address=HOME),
        replace(POST, billing_address=None),
        replace(POST, shipping_address=WORK, billing_address=HOME),
        replace(POST, shipping_method_id=2),
        replace(POST, shipping_method_id=None),
        FETCHED,
        replace(POST, collection_point_id=1, shipping_method_id=None),
    ],
)
def test_so_is_another_way_or_place_to_send_it(arrangement: Arrangement) -> None:
    assert of(arrangement=arrangement) != of()


@pytest.mark.parametrize(
    "cart",
    [
        replace(CART, id=UUID(int=9)),
        replace(CART, lines=[CUP, MUG]),
        replace(CART, lines=[replace(MUG, id=UUID(int=8)), CUP]),
        replace(CART, lines=[replace(MUG, quantity=1), CUP, replace(MUG, id=UUID(int=8), quantity=2)]),
        replace(CART, lines=[replace(MUG, price=Decimal("10.000"), full_price=Decimal(20)), CUP]),
        replace(CART, shipping_price=Decimal("5.0000")),
        replace(CART, gift_cards=[]),
        replace(CART, voucher_problem="Never mind."),
    ],
)
def test_what_becomes_the_same_order_is_the_same(cart: Cart) -> None:
    assert of(cart) == of()


def test_so_are_cards_in_another_order_that_pay_the_same() -> None:
    assert of(cards=[(2, Decimal("1.50")), (1, Decimal("4.00"))]) == of()


@pytest.mark.parametrize(
    ("cart", "arrangement"), [(DIGITAL, POST), (replace(CART, shipping_price=Decimal(0)), FETCHED)]
)
def test_a_way_to_deliver_that_is_not_taken_does_not_count(cart: Cart, arrangement: Arrangement) -> None:
    unchosen = replace(arrangement, shipping_method_id=None)

    assert of(cart, arrangement=unchosen) == of(cart, arrangement=arrangement)


def test_two_places_that_hand_goods_over_differ() -> None:
    assert of(arrangement=replace(FETCHED, collection_point_id=2)) != of(arrangement=FETCHED)


LINES = st.lists(
    st.builds(
        lambda variant, quantity, cents: replace(
            MUG, variant_id=variant, quantity=quantity, price=Decimal(cents) / 100
        ),
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(1, 3),
    ),
    max_size=5,
)


def units(lines: Sequence[CartLine]) -> list[tuple[int, Decimal]]:
    """Every single unit, with its price."""
    return sorted((line.variant_id, line.price) for line in lines for _ in range(line.quantity))


@given(LINES, st.randoms(use_true_random=False))
def test_lines_may_be_in_any_order(lines: list[CartLine], random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis has no name for its type

    assert of(replace(CART, lines=mixed)) == of(replace(CART, lines=lines))


@given(LINES, LINES)
def test_carts_are_the_same_exactly_where_their_units_are(one: list[CartLine], other: list[CartLine]) -> None:
    # An empty cart ships nothing, so its way to deliver does not count.
    carts = [
        replace(DIGITAL, lines=[replace(line, is_shipping_required=False) for line in lines])
        for lines in (one, other)
    ]

    assert (of(carts[0]) == of(carts[1])) == (units(one) == units(other))


@pytest.mark.parametrize(("paid_for", "expected"), [(None, False), ("a", False), ("b", True)])
def test_only_what_is_known_to_be_another_is(paid_for: str | None, *, expected: bool) -> None:
    assert is_another(paid_for, "a") is expected
