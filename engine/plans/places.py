"""Places of a document where arguments are given, and the arguments of one run."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode, get_argument_values
from graphql.execution import Executor as Execution
from graphql.language import visit
from graphql.language.visitor import BREAK, Visitor

Arguments = dict[str, Any]
Place = Callable[[Execution[None]], Arguments]


class Given(dict[int, Arguments]):
    """The arguments of every place that a run has come to, by the place's index.

    Asking for those of another place makes them. Raises whatever does not fit.
    """

    def __init__(self, places: Sequence[Place], execution: Execution[None]) -> None:
        super().__init__()
        self._places = places
        self._execution = execution

    def __missing__(self, index: int) -> Arguments:
        made = self[index] = self._places[index](self._execution)
        return made


def place(
    execution: Execution[None],
    declared: GraphQLField,
    node: FieldNode,
    converted: Callable[[Arguments], Arguments],
) -> Place:
    """How a field's arguments are made, as Python has them: once and for all where no variable is in them.

    Raises ``GraphQLError`` where they do not fit.
    """
    if not declared.args:
        return _nothing

    def made(execution: Execution[None]) -> Arguments:
        return converted(get_argument_values(declared, node, execution.variable_values))

    if _mentions_variables(node):
        return made
    constant = made(execution)
    return lambda _execution: constant


def _nothing(_execution: Execution[None]) -> Arguments:
    return {}


class _FindVariable(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> Any:
        self.found = True
        return BREAK


def _mentions_variables(node: FieldNode) -> bool:
    finder = _FindVariable()
    for argument in node.arguments or ():
        visit(argument, finder)
    return finder.found
