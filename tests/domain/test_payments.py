"""What the events of a payment add up to."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import ZERO
from domain.payments import (
    Action,
    Amounts,
    Event,
    EventKind,
    amount_to_ask,
    amount_to_pay,
    available_actions,
    fold,
    has_more_to_tell,
    next_look,
)
from domain.refusals import Invalid

START = datetime(2026, 5, 1, tzinfo=UTC)


def told(kind: str, amount: int, reference: str = "A", minute: int = 0, *, counts: bool = True) -> Event:
    return Event(EventKind(kind), reference, Decimal(amount), START + timedelta(minutes=minute), counts)


def amounts(**given: int) -> Amounts:
    return Amounts(**{name: Decimal(amount) for name, amount in given.items()})


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], amounts()),
        ([told("AUTHORIZATION_REQUEST", 10)], amounts(authorize_pending=10)),
        ([told("CHARGE_REQUEST", 10, counts=False)], amounts()),
        ([told("CHARGE_REQUEST", 10), told("CHARGE_ACTION_REQUIRED", 10)], amounts(charge_pending=10)),
        ([told("AUTHORIZATION_REQUEST", 10), told("AUTHORIZATION_SUCCESS", 10)], amounts(authorized=10)),
        ([told("AUTHORIZATION_REQUEST", 10), told("AUTHORIZATION_FAILURE", 10)], amounts()),
        ([told("CHARGE_SUCCESS", 10)], amounts(charged=10)),
        ([told("CHARGE_FAILURE", 10)], amounts()),
        (
            [told("AUTHORIZATION_SUCCESS", 10), told("CHARGE_REQUEST", 3, "B", 1)],
            amounts(authorized=7, charge_pending=3),
        ),
        (
            [
                told("AUTHORIZATION_SUCCESS", 10),
                told("CHARGE_REQUEST", 3, "B", 1),
                told("CHARGE_SUCCESS", 3, "B", 2),
            ],
            amounts(authorized=7, charged=3),
        ),
        (
            [
                told("AUTHORIZATION_SUCCESS", 10),
                told("CHARGE_SUCCESS", 3, "B", 1),
                told("CHARGE_FAILURE", 3, "B", 2),
            ],
            amounts(authorized=10),
        ),
        (
            [
                told("AUTHORIZATION_SUCCESS", 10),
                told("CHARGE_SUCCESS", 3, "B", 2),
                told("CHARGE_FAILURE", 3, "B", 1),
            ],
            amounts(authorized=7, charged=3),
        ),
        (
            [told("AUTHORIZATION_SUCCESS", 10), told("AUTHORIZATION_ADJUSTMENT", 100, "B", 1)],
            amounts(authorized=100),
        ),
        (
            [
                told("AUTHORIZATION_SUCCESS", 10),
                told("CHARGE_SUCCESS", 3, "B", 1),
                told("AUTHORIZATION_ADJUSTMENT", 20, "C", 2),
                told("CHARGE_SUCCESS", 4, "D", 3),
            ],
            amounts(authorized=16, charged=7),
        ),
        (
            [told("AUTHORIZATION_SUCCESS", 10), told("CANCEL_REQUEST", 4, "B", 1)],
            amounts(authorized=6, cancel_pending=4),
        ),
        (
            [told("AUTHORIZATION_SUCCESS", 10), told("CANCEL_SUCCESS", 4, "B", 1)],
            amounts(authorized=6, canceled=4),
        ),
        (
            [told("CHARGE_SUCCESS", 10), told("REFUND_REQUEST", 4, "B", 1)],
            amounts(charged=6, refund_pending=4),
        ),
        ([told("CHARGE_SUCCESS", 10), told("REFUND_SUCCESS", 4, "B", 1)], amounts(charged=6, refunded=4)),
        (
            [
                told("CHARGE_SUCCESS", 10),
                told("REFUND_SUCCESS", 4, "B", 1),
                told("REFUND_FAILURE", 4, "B", 2),
            ],
            amounts(charged=10),
        ),
        (
            [
                told("CHARGE_SUCCESS", 10),
                told("REFUND_SUCCESS", 4, "B", 1),
                told("REFUND_REVERSE", 4, "B", 2),
            ],
            amounts(charged=10),
        ),
        (
            [
                told("AUTHORIZATION_SUCCESS", 10),
                told("AUTHORIZATION_ADJUSTMENT", 5, "C", 2),
                told("AUTHORIZATION_ADJUSTMENT", 8, "B", 1),
            ],
            amounts(authorized=5),
        ),
        (
            # Of one moment: no failure has followed.
            [told("CHARGE_FAILURE", 10, "A", 1), told("CHARGE_SUCCESS", 10, "A", 1)],
            amounts(charged=10),
        ),
        ([told("CHARGE_SUCCESS", 10), told("CHARGE_BACK", 10, "B", 1)], amounts()),
        ([told("INFO", 10)], amounts()),
    ],
)
def test_events_add_up(events: list[Event], expected: Amounts) -> None:
    assert fold(events) == expected


EVENTS = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        reference=st.sampled_from(["", "A", "B"]),
        amount=st.integers(0, 50).map(Decimal),
        at=st.integers(0, 5).map(lambda minute: START + timedelta(minutes=minute)),
        counts=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda event: (event.kind, event.reference),
)


@given(st.data(), EVENTS)
def test_no_order_of_delivery_and_no_repetition_changes_the_amounts(
    data: st.DataObject, events: list[Event]
) -> None:
    again = data.draw(st.lists(st.sampled_from(events), max_size=6)) if events else []

    delivered = data.draw(st.permutations([*events, *again]))

    assert fold(delivered) == fold(events)


@given(EVENTS)
def test_no_amount_falls_below_nothing(events: list[Event]) -> None:
    found = fold(events)

    assert all(getattr(found, name) >= 0 for name in Amounts.__slots__)


@given(st.data(), st.integers(1, 100).map(Decimal))
def test_what_was_asked_within_bounds_stays_within_them(data: st.DataObject, whole: Decimal) -> None:
    """A shop that asks for no more than the amounts allow, whatever the gateway answers."""
    events = [Event(EventKind.AUTHORIZATION_SUCCESS, "0", whole, START)]
    for number in range(1, data.draw(st.integers(1, 10))):
        now = fold(events)
        action = data.draw(st.sampled_from(available_actions(now) or [Action.CHARGE]))
        room = now.charged if action is Action.REFUND else now.authorized
        if room == 0:
            continue
        amount = data.draw(st.integers(1, int(room)).map(Decimal))
        at = START + timedelta(minutes=number)
        events.append(Event(EventKind(f"{action}_REQUEST"), str(number), amount, at))
        answer = data.draw(st.sampled_from(["SUCCESS", "FAILURE", None]))
        if answer:
            events.append(Event(EventKind(f"{action}_{answer}"), str(number), amount, at))

    found = fold(data.draw(st.permutations(events)))

    charged = found.charged + found.refunded + found.refund_pending
    assert ZERO <= found.refunded + found.refund_pending <= charged
    assert ZERO <= charged + found.charge_pending + found.canceled + found.cancel_pending <= whole
    assert found.authorized == whole - charged - found.charge_pending - found.canceled - found.cancel_pending


@pytest.mark.parametrize(
    ("found", "actions"),
    [
        (amounts(), []),
        (amounts(authorized=1), [Action.CHARGE, Action.CANCEL]),
        (amounts(charged=1), [Action.REFUND]),
        (amounts(authorized=1, charged=1), [Action.CHARGE, Action.CANCEL, Action.REFUND]),
        (amounts(charge_pending=1), []),
    ],
)
def test_what_may_still_be_done_follows_from_the_amounts(found: Amounts, actions: list[Action]) -> None:
    assert available_actions(found) == actions


@pytest.mark.parametrize(
    ("total", "spoken_for", "asked", "amount"),
    [(30, 0, None, 30), (30, 10, None, 20), (30, 10, 20, 20), (30, 10, 5, 5)],
)
def test_what_is_asked_for_or_remains_is_to_be_paid(
    total: int, spoken_for: int, asked: int | None, amount: int
) -> None:
    wanted = None if asked is None else Decimal(asked)

    assert amount_to_pay(Decimal(total), Decimal(spoken_for), wanted) == amount


@pytest.mark.parametrize(
    ("total", "spoken_for", "asked", "message"),
    [
        (30, 30, None, "Nothing remains to be paid of 30."),
        (30, 40, None, "Nothing remains to be paid of 30."),
        (0, 0, None, "Nothing remains to be paid of 0."),
        (30, 10, 21, "The amount is 21, but only 20 remains to be paid."),
        (30, 10, 0, "The amount has to be above 0."),
    ],
)
def test_more_than_remains_is_refused_with_both_figures(
    total: int, spoken_for: int, asked: int | None, message: str
) -> None:
    wanted = None if asked is None else Decimal(asked)

    with pytest.raises(Invalid) as refusal:
        amount_to_pay(Decimal(total), Decimal(spoken_for), wanted)

    assert (refusal.value.message, refusal.value.field) == (message, "amount")


@pytest.mark.parametrize(
    ("whole", "asked", "message"),
    [
        (0, None, "The payment has nothing left to do this with."),
        (0, 5, "The payment has nothing left to do this with."),
        (5, 0, "The amount has to be above 0."),
        (5, 6, "The amount is 6, and there is 5 to do this with."),
    ],
)
def test_more_than_there_is_cannot_be_asked_for(whole: int, asked: int | None, message: str) -> None:
    with pytest.raises(Invalid) as refusal:
        amount_to_ask(Decimal(whole), None if asked is None else Decimal(asked))

    assert (refusal.value.message, refusal.value.field) == (message, "amount")


@pytest.mark.parametrize(
    ("kinds", "left", "expected"),
    [
        (["CHARGE_REQUEST"], amounts(charge_pending=10), True),
        (["CHARGE_REQUEST", "CHARGE_ACTION_REQUIRED", "INFO"], amounts(), True),
        (["CHARGE_REQUEST", "CHARGE_SUCCESS"], amounts(charged=10), False),
        (["CHARGE_REQUEST", "CHARGE_FAILURE"], amounts(), False),
        (["AUTHORIZATION_SUCCESS"], amounts(authorized=10), False),
        (["AUTHORIZATION_SUCCESS", "CANCEL_REQUEST"], amounts(cancel_pending=10), True),
        (["CHARGE_SUCCESS", "REFUND_REQUEST"], amounts(refund_pending=10), True),
        (["CHARGE_SUCCESS", "REFUND_SUCCESS"], amounts(refunded=10), False),
    ],
)
def test_more_is_to_come_while_money_is_under_way_or_the_shopper_has_not_acted(
    kinds: list[str], left: Amounts, *, expected: bool
) -> None:
    assert has_more_to_tell([EventKind(kind) for kind in kinds], left) is expected


@pytest.mark.parametrize(("age", "pause"), [(0, 5), (8, 5), (20, 10), (60, 30), (10_000, 360)])
def test_the_older_a_payment_the_later_it_is_looked_at_again(age: int, pause: int) -> None:
    now = START + timedelta(minutes=age)

    assert next_look(START, now) - now == timedelta(minutes=pause)
