"""What an operation did cost, counted in its answer: the items that are there, at their fields' prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_list_type,
)
from graphql import get_nullable_type as nullable

from engine.directives import FIELDS_A_POINT, price_of, shown_by
from engine.introspecting import Introspection


@dataclass(slots=True)
class Place:
    """A field of an answer. ``single``: what is shown of a row, and prices of fields that give one thing."""

    complexity: int = 0
    single: int = 0
    certain: bool = False
    shown: int = 1
    """As how many fields it counts where nothing is below it."""
    is_row: bool = False
    """Whether it is a row of its own, and no part of the one that it is in."""
    below: dict[str, "Place"] = field(default_factory=dict)
    parts: tuple[tuple[str, "Place"], ...] = ()
    """``below``, once nothing is put there any more."""

    def cost(self, value: Any) -> int:
        """What ``value`` cost, found in this place."""
        if type(value) is list and value:
            return sum(map(self.cost, value)) if self.parts else (self.complexity + self.single) * len(value)
        if type(value) is not dict:
            return self.complexity
        total = self.complexity + self.single
        for name, place in self.parts:
            if name in value:
                total += place.cost(value[name])
        return total


class Tally:
    """The places of a valid document's answers that cost something, laid out when first asked for."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._document = document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._introspection = Introspection(schema, self._fragments)
        self._roots: dict[str | None, Place] = {}

    def of(self, name: str | None, data: Mapping[str, Any] | None) -> int:
        """What the answer to the operation cost, and at least 1."""
        root = self._roots.get(name)
        if root is None:
            root = self._roots[name] = self._root(name)
        return max(1, root.cost(data))

    def _root(self, name: str | None) -> Place:
        operation = next(
            node
            for node in self._document.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        )
        place = Place()
        self._lay(place, operation.selection_set, self._schema.get_root_type(operation.operation))
        place.complexity += _settle(place) // FIELDS_A_POINT
        return place

    def _lay(
        self, place: Place, selections: SelectionSetNode, kind: Any, item: int = 0, *, sure: bool = True
    ) -> None:
        """Put the selection's fields below ``place``; ``item`` is what each item of a page costs itself."""
        for node in selections.selections:
            certain = sure and not node.directives
            if isinstance(node, FieldNode):
                self._field(place, node, kind, item, certain=certain)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                condition = self._schema.type_map[fragment.type_condition.name.value]
                certain = certain and condition == kind
                self._lay(place, fragment.selection_set, condition, item, sure=certain)
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                condition = self._schema.type_map[named.name.value] if named else kind
                certain = certain and condition == kind
                self._lay(place, node.selection_set, condition, item, sure=certain)

    def _field(self, place: Place, node: FieldNode, kind: Any, item: int, *, certain: bool) -> None:
        name = node.name.value
        below = place.below.setdefault(node.alias.value if node.alias else name, Place())
        if name.startswith("__") or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            below.complexity = 0 if name == "__typename" else self._introspection.cost(node)
            below.certain = True
            return
        declared = kind.fields[name]
        price = price_of(kind, name, declared)
        complexity = price.complexity + (item if price.page else 0)
        below.complexity = max(below.complexity, complexity)
        below.shown = shown_by(declared)
        below.is_row = below.is_row or complexity > 0 or price.page
        below.certain = below.certain or (certain and not is_list_type(nullable(declared.type)))
        named = get_named_type(declared.type)
        if node.selection_set and is_composite_type(named):
            self._lay(below, node.selection_set, named, complexity if price.connection else 0)


def _settle(place: Place) -> int:
    """Add up below ``place`` what needs no looking at the answer, and forget what is free.

    Gives how many fields the place shows of the row that it is in.
    """
    shown = 0
    for name, below in list(place.below.items()):
        shown += _settle(below)
        if not below.below and below.certain and not below.single:
            place.single += below.complexity
            del place.below[name]
        elif not below.below and not below.complexity and not below.single:
            del place.below[name]
    place.parts = tuple(place.below.items())
    if not place.is_row:
        return max(place.shown, shown)
    place.single += shown // FIELDS_A_POINT
    return 0
