"""Which ways of shipping a cart may choose from."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.shipping import Inclusion, Method, MethodKind, Parcel, PostalRange, options, serves, takes

PARCEL = Parcel(value=Decimal(50), weight=Decimal(1500), postal_code="10001", products=frozenset({1, 2}))
METHOD = Method(
    id=1,
    kind=MethodKind.PRICE,
    price=Decimal(5),
    minimum_order=None,
    maximum_order=None,
    minimum_weight=None,
    maximum_weight=None,
    postal_ranges=(),
    excluded_products=frozenset(),
)
HEAVY = replace(METHOD, kind=MethodKind.WEIGHT)


def excluding(first: str, last: str | None = None) -> PostalRange:
    return PostalRange(first, last, Inclusion.EXCLUDE)


def including(first: str, last: str | None = None) -> PostalRange:
    return PostalRange(first, last, Inclusion.INCLUDE)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (METHOD, True),
        (replace(METHOD, minimum_order=Decimal(50), maximum_order=Decimal(50)), True),
        (replace(METHOD, minimum_order=Decimal("50.01")), False),
        (replace(METHOD, maximum_order=Decimal("49.99")), False),
        (replace(HEAVY, minimum_weight=Decimal(1500), maximum_weight=Decimal(1500)), True),
        (replace(HEAVY, minimum_weight=Decimal(1501)), False),
        (replace(HEAVY, maximum_weight=Decimal(1499)), False),
        (replace(HEAVY, maximum_order=Decimal(1)), True),
        (replace(METHOD, excluded_products=frozenset({2})), False),
        (replace(METHOD, postal_ranges=[excluding("10000", "19999")]), False),
    ],
)
def test_a_method_takes_what_is_within_its_bounds(method: Method, *, expected: bool) -> None:
    assert takes(method, PARCEL) is expected


def test_options_are_the_cheapest_first() -> None:
    dear, cheap, closed = (
        replace(METHOD, id=2, price=Decimal(9)),
        replace(METHOD, id=3, price=Decimal(3)),
        replace(METHOD, id=4, minimum_order=Decimal(1000)),
    )

    assert [one.id for one in options([dear, cheap, closed, METHOD], PARCEL)] == [3, 1, 2]


@pytest.mark.parametrize(
    ("code", "range_", "held"),
    [
        ("10001", ("10000", "19999"), True),
        ("9999", ("10000", "19999"), False),
        ("10001-1234", ("10000", "10001"), True),
        ("53-030", ("53-000", "53-999"), True),
        ("54-000", ("53-000", "53-999"), False),
        ("00950", ("00900", "00999"), True),
        ("SW1A 1AA", ("SW1", None), True),
        ("sw1a1aa", ("SW1A", None), True),
        ("SW1 1AA", ("SW1", None), True),
        ("SW11AA", ("SW1", None), True),
        ("SW11 1AA", ("SW1", None), False),
        ("SW9 0AB", ("SW2", "SW10"), True),
        ("BT7 1NN", ("BT1", "BT94"), True),
        ("BS1 4DJ", ("BT1", "BT94"), False),
        ("H0H 0H0", ("H0A", "H0Z"), True),
        ("", ("10000", "19999"), False),
    ],
)
def test_postal_codes_are_compared_by_their_parts(
    code: str, range_: tuple[str, str | None], *, held: bool
) -> None:
    assert serves([excluding(*range_)], code) is not held
    assert serves([including(*range_)], code) is held


def test_an_exclusion_is_stronger_than_an_inclusion() -> None:
    ranges = [including("10000", "19999"), excluding("10001")]

    assert [serves(ranges, code) for code in ("10001", "10002", "20000")] == [False, True, False]
