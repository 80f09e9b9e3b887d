"""Money: exact, rounded in one place, and never lost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import TaxedMoney, exponent, rounded, spread, taxed, total

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
AMOUNTS = st.decimals(0, 100_000, places=3)
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.05", "0.08", "0.19", "0.23", "0.275")])


@pytest.mark.parametrize(("currency", "unit"), [("USD", "0.01"), ("JPY", "1"), ("KWD", "0.001")])
def test_each_currency_has_its_smallest_unit(currency: str, unit: str) -> None:
    assert exponent(currency) == Decimal(unit)


@pytest.mark.parametrize(
    ("amount", "currency", "result"),
    [("1.005", "USD", "1.01"), ("-1.005", "USD", "-1.01"), ("0.5", "JPY", "1"), ("0.0005", "KWD", "0.001")],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, result: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(result)


def test_tax_is_added_to_a_price_without_and_taken_out_of_a_price_with_it() -> None:
    assert taxed(Decimal(10), Decimal("0.23"), "PLN", with_tax=False) == TaxedMoney(
        Decimal("10.00"), Decimal("12.30"), "PLN"
    )
    assert taxed(Decimal("12.30"), Decimal("0.23"), "PLN", with_tax=True) == TaxedMoney(
        Decimal("10.00"), Decimal("12.30"), "PLN"
    )


@given(AMOUNTS, RATES, CURRENCIES, st.booleans())
def test_gross_is_net_and_tax_to_the_smallest_unit(
    amount: Decimal,
    rate: Decimal,
    currency: str,
    with_tax: bool,  # noqa: FBT001 - hypothesis passes it by name
) -> None:
    price = taxed(amount, rate, currency, with_tax=with_tax)

    assert price.net + price.tax == price.gross
    assert price.net == rounded(price.net, currency)
    assert price.gross == rounded(price.gross, currency)
    assert 0 <= price.net <= price.gross


@given(st.decimals(0, 10_000, places=3), st.lists(st.decimals(0, 1_000, places=2), max_size=12), CURRENCIES)
def test_what_is_spread_adds_up_again(amount: Decimal, weights: list[Decimal], currency: str) -> None:
    whole = rounded(amount, currency)

    shares = spread(whole, weights, currency)

    assert len(shares) == len(weights)
    assert all(share >= 0 and share == rounded(share, currency) for share in shares)
    assert sum(shares) == (whole if any(weights) else 0)


def test_the_cents_that_remain_go_to_the_largest_remainders_and_first_to_the_first() -> None:
    assert spread(Decimal("1.00"), [Decimal(1)] * 3, "USD") == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]
    assert spread(Decimal("0.05"), [Decimal(1), Decimal(9)], "USD") == [Decimal("0.01"), Decimal("0.04")]


def test_the_sum_of_nothing_is_zero_of_its_currency() -> None:
    assert total([], "EUR") == TaxedMoney(Decimal(0), Decimal(0), "EUR")
