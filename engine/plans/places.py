"""Places of a document where arguments are given, and the arguments of one run."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNonNull,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_argument_values,
    is_leaf_type,
)
from graphql.execution.values import VariableValues

from engine.declarations import Converted

Arguments = dict[str, Any]
Place = Callable[[VariableValues], Arguments]


class Given(dict[int, Arguments]):
    """The arguments of every place that a run has come to, by the place's index.

    Asking for those of another place makes them. Raises whatever does not fit.
    """

    def __init__(self, places: Sequence[Place], variables: VariableValues) -> None:
        super().__init__()
        self._places = places
        self._variables = variables

    def __missing__(self, index: int) -> Arguments:
        made = self[index] = self._places[index](self._variables)
        return made


def place(declared: GraphQLField, node: FieldNode, variables: VariableValues, converted: Converted) -> Place:
    """How a field's arguments are made, as Python has them: once and for all where no variable is in them.

    ``variables`` are those of the run that the plan is made for; none of them may end up in the place.
    Raises ``GraphQLError`` where they do not fit.
    """
    if not declared.args:
        return _nothing

    def made(variables: VariableValues) -> Arguments:
        return converted(get_argument_values(declared, node, variables))

    named = [argument for argument in node.arguments or () if _mentions_variables(argument.value)]
    if not named:
        constant = made(variables)
        return lambda _variables: constant
    return _bound(declared, node, named, made, converted) or made


def _bound(
    declared: GraphQLField,
    node: FieldNode,
    named: Sequence[ArgumentNode],
    made: Place,
    converted: Converted,
) -> Place | None:
    """The place whose ``named`` arguments are variables and nothing but; None for others.

    The rest of its arguments is converted now. What is out of the ordinary is left to ``made``.
    """
    bound: list[tuple[str, str, Callable[[Any], Any] | None, bool]] = []
    for argument in named:
        name, given = argument.name.value, declared.args[argument.name.value]
        if not isinstance(argument.value, VariableNode) or _has_default(given):
            return None
        may_be_null = not isinstance(given.type, GraphQLNonNull)
        convert = _conversion(name, given, converted)
        bound.append((converted.name(name), argument.value.name.value, convert, may_be_null))
    names = {argument.name.value for argument in named}
    others = {name: given for name, given in declared.args.items() if name not in names}
    spelled = tuple(argument for argument in node.arguments or () if argument.name.value not in names)
    constant: Arguments = {}
    if spelled or any(map(_has_default, others.values())):
        rest = FieldNode(name=node.name, arguments=spelled)
        constant = converted(get_argument_values(GraphQLField(declared.type, others), rest, None))

    def bind(variables: VariableValues) -> Arguments:
        arguments = dict(constant)
        coerced = variables.coerced
        for python_name, variable, convert, may_be_null in bound:
            value = coerced.get(variable, Undefined)
            if value is Undefined or value is None:
                if not may_be_null:
                    return made(variables)
                if value is Undefined:
                    continue
            arguments[python_name] = value if convert is None else convert(value)
        return arguments

    return bind


def _conversion(name: str, given: GraphQLArgument, converted: Converted) -> Callable[[Any], Any] | None:
    """How a variable's value becomes the argument's; None where it is that already."""
    kind = given.type.of_type if isinstance(given.type, GraphQLNonNull) else given.type
    if is_leaf_type(kind) and converted.is_plain(name):
        return None
    python_name = converted.name(name)
    return lambda value: converted({name: value})[python_name]


def _has_default(given: GraphQLArgument) -> bool:
    return given.default is not None or given.default_value is not Undefined


def _nothing(_variables: VariableValues) -> Arguments:
    return {}


def _mentions_variables(value: ValueNode) -> bool:
    match value:
        case VariableNode():
            return True
        case ListValueNode(values=values):
            return any(map(_mentions_variables, values))
        case ObjectValueNode(fields=fields):
            return any(_mentions_variables(field.value) for field in fields)
    return False
