"""What is granted back: no cent more than a line has cost, in whatever parts; and what came of it."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import exponent
from domain.papers import PaperRow, credited
from domain.refunds import GrantStatus, RefundLine, grant_status, remaining_grant

CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])
RATES = st.sampled_from([Decimal(0), Decimal("0.07"), Decimal("0.19"), Decimal("0.25")])


@given(CURRENCIES, st.integers(0, 100_000), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_the_parts_of_a_line_are_worth_all_of_it(currency: str, cents: int, parts: list[int]) -> None:
    total, quantity, before = cents * exponent(currency), sum(parts), 0
    worth: list[Decimal] = []
    for units in parts:
        line = RefundLine(UUID(int=1), quantity, total, before, sum(worth, Decimal(0)))
        worth.append(line.worth(units, currency))
        before += units

    assert sum(worth) == total
    assert min(worth) >= 0


@given(
    CURRENCIES,
    st.lists(st.tuples(st.integers(0, 10_000), RATES), min_size=1, max_size=6),
    st.integers(1, 10_000),
)
def test_a_credit_note_is_for_what_was_granted(
    currency: str, sold: list[tuple[int, Decimal]], cents: int
) -> None:
    rows = [(PaperRow("Mug", 1, rate, Decimal(0), Decimal(gross)), Decimal(gross)) for gross, rate in sold]
    amount = cents * exponent(currency)
    expected = amount if any(weight for _, weight in rows) else 0

    given_back = credited(rows, amount, currency)

    assert sum(row.gross for row in given_back) == expected
    assert all(0 <= row.net <= row.gross for row in given_back)


@pytest.mark.parametrize(
    ("kinds", "is_paid", "status"),
    [
        ([], False, GrantStatus.NONE),
        ([], True, GrantStatus.SUCCESS),
        (["REFUND_REQUEST"], False, GrantStatus.PENDING),
        (["REFUND_REQUEST", "REFUND_SUCCESS"], False, GrantStatus.SUCCESS),
        (["REFUND_REQUEST", "REFUND_FAILURE"], False, GrantStatus.FAILURE),
        (["REFUND_SUCCESS", "REFUND_REVERSE"], False, GrantStatus.FAILURE),
    ],
)
def test_what_came_of_it_follows_from_what_was_told(
    kinds: list[str], status: GrantStatus, *, is_paid: bool
) -> None:
    assert grant_status(kinds, is_paid=is_paid) is status


@pytest.mark.parametrize(
    ("granted", "taken", "given_back", "remains"),
    [
        (0, 160, 0, 0),
        (10, 160, 0, 10),
        (10, 110, 50, 10),
        (10, 95, 65, 5),
        (10, 90, 70, 0),
        (500, 100, 0, 100),
    ],
)
def test_what_was_taken_beyond_the_total_goes_back_before_what_was_granted(
    granted: int, taken: int, given_back: int, remains: int
) -> None:
    """Of an order of 100."""
    found = remaining_grant(Decimal(granted), Decimal(100), Decimal(given_back), Decimal(taken))

    assert found == remains
