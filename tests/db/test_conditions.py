"""Conditions as SQL."""

from db.conditions import rendered, statement
from domain.conditions import ALWAYS, NEVER, AllOf, AnyOf, Holds

PREDICATES = {"red": "colour = 'red'", "between": "size between :low and :high and shop = :shop_id"}


def test_values_are_bound_by_where_they_stand_and_shared_names_are_left() -> None:
    condition = AnyOf(
        (
            AllOf((Holds("between", {"low": 1, "high": 2}), Holds("red", {}))),
            Holds("between", {"low": 3, "high": 4}),
        )
    )

    sql, values = rendered(condition, PREDICATES)

    assert sql == (
        "(((size between :low_0 and :high_0 and shop = :shop_id) and (colour = 'red'))"
        " or (size between :low_2 and :high_2 and shop = :shop_id))"
    )
    assert values == {"low_0": 1, "high_0": 2, "low_2": 3, "high_2": 4}


def test_no_parts_mean_always_and_never() -> None:
    assert rendered(ALWAYS, PREDICATES) == ("true", {})
    assert rendered(NEVER, PREDICATES) == ("false", {})


def test_a_shape_is_compiled_once_whatever_its_values() -> None:
    first, _ = rendered(Holds("between", {"low": 1, "high": 2}), PREDICATES)
    second, _ = rendered(Holds("between", {"low": 8, "high": 9}), PREDICATES)

    assert statement(f"select {first}") is statement(f"select {second}")
