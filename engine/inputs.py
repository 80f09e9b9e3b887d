"""What a write is handed: each item of a list is work, whether the document has it or a variable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of lists that the root fields of an operation are given; a query's are bounds and no work."""

    written: int = 0
    variables: tuple[str, ...] = ()
    """Each as often as it is used."""

    def count(self, variables: Mapping[str, Any]) -> int:
        """How many there are with these (raw) variables."""
        if not self.variables:
            return self.written
        return self.written + sum(_items(variables.get(name)) for name in self.variables)


def items_of(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Items:
    """The items that a valid operation is given."""
    if operation.operation is OperationType.QUERY:
        return Items()
    written, variables = 0, list[str]()
    waiting: list[Any] = [given.value for given in _arguments(operation.selection_set, fragments)]
    waiting += [declared.default_value for declared in operation.variable_definitions or ()]
    while waiting:
        match waiting.pop():
            case ListValueNode(values=values):
                written += len(values)
                waiting += values
            case ObjectValueNode(fields=fields):
                waiting += [field.value for field in fields]
            case VariableNode(name=name):
                variables.append(name.value)
            case _:
                pass
    return Items(written, tuple(variables))


def _arguments(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[ArgumentNode]:
    """Those of the root fields."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield from node.arguments or ()
        elif isinstance(node, InlineFragmentNode):
            yield from _arguments(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            yield from _arguments(fragments[node.name.value].selection_set, fragments)


def _items(value: Any) -> int:
    number = 0
    waiting = [value]  # and no recursion: JSON nests deeper than Python does
    while waiting:
        match waiting.pop():
            case list() as items:
                number += len(items)
                waiting += items
            case dict() as fields:
                waiting += fields.values()
            case _:
                pass
    return number
