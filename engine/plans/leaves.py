"""Leaves: from a value to what JSON has for it."""

from collections.abc import Callable
from enum import Enum
from math import isfinite
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, Undefined

from engine.plans.retreat import Retreat

Leaf = Callable[[Any], Any]

# Values of these classes are what they are in JSON, once ``fits`` holds of them.
PLAIN: dict[str, type] = {"String": str, "ID": str, "Boolean": bool, "Float": float, "Int": int}
LARGEST_INT = 2**31


def plain_test(kind: GraphQLLeafType, name: str) -> str | None:
    """Python that is true where the variable ``name`` may be copied as it is; None if that is never so."""
    plain = PLAIN.get(kind.name)
    if plain is None:
        return None
    test = f"{name}.__class__ is {plain.__name__}"
    if plain is int:
        return f"{test} and -{LARGEST_INT} <= {name} < {LARGEST_INT}"
    return f"{test} and isfinite({name})" if plain is float else test


def leaf(kind: GraphQLLeafType) -> Leaf:
    """A converter of values that are not null. Raises ``Retreat`` for a value that does not fit."""
    if isinstance(kind, GraphQLEnumType):
        return _enum(kind)

    def convert(value: Any) -> Any:
        try:
            converted = kind.coerce_output_value(value)
        except Exception as misfit:
            raise Retreat from misfit
        if converted is None or converted is Undefined:
            raise Retreat
        return converted

    return convert


def _enum(kind: GraphQLEnumType) -> Leaf:
    """By look-up: a member, its value or the database's text for it all stand for the name."""
    names: dict[Any, str] = {}
    for name, declared in kind.values.items():
        names[declared.value] = name
        if isinstance(declared.value, Enum):
            names[declared.value.value] = name

    def convert(value: Any) -> str:
        name = names.get(value.value if isinstance(value, Enum) else value)
        if name is None:
            raise Retreat
        return name

    return convert


NAMESPACE: dict[str, Any] = {"isfinite": isfinite, "Retreat": Retreat}
