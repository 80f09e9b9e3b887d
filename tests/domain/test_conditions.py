"""Conditions as data."""

import pytest

from domain.conditions import ALWAYS, NEVER, AllOf, AnyOf, Holds, both, check_channel, check_size, leaves
from domain.refusals import Invalid

RED, BIG = Holds("red", {}), Holds("big", {"than": 3})


def test_what_always_holds_is_left_out() -> None:
    assert both(ALWAYS, RED) == RED
    assert both(RED, ALWAYS, BIG) == AllOf((RED, BIG))
    assert both() == ALWAYS
    assert both(NEVER) == NEVER


def test_leaves_come_from_left_to_right() -> None:
    assert list(leaves(AllOf((RED, AnyOf((BIG, AllOf((RED,)))))))) == [RED, BIG, RED]


def test_more_than_two_hundred_predicates_are_too_many() -> None:
    check_size(AnyOf((RED,) * 200), "where")

    with pytest.raises(Invalid) as refusal:
        check_size(AnyOf((RED, AllOf((BIG,) * 200))), "where")

    assert refusal.value.field == "where"


@pytest.mark.parametrize("name", ["value_slug", "in_collections", "price_between", "units_between"])
def test_more_than_twenty_that_look_at_other_rows_are_too_many(name: str) -> None:
    other = Holds(name, {})
    check_size(AllOf((other,) * 20), "where")

    with pytest.raises(Invalid):
        check_size(AllOf((RED, *(other,) * 20)), "where")


def test_a_predicate_about_a_channel_needs_one_however_deep_it_lies() -> None:
    check_channel(AnyOf((BIG,)), {"red"})

    with pytest.raises(Invalid) as refusal:
        check_channel(AnyOf((BIG, AllOf((RED,)))), {"red"})

    assert refusal.value.field == "channel"
