"""Reading the schema: what it costs, where everybody may do it.

No row is touched, but there is a field for each thing to tell: the standard query is some thirty thousand of
them, and a document of the same size may ask for a hundred times that.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
)

from engine.errors import LIMIT_EXCEEDED, RequestRefused

LEAST = 1_000  # for a root field that reads the schema
FIELDS_A_POINT = 5  # told, as many as take the time of a row or two
MOST_FIELDS = 60_000  # of one answer; all that the shop's schema has to tell takes some 30 000
MOST = 1_000_000_000  # numbers saturate here
ROOTS = frozenset({"__schema", "__type"})


class Introspection:
    """What fields that read the schema cost in one document."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, float] = {}
        self._lengths = _lengths(schema)

    def cost(self, node: FieldNode) -> int:
        """What the root field costs, by how many fields it will be told: no more than anybody is."""
        return cost_of(min(MOST_FIELDS, self.fields(node)))

    def fields(self, node: FieldNode) -> int:
        """About how many fields it would be told."""
        return 1 + round(self._below(node.selection_set))

    def check(self, selections: SelectionSetNode) -> None:
        """Raise ``RequestRefused`` where an operation would be told more than anybody is, by the estimate.

        Of the types, their fields and their arguments that is right within a few in a hundred. What it takes
        for less is counted while it is told.
        """
        if self._roots(selections) > MOST_FIELDS:
            raise too_much(MOST_FIELDS)

    def _roots(self, selections: SelectionSetNode) -> int:
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += self.fields(node)
            elif isinstance(node, FragmentSpreadNode):
                total += self._roots(self._fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                total += self._roots(node.selection_set)
        return min(total, MOST)

    def _below(self, selections: SelectionSetNode | None) -> float:
        total = 0.0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total += 1 + self._lengths.get(node.name.value, 1) * self._below(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                total += self._below(node.selection_set)
        return min(total, MOST)

    def _fragment(self, name: str) -> float:
        if name not in self._known:
            self._known[name] = self._below(self._fragments[name].selection_set)
        return self._known[name]


def cost_of(fields: int) -> int:
    """What so many fields of the schema cost."""
    return max(LEAST, fields // FIELDS_A_POINT)


def too_much(most: int) -> RequestRefused:
    """The refusal of an answer with more fields."""
    message = f"The answer would tell more than {most} things of the schema: ask for less at once."
    return RequestRefused.because(message, LIMIT_EXCEEDED, legacy_status=200)


@lru_cache(8)  # more schemas than a process has
def _lengths(schema: GraphQLSchema) -> dict[str, float]:
    """How long the lists of a schema's description are, upon the average."""
    kinds = schema.type_map.values()
    objects = [kind for kind in kinds if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [field for kind in objects for field in kind.fields.values()]
    abstract = [kind for kind in kinds if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType)]
    wrapped = sum(str(field.type).count("!") + str(field.type).count("[") for field in fields)
    inputs = [kind for kind in kinds if isinstance(kind, GraphQLInputObjectType)]
    enums = [kind for kind in kinds if isinstance(kind, GraphQLEnumType)]
    return {
        "types": len(schema.type_map),
        "directives": len(schema.directives),
        "fields": _average(len(fields), len(kinds)),
        "args": _average(sum(len(field.args) for field in fields), len(fields)),
        "inputFields": _average(sum(len(kind.fields) for kind in inputs), len(kinds)),
        "enumValues": _average(sum(len(kind.values) for kind in enums), len(kinds)),
        "interfaces": _average(sum(len(kind.interfaces) for kind in objects), len(kinds)),
        "possibleTypes": _average(sum(map(len, map(schema.get_possible_types, abstract))), len(kinds)),
        "ofType": _average(wrapped, wrapped + len(fields)),
    }


def _average(number: int, among: int) -> float:
    return number / max(1, among)


def reads_among_others(root_fields: Iterable[str]) -> bool:
    """Whether an operation with these reads the schema and something else, which is read on the loop."""
    names = set(root_fields) - {"__typename"}
    return bool(names & ROOTS and names - ROOTS)


def reads_schema(root_fields: Iterable[str]) -> bool:
    """Whether an operation with these reads the schema: then no field of it waits for anything."""
    return not ROOTS.isdisjoint(root_fields)
