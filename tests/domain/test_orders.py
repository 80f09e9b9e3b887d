"""Orders: their states, who sees them, and how far they are paid."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest

from domain.access import GUEST, Permission, Viewer
from domain.orders import (
    FIRST,
    NEXT,
    IllegalTransition,
    OrderStatus,
    PaymentStatus,
    check_transition,
    first_status,
    may_see,
    payment_status,
    place_in_list,
    read_place,
)
from domain.pages import InvalidCursor

ORDER = UUID(int=7)


@pytest.mark.parametrize(("old", "new"), list(product(OrderStatus, OrderStatus)))
def test_an_order_moves_only_along_the_table(old: OrderStatus, new: OrderStatus) -> None:
    if new in NEXT[old]:
        check_transition(old, new)
    else:
        with pytest.raises(IllegalTransition) as refusal:
            check_transition(old, new)
        assert refusal.value.message == f"An order that is {old} cannot become {new}."


@pytest.mark.parametrize("new", list(OrderStatus))
def test_an_order_begins_only_as_one_of_three(new: OrderStatus) -> None:
    if new in FIRST:
        check_transition(None, new)
    else:
        with pytest.raises(AssertionError):
            check_transition(None, new)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    reached = set(FIRST).union(*NEXT.values())

    assert set(NEXT) == set(OrderStatus)
    assert reached == set(OrderStatus)


@pytest.mark.parametrize(
    ("state", "never"),
    [
        ("UNCONFIRMED", "DRAFT FULFILLED PARTIALLY_FULFILLED RETURNED PARTIALLY_RETURNED"),
        ("UNFULFILLED", "DRAFT UNCONFIRMED EXPIRED"),
        ("PARTIALLY_FULFILLED", "DRAFT UNCONFIRMED CANCELED EXPIRED"),
        ("FULFILLED", "DRAFT UNCONFIRMED CANCELED EXPIRED"),
        (
            "PARTIALLY_RETURNED",
            "DRAFT UNCONFIRMED UNFULFILLED PARTIALLY_FULFILLED FULFILLED CANCELED EXPIRED",
        ),
    ],
)
def test_what_has_happened_is_not_forgotten(state: str, never: str) -> None:
    assert NEXT[OrderStatus(state)].isdisjoint(OrderStatus(one) for one in never.split())


@pytest.mark.parametrize("state", [OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.RETURNED])
def test_some_states_are_the_last(state: OrderStatus) -> None:
    assert NEXT[state] == frozenset()


def test_the_channel_decides_whether_staff_confirms() -> None:
    assert first_status(confirmed_automatically=True) is OrderStatus.UNFULFILLED
    assert first_status(confirmed_automatically=False) is OrderStatus.UNCONFIRMED


OWNER, STRANGER = Viewer(1, "ada@example.com"), Viewer(2, "eve@example.com")
STAFF = Viewer(3, is_staff=True, permissions=frozenset({Permission.MANAGE_ORDERS}))
OTHER_STAFF = Viewer(4, is_staff=True, permissions=frozenset({Permission.MANAGE_PRODUCTS}))


@pytest.mark.parametrize(
    ("viewer", "customers", "guests", "drafts"),
    [
        (GUEST, False, True, False),
        (OWNER, True, True, False),
        (STRANGER, False, True, False),
        (STAFF, True, True, True),
        (OTHER_STAFF, False, True, False),
    ],
)
def test_who_sees_an_order(viewer: Viewer, customers: bool, guests: bool, drafts: bool) -> None:  # noqa: FBT001  # a table
    assert may_see(viewer, OWNER.user_id, "UNFULFILLED") is customers
    assert may_see(viewer, None, "UNFULFILLED") is guests
    assert may_see(viewer, None, "DRAFT") is drafts


@pytest.mark.parametrize(
    ("total", "charged", "refunded", "status"),
    [
        (10, 0, 0, PaymentStatus.NOT_CHARGED),
        (10, 4, 0, PaymentStatus.PARTIALLY_CHARGED),
        (10, 10, 0, PaymentStatus.FULLY_CHARGED),
        (10, 11, 0, PaymentStatus.FULLY_CHARGED),
        (0, 0, 0, PaymentStatus.FULLY_CHARGED),
        (10, 6, 4, PaymentStatus.PARTIALLY_REFUNDED),
        (10, 0, 10, PaymentStatus.FULLY_REFUNDED),
    ],
)
def test_how_far_an_order_is_paid(total: int, charged: int, refunded: int, status: PaymentStatus) -> None:
    assert payment_status(Decimal(total), Decimal(charged), Decimal(refunded)) is status


def test_a_place_in_a_list_is_read_as_it_was_written() -> None:
    moment = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)

    assert read_place(place_in_list(moment, ORDER)) == (moment, ORDER)
    assert read_place(None) == (None, None)


@pytest.mark.parametrize(
    "key", [("2026-05-01",), ("yesterday", str(ORDER)), ("2026-05-01T12:00:00Z", "7"), (1, 2), (None, None)]
)
def test_a_place_in_another_list_is_refused(key: tuple[str | int | None, ...]) -> None:
    with pytest.raises(InvalidCursor):
        read_place(key)
