"""Shipments: what may be sent, what that moves, and where it leaves the order."""

from uuid import UUID

import pytest

from domain.fulfillments import OPEN, CannotCancelOrder, Line, NotToFulfill, check_cancel, standing
from domain.orders import OrderStatus
from domain.refusals import Refused
from domain.sending import Move, Packed, Place, ToSend, give_up, send
from domain.stocks import Allocation, InsufficientStock

MUG, CUP = UUID(int=1), UUID(int=2)
MUGS = Line(MUG, 10, quantity=5, settled=0, returned=0, is_tracked=True)
CUPS = Line(CUP, 20, quantity=2, settled=0, returned=0, is_tracked=True)
SONGS = Line(CUP, 30, quantity=2, settled=0, returned=0, is_tracked=False)
NORTH, SOUTH = 1, 2
PLACES = [Place(101, NORTH, 10, 4, 1), Place(102, SOUTH, 10, 5, 3), Place(201, NORTH, 20, 2, 0)]
PROMISES = [Allocation(MUG, 101, 3), Allocation(MUG, 102, 2), Allocation(CUP, 201, 2)]


def sent(
    *wishes: ToSend, status: OrderStatus = OrderStatus.UNFULFILLED
) -> tuple[dict[int, object], set[Move]]:
    sending = send([MUGS, CUPS], PROMISES, PLACES, wishes, status)
    return dict(sending.shipments), set(sending.moves)


def test_what_was_promised_of_a_shelf_leaves_it() -> None:
    assert sent(ToSend(MUG, NORTH, 2), ToSend(CUP, NORTH, 2)) == (
        {NORTH: [Packed(MUG, 101, 2), Packed(CUP, 201, 2)]},
        {Move(MUG, 101, promised=-2, on_hand=-2), Move(CUP, 201, promised=-2, on_hand=-2)},
    )


def test_each_warehouse_has_a_shipment_of_its_own() -> None:
    shipments, _ = sent(ToSend(MUG, SOUTH, 2), ToSend(MUG, NORTH, 3))

    assert shipments == {SOUTH: [Packed(MUG, 102, 2)], NORTH: [Packed(MUG, 101, 3)]}


def test_a_warehouse_that_was_not_promised_gives_of_its_free_units_and_others_are_let_go() -> None:
    assert sent(ToSend(MUG, SOUTH, 4)) == (
        {SOUTH: [Packed(MUG, 102, 4)]},
        {Move(MUG, 102, promised=-2, on_hand=-4), Move(MUG, 101, promised=-2)},
    )


def test_units_let_go_by_one_wish_serve_the_next() -> None:
    _, moves = sent(ToSend(MUG, SOUTH, 4), ToSend(MUG, NORTH, 1))

    assert moves == {
        Move(MUG, 102, promised=-2, on_hand=-4),
        Move(MUG, 101, promised=-3, on_hand=-1),
    }


def test_a_warehouse_that_has_too_little_is_named_with_what_it_has() -> None:
    with pytest.raises(InsufficientStock, match="5 wanted, 4 available"):
        sent(ToSend(MUG, NORTH, 5))
    with pytest.raises(InsufficientStock, match="2 wanted, 0 available"):
        sent(ToSend(CUP, SOUTH, 2))


def test_a_free_unit_is_sent_for_one_line_only() -> None:
    more = Line(CUP, 10, quantity=2, settled=0, returned=0, is_tracked=True)
    promises = [Allocation(MUG, 101, 2), Allocation(CUP, 101, 2)]
    places = [Place(101, NORTH, 10, on_hand=4, free=0), Place(102, SOUTH, 10, on_hand=5, free=2)]
    wishes = [ToSend(MUG, SOUTH, 2), ToSend(CUP, SOUTH, 2)]

    with pytest.raises(InsufficientStock, match="2 wanted, 0 available"):
        send([MUGS, more], promises, places, wishes, OrderStatus.UNFULFILLED)


def test_what_is_promised_and_not_there_yet_is_not_sent() -> None:
    promises, places = [Allocation(MUG, 101, 5)], [Place(101, NORTH, 10, on_hand=3, free=-2)]

    sending = send([MUGS], promises, places, [ToSend(MUG, NORTH, 3)], OrderStatus.UNFULFILLED)
    assert sending.moves == [Move(MUG, 101, promised=-3, on_hand=-3)]
    for wishes in ([ToSend(MUG, NORTH, 4)], [ToSend(MUG, NORTH, 3), ToSend(MUG, NORTH, 1)]):
        with pytest.raises(InsufficientStock) as refusal:
            send([MUGS], promises, places, wishes, OrderStatus.UNFULFILLED)
        assert [one.available for one in refusal.value.shortages] == [3 if len(wishes) == 1 else 0]


