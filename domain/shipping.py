"""Which ways of shipping a cart may choose from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

TOKENS = re.compile(r"\d+|[A-Z]+")
UK = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
PostalKey = tuple[tuple[int, int | str], ...]


class MethodKind(StrEnum):
    PRICE = "PRICE"
    WEIGHT = "WEIGHT"


class Inclusion(StrEnum):
    INCLUDE = "INCLUDE"
    EXCLUDE = "EXCLUDE"


@dataclass(frozen=True, slots=True)
class PostalRange:
    """From ``first`` to ``last``, both included; without a ``last`` it is ``first`` alone.

    An end may be the beginning of a code: "SW1" takes SW1 2AA and SW1A 1AA, and not SW11 1AA.
    """

    first: str
    last: str | None
    inclusion: Inclusion


@dataclass(frozen=True, slots=True)
class Method:
    """A way of shipping to the cart's country. Weights are grams; a bound that is null does not bind."""

    id: int
    kind: MethodKind
    price: Decimal
    minimum_order: Decimal | None
    maximum_order: Decimal | None
    minimum_weight: Decimal | None
    maximum_weight: Decimal | None
    postal_ranges: Sequence[PostalRange]
    excluded_products: frozenset[int]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be shipped: ``value`` is the subtotal after discounts, with tax; ``weight`` is grams."""

    value: Decimal
    weight: Decimal
    postal_code: str
    products: frozenset[int]


def options(methods: Iterable[Method], parcel: Parcel) -> list[Method]:
    """The methods that take the parcel, cheapest first."""
    return sorted((one for one in methods if takes(one, parcel)), key=lambda one: (one.price, one.id))


def takes(method: Method, parcel: Parcel) -> bool:
    """Whether the parcel is within the method's bounds, for a place and of products that it serves."""
    within = (
        _between(parcel.value, method.minimum_order, method.maximum_order)
        if method.kind is MethodKind.PRICE
        else _between(parcel.weight, method.minimum_weight, method.maximum_weight)
    )
    return (
        within
        and method.excluded_products.isdisjoint(parcel.products)
        and serves(method.postal_ranges, parcel.postal_code)
    )


def serves(ranges: Sequence[PostalRange], postal_code: str) -> bool:
    """Whether the code is in one of the included ranges, if any, and in none of the excluded ones."""
    code = postal_key(postal_code)
    included = [one for one in ranges if one.inclusion is Inclusion.INCLUDE]
    excluded = [one for one in ranges if one.inclusion is Inclusion.EXCLUDE]
    return (not included or any(_holds(one, code) for one in included)) and not any(
        _holds(one, code) for one in excluded
    )


def postal_key(code: str) -> PostalKey:
    """The code as it is compared: digits by their number, letters by the alphabet, digits before letters."""
    text = code.upper()
    british = UK.fullmatch("".join(text.split()))
    if british:
        # Written without its space, SW11AA would read as district 11.
        text = f"{british[1]} {british[2]}"
    return tuple((0, int(token)) if token.isdigit() else (1, token) for token in TOKENS.findall(text))


def _holds(range_: PostalRange, code: PostalKey) -> bool:
    first, last = postal_key(range_.first), postal_key(range_.last or range_.first)
    return bool(code) and first <= code[: len(first)] and code[: len(last)] <= last


def _between(value: Decimal, least: Decimal | None, most: Decimal | None) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)
