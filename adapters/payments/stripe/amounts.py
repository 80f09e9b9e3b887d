"""Amounts as Stripe counts them: whole numbers of a currency's smallest unit, as Stripe sees that."""

from decimal import Decimal
from typing import Final

from domain.money import rounded

# https://docs.stripe.com/currencies: not everywhere what ISO 4217 or Unicode say of a currency.
WITHOUT_DECIMALS: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - one line
)
WITH_THREE: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Two decimals for Stripe, which have to be 00.
WHOLE_ONLY: Final = frozenset({"ISK", "UGX"})


class NotPayable(Exception):
    """Stripe cannot take exactly this amount."""


def to_units(amount: Decimal, currency: str) -> int:
    """Raises ``NotPayable``: nothing is rounded on the way to a charge."""
    units = amount.scaleb(_decimals(currency))
    step = _step(currency)
    if units % step:
        least = from_units(step, currency)
        raise NotPayable(f"Stripe takes {currency} in steps of {least:f}: {amount:f} cannot be paid.")
    return int(units)


def from_units(units: int, currency: str) -> Decimal:
    """What Stripe's number is in money; ``currency`` in upper case."""
    return rounded(Decimal(units).scaleb(-_decimals(currency)), currency)


def _decimals(currency: str) -> int:
    if currency in WITHOUT_DECIMALS:
        return 0
    return 3 if currency in WITH_THREE else 2


def _step(currency: str) -> int:
    if currency in WITH_THREE:
        return 10
    return 100 if currency in WHOLE_ONLY else 1
