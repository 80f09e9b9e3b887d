"""Reading the schema: what it costs, where everybody may do it.

No row is touched, but the reference executor resolves a field for each thing there is: the standard query is
some twenty thousand of them, and a document of the same size may ask for a hundred times that.
"""

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
)

LEAST = 1_000  # for a root field that reads the schema
FIELDS_A_POINT = 5  # resolved, as many as take the time of a row or two
MOST = 1_000_000_000  # numbers saturate here
ROOTS = frozenset({"__schema", "__type"})


class Introspection:
    """What fields that read the schema cost in one document."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}
        self._lengths = _lengths(schema)

    def cost(self, node: FieldNode) -> int:
        """What the root field costs, by how many fields will be resolved for it."""
        return max(LEAST, (1 + self._below(node.selection_set)) // FIELDS_A_POINT)

    def _below(self, selections: SelectionSetNode | None) -> int:
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total += self._lengths.get(node.name.value, 1) * (1 + self._below(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                total += self._below(node.selection_set)
        return min(total, MOST)

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = self._below(self._fragments[name].selection_set)
        return self._known[name]


def _lengths(schema: GraphQLSchema) -> dict[str, int]:
    """How long the lists of a schema's description are, upon the average and rounded up."""
    kinds = schema.type_map.values()
    objects = [kind for kind in kinds if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [field for kind in objects for field in kind.fields.values()]
    inputs = [kind for kind in kinds if isinstance(kind, GraphQLInputObjectType)]
    enums = [kind for kind in kinds if isinstance(kind, GraphQLEnumType)]
    return {
        "types": len(schema.type_map),
        "directives": len(schema.directives),
        "fields": _average(len(fields), len(kinds)),
        "args": _average(sum(len(field.args) for field in fields), len(fields)),
        "inputFields": _average(sum(len(kind.fields) for kind in inputs), len(kinds)),
        "enumValues": _average(sum(len(kind.values) for kind in enums), len(kinds)),
    }


def _average(number: int, among: int) -> int:
    return -(-number // max(1, among))


def reads_among_others(root_fields: Iterable[str]) -> bool:
    """Whether an operation with these reads the schema and something else, which is read on the loop."""
    names = set(root_fields) - {"__typename"}
    return bool(names & ROOTS and names - ROOTS)


def reads_schema(root_fields: Iterable[str]) -> bool:
    """Whether an operation with these reads the schema: then no field of it waits for anything."""
    return not ROOTS.isdisjoint(root_fields)
