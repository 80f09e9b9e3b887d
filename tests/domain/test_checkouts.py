"""Carts: who may touch them, what may be put into them, and which lines are one."""

from decimal import Decimal

import pytest

from domain.access import GUEST, Permission, Viewer
from domain.checkouts import NewLine, Offer, line_refusals, may_touch, merged, refusals_to_sell, shortages

OPEN = Offer(is_listed=True, is_published=True, is_for_sale=True, quantity_limit=None)


@pytest.mark.parametrize(
    ("viewer", "user_id", "allowed"),
    [
        (GUEST, None, True),
        (Viewer(user_id=1), None, True),
        (Viewer(user_id=1), 1, True),
        (GUEST, 1, False),
        (Viewer(user_id=2), 1, False),
        (Viewer(user_id=2, is_staff=True), 1, False),
        (Viewer(user_id=2, permissions=frozenset({Permission.HANDLE_CHECKOUTS})), 1, True),
        (Viewer(user_id=2, permissions=frozenset({Permission.MANAGE_CHECKOUTS})), 1, True),
        (Viewer(user_id=2, permissions=frozenset({Permission.MANAGE_ORDERS})), 1, False),
    ],
)
def test_a_cart_is_its_customers_or_whoever_holds_the_id_of_nobodys(
    viewer: Viewer, user_id: int | None, *, allowed: bool
) -> None:
    assert may_touch(viewer, user_id) is allowed


def test_lines_of_a_variant_are_one_unless_they_are_to_be_alone() -> None:
    lines = [NewLine(1, 2), NewLine(2, 1), NewLine(1, 3), NewLine(1, 4, alone=True), NewLine(1, 1)]

    assert [(line.variant_id, line.quantity, line.alone) for line in merged(lines)] == [
        (1, 6, False),
        (2, 1, False),
        (1, 4, True),
    ]


def test_the_latest_price_of_a_variant_holds() -> None:
    lines = [NewLine(1, 1, Decimal(5), "old"), NewLine(1, 1, Decimal(4), "new"), NewLine(1, 1)]

    (line,) = merged(lines)

    assert (line.quantity, line.price, line.price_reason) == (3, Decimal(4), "new")


def test_a_quantity_below_one_and_a_reason_without_a_price_are_both_named() -> None:
    found = line_refusals([NewLine(1, 0), NewLine(2, -1), NewLine(3, 1, price_reason="because")])

    assert [refusal.code for refusal in found] == ["ZERO_QUANTITY", "PRICE_OVERRIDE_REASON_WITHOUT_OVERRIDE"]
    assert found[0].facts == {"variants": [1, 2]}


def test_every_reason_not_to_sell_is_named_with_all_its_variants() -> None:
    offers = {
        2: Offer(is_listed=False, is_published=True, is_for_sale=True, quantity_limit=None),
        3: Offer(is_listed=True, is_published=False, is_for_sale=False, quantity_limit=None),
        4: Offer(is_listed=True, is_published=True, is_for_sale=False, quantity_limit=None),
        5: Offer(is_listed=True, is_published=True, is_for_sale=True, quantity_limit=3),
        6: OPEN,
        7: OPEN,
    }

    found = refusals_to_sell({1: 1, 2: 1, 3: 1, 4: 1, 5: 4, 6: 50_001, 7: 50_000}, offers)

    assert [(refusal.code, refusal.facts["variants"]) for refusal in found] == [
        ("NOT_FOUND", [1]),
        ("UNAVAILABLE_VARIANT_IN_CHANNEL", [2]),
        ("PRODUCT_NOT_PUBLISHED", [3]),
        ("PRODUCT_UNAVAILABLE_FOR_PURCHASE", [4]),
        ("QUANTITY_GREATER_THAN_LIMIT", [5, 6]),
    ]


def test_one_refusal_names_every_variant_that_falls_short() -> None:
    (refusal,) = shortages({1: 2, 2: 2, 3: 1, 4: 1}, {1: 1, 2: 2, 4: None})

    assert (refusal.code, refusal.facts["variants"]) == ("INSUFFICIENT_STOCK", [1, 3])
