"""How long a list is, and whether a field is selected, as far as a document or its variables say so."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    GraphQLField,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    VariableNode,
)

from engine.directives import LONGEST_PAGE, Price

DIGITS = 11  # of a size, and its sign
Variables = Mapping[str, Any]
Size = int | Callable[[Variables], int]


def size_of(node: FieldNode, field: GraphQLField, price: Price) -> Size:
    """How many items the field gives: the greatest of its slicing arguments, or what is assumed."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    fixed: list[int] = []
    named: list[str] = []
    assumed = price.size
    for name in price.slicing:
        value = given.get(name)
        default = field.args[name].default_value
        if isinstance(value, IntValueNode):
            fixed.append(_page(int(value.value)))
        elif isinstance(value, VariableNode):
            named.append(value.name.value)
        if isinstance(default, int) and not isinstance(value, IntValueNode | NullValueNode):
            assumed = _page(default)
    if not named:
        return max(fixed, default=assumed)

    def size(variables: Variables) -> int:
        found = [_page(value) for value in map(variables.get, named) if isinstance(value, int | float)]
        return max([*found, *fixed], default=assumed)

    return size


def _page(number: float) -> int:
    return int(max(0, min(number, LONGEST_PAGE)))


def condition(name: str, *, wanted: bool) -> Callable[[Variables], int]:
    # What is no boolean is refused when the variables are read; until then it counts.
    return lambda variables: 0 if variables.get(name) is (not wanted) else 1


def defaults_of(node: OperationDefinitionNode) -> Variables:
    """The default values of the variables a cost may depend on; an id may be a number of any length."""
    found: dict[str, Any] = {}
    for definition in node.variable_definitions or ():
        value = definition.default_value
        if isinstance(value, IntValueNode) and len(value.value) <= DIGITS:
            found[definition.variable.name.value] = int(value.value)
        elif isinstance(value, BooleanValueNode):
            found[definition.variable.name.value] = value.value
    return found
