from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import Invalid
from domain.stocks import (
    MOST_BACKORDERS,
    Allocation,
    InsufficientStock,
    LineWanted,
    Shelf,
    Shelves,
    Shortage,
    Take,
    assign,
    check_backorder_limit,
    plan,
    summed,
)

MUG, LAMP, RUG = 1, 2, 3
FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_the_same_variant_on_many_lines_counts_as_one() -> None:
    assert summed([(MUG, 2), (LAMP, 1), (MUG, 3)]) == {MUG: 5, LAMP: 1}


def test_shelves_are_emptied_in_their_order() -> None:
    shelves = Shelves([Shelf(10, MUG, 2), Shelf(11, LAMP, 9), Shelf(12, MUG, 5)])

    assert plan({MUG: 3, LAMP: 1}, shelves) == [Take(10, MUG, 2), Take(11, LAMP, 1), Take(12, MUG, 1)]


def test_every_variant_that_falls_short_is_named() -> None:
    shelves = Shelves([Shelf(10, MUG, 2), Shelf(11, RUG, 1)])

    with pytest.raises(InsufficientStock) as refusal:
        plan({MUG: 2, LAMP: 1, RUG: 3}, shelves)

    assert refusal.value.shortages == (Shortage(LAMP, 1, 0), Shortage(RUG, 3, 1))
    assert refusal.value.facts == {"variants": [LAMP, RUG]}


def test_units_on_hand_anywhere_are_taken_before_units_on_backorder() -> None:
    shelves = Shelves([Shelf(10, MUG, 2, backorder=3), Shelf(11, MUG, 4), Shelf(12, MUG, 0, backorder=5)])

    assert plan({MUG: 6}, shelves) == [Take(10, MUG, 2), Take(11, MUG, 4)]
    assert plan({MUG: 10}, shelves) == [Take(10, MUG, 5), Take(11, MUG, 4), Take(12, MUG, 1)]
    with pytest.raises(InsufficientStock) as refusal:
        plan({MUG: 15}, shelves)
    assert refusal.value.shortages == (Shortage(MUG, 15, 14),)


@pytest.mark.parametrize(("limit", "free"), [(0, 0), (0, 5), (3, -3), (MOST_BACKORDERS, -1)])
def test_a_backorder_limit_allows_for_what_is_promised(limit: int, free: int) -> None:
    check_backorder_limit(limit, free)


@pytest.mark.parametrize(
    ("limit", "free", "message"),
    [
        (-1, 5, "Between 0 and 1000000 units"),
        (MOST_BACKORDERS + 1, 5, "Between 0 and 1000000 units"),
        (2, -3, "3 units that are not on hand are promised already"),
    ],
)
def test_a_backorder_limit_is_refused_where_more_is_promised(limit: int, free: int, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        check_backorder_limit(limit, free)


def test_a_variant_that_is_not_tracked_never_runs_out() -> None:
    assert plan({MUG: 1000}, Shelves([], frozenset({MUG}))) == []


def test_lines_of_one_variant_share_what_was_taken() -> None:
    takes = [Take(10, MUG, 2), Take(11, LAMP, 1), Take(12, MUG, 2)]
    lines = [LineWanted(FIRST, MUG, 1), LineWanted(SECOND, MUG, 3), LineWanted(UUID(int=3), LAMP, 1)]

    assert assign(lines, takes) == [
        Allocation(FIRST, 10, 1),
        Allocation(SECOND, 10, 1),
        Allocation(SECOND, 12, 2),
        Allocation(UUID(int=3), 11, 1),
    ]


@given(
    st.dictionaries(st.integers(1, 4), st.integers(1, 9), min_size=1),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.integers(0, 3)), max_size=8),
)
def test_a_plan_takes_what_is_wanted_and_no_more_than_there_is(
    wanted: dict[int, int], offered: list[tuple[int, int, int]]
) -> None:
    shelves = [Shelf(number, *one) for number, one in enumerate(offered)]
    there = summed([(shelf.variant_id, shelf.free + shelf.backorder) for shelf in shelves])
    on_hand = summed([(shelf.variant_id, shelf.free) for shelf in shelves])
    short = {variant_id for variant_id, units in wanted.items() if units > there.get(variant_id, 0)}

    if short:
        with pytest.raises(InsufficientStock) as refusal:
            plan(wanted, Shelves(shelves))
        found = {one.variant_id: one.available for one in refusal.value.shortages}
        assert found == {variant_id: there.get(variant_id, 0) for variant_id in short}
    else:
        takes = plan(wanted, Shelves(shelves))
        assert summed([(take.variant_id, take.quantity) for take in takes]) == wanted
        taken_from = [(shelves[take.stock_id], take.quantity) for take in takes]
        assert all(0 < units <= shelf.free + shelf.backorder for shelf, units in taken_from)
        ahead = summed([(shelf.variant_id, max(units - shelf.free, 0)) for shelf, units in taken_from])
        assert all(
            units == max(wanted[variant_id] - on_hand[variant_id], 0) for variant_id, units in ahead.items()
        )
