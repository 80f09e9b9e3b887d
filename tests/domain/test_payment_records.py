"""What staff says of a payment comes to the amounts that it says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment_records import (
    AlreadyAuthorized,
    Balance,
    check_back,
    check_report,
    entries,
    reported_amount,
)
from domain.payments import Amounts, Event, EventKind, IncorrectDetails, fold
from domain.refusals import Invalid, Required

START = datetime(2026, 5, 1, tzinfo=UTC)
AMOUNTS = st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100)
SAID = st.none() | AMOUNTS
BALANCES = st.builds(Balance, SAID, SAID, SAID, SAID)


def told(kind: str, amount: str, reference: str = "A", minute: int = 0) -> Event:
    return Event(EventKind(kind), reference, Decimal(amount), START + timedelta(minutes=minute))


def written(before: Amounts, wanted: Balance, minute: int) -> list[Event]:
    """The entries as events of one moment."""
    at = START + timedelta(minutes=minute)
    found = entries(before, wanted, is_new=minute == 0)
    return [Event(kind, f"{minute}-{n}", amount, at) for n, (kind, amount) in enumerate(found)]


@given(st.data(), st.lists(BALANCES, min_size=1, max_size=5))
def test_the_amounts_become_those_that_were_said_and_the_others_stay(
    data: st.DataObject, balances: list[Balance]
) -> None:
    events: list[Event] = []
    for minute, balance in enumerate(balances):
        before = fold(events)
        try:
            events += written(before, balance, minute)
        except Invalid:
            assert balance.canceled is not None
            assert balance.canceled < before.canceled
            continue
        after = fold(data.draw(st.permutations(events)))
        wanted = balance.over(before)
        assert (after.authorized, after.charged, after.refunded, after.canceled) == (
            wanted.authorized,
            wanted.charged,
            wanted.refunded,
            wanted.canceled,
        )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Balance(), []),
        (Balance(authorized=Decimal(99)), [("AUTHORIZATION_SUCCESS", 99)]),
        (Balance(charged=Decimal(99)), [("CHARGE_SUCCESS", 99)]),
        (
            Balance(Decimal(10), Decimal(20), Decimal(5), Decimal(1)),
            [
                ("AUTHORIZATION_SUCCESS", 36),
                ("CHARGE_SUCCESS", 25),
                ("REFUND_SUCCESS", 5),
                ("CANCEL_SUCCESS", 1),
            ],
        ),
    ],
)
def test_a_new_payment_is_told_from_its_beginning(wanted: Balance, found: list[tuple[str, int]]) -> None:
    assert [*map(tuple, entries(Amounts(), wanted, is_new=True))] == found


def test_what_was_promised_and_is_now_charged_needs_one_entry() -> None:
    before = Amounts(authorized=Decimal(100))

    assert [*map(tuple, entries(before, Balance(Decimal(0), Decimal(100))))] == [("CHARGE_SUCCESS", 100)]


@pytest.mark.parametrize(
    ("kind", "reference", "amount", "expected"),
    [
        ("CHARGE_FAILURE", "A", None, 10),
        ("REFUND_REVERSE", "R", None, 4),
        ("CHARGE_BACK", "A", None, 10),
        ("CHARGE_BACK", "A", 3, 3),
        ("INFO", "X", None, 0),
    ],
)
def test_what_a_report_takes_back_says_how_much_it_is_about(
    kind: str, reference: str, amount: int | None, expected: int
) -> None:
    before = [told("CHARGE_REQUEST", "12"), told("CHARGE_SUCCESS", "10"), told("REFUND_SUCCESS", "4", "R")]
    given_amount = None if amount is None else Decimal(amount)

    assert reported_amount(EventKind(kind), reference, given_amount, before) == expected


@pytest.mark.parametrize(
    ("kind", "reference"),
    [("CHARGE_SUCCESS", "A"), ("CHARGE_FAILURE", "B"), ("AUTHORIZATION_ADJUSTMENT", "A")],
)
def test_a_report_of_nobody_knows_how_much_is_refused(kind: str, reference: str) -> None:
    with pytest.raises(Required):
        reported_amount(EventKind(kind), reference, None, [told("CHARGE_SUCCESS", "10")])


def test_a_payment_is_promised_once() -> None:
    before = [told("AUTHORIZATION_SUCCESS", "10")]

    check_report(EventKind.AUTHORIZATION_SUCCESS, "A", before)
    check_report(EventKind.AUTHORIZATION_ADJUSTMENT, "B", before)
    with pytest.raises(AlreadyAuthorized):
        check_report(EventKind.AUTHORIZATION_SUCCESS, "B", before)


@pytest.mark.parametrize(
    ("kind", "amount", "reference"),
    [
        ("REFUND_SUCCESS", "6", "S"),
        ("REFUND_SUCCESS", "4", "R"),  # told again, whatever is left
        ("REFUND_REQUEST", "6", "S"),
        ("CHARGE_BACK", "50", "A"),
        ("REFUND_FAILURE", "50", "S"),
    ],
)
def test_what_may_have_gone_back_may_be_reported(kind: str, amount: str, reference: str) -> None:
    before = [told("CHARGE_SUCCESS", "10"), told("CHARGE_BACK", "1"), told("REFUND_SUCCESS", "4", "R")]

    check_back(told(kind, amount, reference), before)


@pytest.mark.parametrize("kind", ["REFUND_SUCCESS", "REFUND_REQUEST"])
def test_more_than_was_ever_charged_cannot_have_gone_back(kind: str) -> None:
    before = [
        told("CHARGE_SUCCESS", "10"),
        told("REFUND_SUCCESS", "4", "R"),
        told("CHARGE_REQUEST", "9", "B"),
    ]

    with pytest.raises(
        IncorrectDetails, match=r"With this 10\.01 would have gone back, and 10 was ever charged"
    ):
        check_back(told(kind, "6.01", "S"), before)
