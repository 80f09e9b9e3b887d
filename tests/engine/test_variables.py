"""Variables are read as graphql-core reads them, or left to it."""

from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse
from graphql.language.parser import MAX_NESTING_DEPTH
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.requests import MAX_VALUES
from engine.variables import Variables
from tests.engine.test_hostile import counting

SCHEMA = build_schema("""
    type Query { a(a: String): Int }
    input Flat { ids: [ID!]! names: [String] = ["a"] on: Boolean inner: Inner }
    input Inner { numbers: [[Int!]] kind: Kind }
    input Endless { and: [Endless!] flat: Flat }
    enum Kind { ONE TWO }
""")
DEFAULTS = ["Int = 3", "[Int!] = [1]", "Flat = { ids: [] }", "Kind! = ONE", "Int", "Int!", "Boolean = null"]
KINDS = ["[ID!]", "[ID]", "[String!]!", "[[Boolean]]", "[Int]", "[Kind!]", "Flat", "[Flat!]", "Endless", "ID"]
WORDS = st.sampled_from(["ids", "names", "on", "inner", "numbers", "kind", "and", "flat"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**32), 2**32)
    | st.sampled_from(["", "a", "ONE"])
    | st.just(1.5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
)
FLATS = st.fixed_dictionaries(
    {"ids": st.lists(st.text(max_size=2), max_size=3)},
    optional={"names": st.lists(st.none() | st.text(max_size=2)), "on": st.none() | st.booleans()},
)
TEXTS = st.lists(st.none() | st.booleans() | st.text(max_size=2), min_size=1, max_size=2)


def _operation(kind: str) -> OperationDefinitionNode:
    node = parse(f"query ($v: {kind}) {{ a }}").definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return node


def _theirs(kind: str, value: Any) -> Any:
    return get_variable_values(SCHEMA, _operation(kind).variable_definitions or (), {"v": value}, 50)


def _ours(kind: str, value: Any, schema: GraphQLSchema = SCHEMA) -> Any:
    return Variables(schema, _operation(kind)).read({"v": value})


def _nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {"and": [value]}
    return value


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), VALUES | FLATS | st.lists(FLATS, max_size=3) | TEXTS)
@example("[ID!]", ["a", None])
@example("[ID]", ["a", True])
def test_a_value_is_what_graphql_core_makes_of_it_or_left_to_it(kind: str, value: Any) -> None:
    ours, theirs = _ours(kind, value), _theirs(kind, value)

    if isinstance(theirs, list):  # of errors
        assert ours is None
    elif ours is not None:
        assert ours.coerced == theirs.coerced
        assert ours.sources["v"].value is value


@pytest.mark.parametrize("kind", ["[ID!]", "[ID]", "[[ID!]!]", "Flat!"])
def test_texts_are_read_without_a_call_for_each(kind: str) -> None:
    ids: Any = ["a", None if kind == "[ID]" else "b"] * (MAX_VALUES // 2 - 10)
    value = {"Flat!": {"ids": ids, "names": ids}, "[[ID!]!]": [ids]}.get(kind, ids)
    variables = Variables(SCHEMA, _operation(kind))

    with counting() as calls:
        read = variables.read({"v": value})

    assert read is not None
    assert read.coerced == {"v": value}
    assert read.coerced["v"] is not value
    assert calls[0] < 100


@pytest.mark.parametrize("lists", [0, 3, 190])
def test_how_deep_a_value_may_be_is_as_with_graphql_core(lists: int) -> None:
    kind = "[" * lists + "Endless" + "]" * lists
    most = (MAX_NESTING_DEPTH - lists) // 2

    for levels, is_read in ((most, True), (most + 1, False)):
        value = _nested(levels)
        for _ in range(lists):
            value = [value]
        assert isinstance(_theirs(kind, value), list) is not is_read
        assert (_ours(kind, value) is not None) is is_read


@pytest.mark.parametrize("lists", [MAX_NESTING_DEPTH - 3, MAX_NESTING_DEPTH - 2])
def test_what_cannot_hold_itself_may_still_be_too_deep(lists: int) -> None:
    kind = "[" * lists + "Inner" + "]" * lists
    value: Any = {"numbers": [[1]]}
    for _ in range(lists):
        value = [value]

    assert (_ours(kind, value) is None) is isinstance(_theirs(kind, value), list)


@pytest.mark.parametrize("kind", DEFAULTS)
def test_what_is_not_given_has_its_default(kind: str) -> None:
    operation = _operation(kind)

    ours = Variables(SCHEMA, operation).read({})

    theirs = get_variable_values(SCHEMA, operation.variable_definitions or (), {})
    if kind == "Int!":
        assert ours is None
        assert isinstance(theirs, list)
    else:
        assert ours is not None
        assert not isinstance(theirs, list)
        assert (ours.coerced, list(ours.sources)) == (theirs.coerced, list(theirs.sources))


def test_a_field_that_is_not_given_has_its_default() -> None:
    found = _ours("Flat", {"ids": []})

    assert found is not None
    assert found.coerced == {"v": {"ids": [], "names": ["a"]}} == _theirs("Flat", {"ids": []}).coerced