def test_units_on_backorder_come_from_where_units_are_free() -> None:
    promises = [Allocation(MUG, 101, 5)]
    places = [Place(101, NORTH, 10, on_hand=3, free=-2), Place(102, SOUTH, 10, on_hand=2, free=2)]

    sending = send([MUGS], promises, places, [ToSend(MUG, SOUTH, 2)], OrderStatus.UNFULFILLED)

    assert set(sending.moves) == {Move(MUG, 102, on_hand=-2), Move(MUG, 101, promised=-2)}


def test_what_is_not_counted_is_sent_from_no_shelf() -> None:
    sending = send([SONGS], [], [], [ToSend(CUP, NORTH, 2)], OrderStatus.UNFULFILLED)

    assert (sending.shipments, sending.moves) == ({NORTH: [Packed(CUP, None, 2)]}, [])


@pytest.mark.parametrize(
    ("wishes", "codes"),
    [
        ([], ["ZERO_QUANTITY"]),
        ([ToSend(MUG, NORTH, 0)], ["ZERO_QUANTITY"]),
        ([ToSend(UUID(int=9), NORTH, 1)], ["NOT_FOUND"]),
        ([ToSend(MUG, NORTH, 3), ToSend(MUG, SOUTH, 3)], ["FULFILL_ORDER_LINE"]),
    ],
)
def test_a_wish_is_for_units_that_remain_to_be_sent(wishes: list[ToSend], codes: list[str]) -> None:
    with pytest.raises(Refused) as several:
        sent(*wishes)

    assert [refusal.code for refusal in several.value.refusals] == codes


@pytest.mark.parametrize("status", [status for status in OrderStatus if status not in OPEN])
def test_nothing_is_sent_of_an_order_that_is_not_open(status: OrderStatus) -> None:
    with pytest.raises(Refused, match="Nothing is sent"):
        sent(ToSend(MUG, NORTH, 1), status=status)


def test_units_given_up_are_let_go_where_they_were_promised_last() -> None:
    assert set(give_up([MUGS], PROMISES, [(MUG, 3)])) == {
        Move(MUG, 102, promised=-2),
        Move(MUG, 101, promised=-1),
    }
    with pytest.raises(Refused, match="6 wanted, 5 left"):
        give_up([MUGS], PROMISES, [(MUG, 6)])


@pytest.mark.parametrize(
    ("settled", "returned", "status"),
    [
        ((0, 0), (0, 0), OrderStatus.UNFULFILLED),
        ((5, 0), (0, 0), OrderStatus.PARTIALLY_FULFILLED),
        ((5, 2), (0, 0), OrderStatus.FULFILLED),
        ((5, 2), (1, 0), OrderStatus.PARTIALLY_RETURNED),
        ((1, 0), (1, 0), OrderStatus.PARTIALLY_RETURNED),
        ((5, 2), (5, 2), OrderStatus.RETURNED),
    ],
)
def test_an_order_stands_where_its_lines_say(
    settled: tuple[int, int], returned: tuple[int, int], status: OrderStatus
) -> None:
    lines = [
        Line(MUG, 10, 5, settled[0], returned[0], is_tracked=True),
        Line(CUP, 20, 2, settled[1], returned[1], is_tracked=True),
    ]

    assert standing(lines, OrderStatus.PARTIALLY_FULFILLED) is status
    assert standing(lines, OrderStatus.CANCELED) is OrderStatus.CANCELED


def test_only_an_order_of_which_nothing_was_sent_is_called_off() -> None:
    check_cancel(OrderStatus.UNFULFILLED)
    check_cancel(OrderStatus.UNCONFIRMED)
    for status in set(OrderStatus) - {OrderStatus.UNFULFILLED, OrderStatus.UNCONFIRMED}:
        with pytest.raises(CannotCancelOrder):
            check_cancel(status)


def test_the_refusal_names_the_lines() -> None:
    with pytest.raises(Refused) as several:
        sent(ToSend(CUP, NORTH, 3))

    (refusal,) = several.value.refusals
    assert isinstance(refusal, NotToFulfill)
    assert refusal.facts == {"order_lines": [CUP]}
