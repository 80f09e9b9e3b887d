"""When a voucher may be used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.carts import CartLine, ValueKind, VoucherKind
from domain.vouchers import Occasion, Terms, granted, why_not

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LINE = CartLine(
    id=UUID(int=1),
    variant_id=1,
    product_id=1,
    quantity=3,
    full_price=Decimal(10),
    price=Decimal(10),
    tax_rate=Decimal(0),
    tax_class_name=None,
    is_shipping_required=True,
    in_voucher=False,
)
OCCASION = Occasion(NOW, "PL", is_staff=False, lines=[LINE], subtotal=Decimal(30))
TERMS = Terms(
    voucher_id=1,
    code="SAVE",
    name="Save",
    kind=VoucherKind.ENTIRE_ORDER,
    value_kind=ValueKind.FIXED,
    value=Decimal(5),
    minimum_spent=None,
    minimum_quantity=0,
    starts_at=NOW - DAY,
    ends_at=None,
    usage_limit=None,
    used=0,
    single_use=False,
    code_used=0,
    code_is_active=True,
    once_per_customer=False,
    used_by_customer=False,
    once_per_order=False,
    only_for_staff=False,
    countries=(),
)


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, value=None),
        replace(TERMS, code_is_active=False),
        replace(TERMS, starts_at=NOW + DAY),
        replace(TERMS, ends_at=NOW),
        replace(TERMS, usage_limit=5, used=5),
        replace(TERMS, single_use=True, code_used=1),
        replace(TERMS, once_per_customer=True, used_by_customer=True),
        replace(TERMS, only_for_staff=True),
        replace(TERMS, countries=["US", "DE"]),
        replace(TERMS, minimum_quantity=4),
        replace(TERMS, minimum_spent=Decimal("30.01")),
        replace(TERMS, kind=VoucherKind.SPECIFIC_PRODUCT),
    ],
)
def test_a_voucher_outside_its_terms_says_why(terms: Terms) -> None:
    assert why_not(TERMS, OCCASION) is None
    assert why_not(terms, OCCASION) is not None


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, starts_at=NOW, ends_at=NOW + DAY),
        replace(TERMS, usage_limit=5, used=4),
        replace(TERMS, single_use=True, used=7),
        replace(TERMS, once_per_customer=True),
        replace(TERMS, used_by_customer=True),
        replace(TERMS, countries=["PL"]),
        replace(TERMS, minimum_quantity=3, minimum_spent=Decimal(30)),
    ],
)
def test_a_voucher_at_the_edge_of_its_terms_may_be_used(terms: Terms) -> None:
    assert why_not(terms, OCCASION) is None


def test_staff_may_use_what_is_for_staff() -> None:
    assert why_not(replace(TERMS, only_for_staff=True), replace(OCCASION, is_staff=True)) is None


def test_one_matching_line_is_enough_for_a_voucher_for_products() -> None:
    terms = replace(TERMS, kind=VoucherKind.SPECIFIC_PRODUCT)

    assert why_not(terms, replace(OCCASION, lines=[LINE, replace(LINE, in_voucher=True)])) is None


def test_what_is_granted_is_what_pricing_needs() -> None:
    voucher = granted(replace(TERMS, once_per_order=True))

    assert (voucher.code, voucher.value, voucher.once_per_order) == ("SAVE", Decimal(5), True)
