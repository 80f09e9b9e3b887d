"""Money: exact amounts with a currency, rounded in one place."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from babel.numbers import get_currency_precision

ZERO = Decimal(0)


@cache
def exponent(currency: str) -> Decimal:
    """The smallest unit of a currency, ISO 4217: EUR 0.01, JPY 1, KWD 0.001."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """``amount`` to the currency's smallest unit, halves away from zero."""
    return amount.quantize(exponent(currency), ROUND_HALF_UP)


class Money(NamedTuple):
    amount: Decimal
    currency: str


class TaxedMoney(NamedTuple):
    """``gross = net + tax``, to the smallest unit. A tuple, like ``Money``: an answer makes hundreds."""

    net: Decimal
    gross: Decimal
    currency: str

    @property
    def tax(self) -> Decimal:
        return self.gross - self.net

    def __add__(self, other: "TaxedMoney") -> "TaxedMoney":  # type: ignore[override]  # added up, not joined
        assert self.currency == other.currency, "one document has one currency"
        return TaxedMoney(self.net + other.net, self.gross + other.gross, self.currency)


class TaxedMoneyRange(NamedTuple):
    start: TaxedMoney
    stop: TaxedMoney


def total(parts: Iterable[TaxedMoney], currency: str) -> TaxedMoney:
    """The sum of ``parts``; nothing at all is zero of ``currency``."""
    net = gross = ZERO
    for part in parts:
        net += part.net
        gross += part.gross
    return TaxedMoney(net, gross, currency)


@lru_cache(maxsize=1 << 14)  # a shop has few different prices, and its listings ask for them all day
def taxed(amount: Decimal, rate: Decimal, currency: str, *, with_tax: bool) -> TaxedMoney:
    """A price and its tax. ``rate`` 0.2 is 20 %; ``with_tax`` says that ``amount`` is gross already.

    The side that was entered is rounded first and kept; the other side is computed from it.
    """
    entered = rounded(amount, currency)
    if with_tax:
        return TaxedMoney(rounded(entered / (1 + rate), currency), entered, currency)
    return TaxedMoney(entered, rounded(entered * (1 + rate), currency), currency)


def spread(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """``amount`` split in proportion to ``weights``: largest remainder, ties to the first, no cent lost.

    ``amount`` and the weights are not negative; without any weight above zero every share is zero.
    """
    whole = sum(weights, ZERO)
    if whole == 0:
        return [ZERO] * len(weights)
    unit = exponent(currency)
    exact = [amount * weight / whole for weight in weights]
    shares = [share.quantize(unit, ROUND_DOWN) for share in exact]
    missing = int((amount - sum(shares, ZERO)) / unit)
    by_remainder = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[:missing]:
        shares[i] += unit
    return shares
