"""Money in Stripe's units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.payments.stripe.amounts import NotPayable, from_units, to_units


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("25.00", "USD", 2500),
        ("0.01", "EUR", 1),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("120", "RSD", 12000),  # Unicode knows no para, Stripe does
        ("19.90", "HUF", 1990),
    ],
)
def test_an_amount_is_stripes_number_and_back(amount: str, currency: str, units: int) -> None:
    assert to_units(Decimal(amount), currency) == units
    assert from_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("5.125", "KWD"), ("5.50", "ISK"), ("0.5", "JPY"), ("1.001", "USD")]
)
def test_nothing_is_rounded_on_the_way_to_a_charge(amount: str, currency: str) -> None:
    with pytest.raises(NotPayable):
        to_units(Decimal(amount), currency)


def test_who_cannot_pay_is_told_the_step() -> None:
    with pytest.raises(NotPayable, match=r"Stripe takes KWD in steps of 0\.010: 5\.125 cannot be paid\."):
        to_units(Decimal("5.125"), "KWD")


@given(st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD", "BHD", "KRW", "EUR"]))
def test_no_unit_is_lost(units: int, currency: str) -> None:
    whole = units * 10 if currency in {"KWD", "BHD"} else units

    assert to_units(from_units(whole, currency), currency) == whole
