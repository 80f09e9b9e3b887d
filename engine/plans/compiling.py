"""From a document to a plan: each selection becomes a Python function that builds its objects in one go."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)

from engine.declarations import Converted, declared_as, rows_by_class
from engine.loading import Relation
from engine.plans.completing import Completion, Run, any_of, many, non_null, of_now, one_of
from engine.plans.leaves import leaf
from engine.plans.places import Place, place
from engine.plans.selections import CompiledSelection, Details, Unsupported
from engine.plans.writing import TYPENAME, Writer
from engine.words import Attribute, Inline

MOST_SELECTIONS = 500  # of one plan: fragments that spread each other twice over would fill the memory
MEMBERS = 4  # an interface or a union counts as so many selections before any row of it is seen


@dataclass(slots=True)
class Parts:
    """What the functions of one plan share, those that are compiled later included."""

    unsupported: Counter[str]
    places: list[Place] = field(default_factory=list)
    selections: int = 0
    fields: int = 0
    """Of all selections together."""
    edges: Counter[Relation[Any]] = field(default_factory=Counter)
    """The places that ask a relation."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles one operation, under one choice of ``@skip`` and ``@include``."""

    execution: Any  # graphql-core's, of the run that the plan is made for
    parts: Parts
    known: dict[tuple[Any, ...], bool] = field(default_factory=dict)
    """Whether objects of a type, as they are selected by these nodes, wait for nothing."""

    def completion(self, kind: Any, details: Details) -> Completion:
        """How values of ``kind`` are completed, with the fields that ``details`` select of them."""
        match kind:
            case GraphQLNonNull():
                return non_null(self.completion(kind.of_type, details))
            case GraphQLList():
                return many(self.completion(kind.of_type, details))
            case GraphQLObjectType():
                return one_of(self.selection(kind, details))
            case GraphQLInterfaceType() | GraphQLUnionType():
                return self._abstract(kind, details)
        convert = leaf(kind)
        return of_now(lambda value, _run: None if value is None else convert(value))

    def place(self, declared: GraphQLField, node: FieldNode, converted: Converted) -> int:
        """A place in the document has its arguments at this index."""
        self.parts.places.append(place(declared, node, self.execution.variable_values, converted))
        return len(self.parts.places) - 1

    def _abstract(self, kind: GraphQLInterfaceType | GraphQLUnionType, details: Details) -> Completion:
        """The fields of a member are compiled when its first row comes: most members never do."""
        self.parts.selections += MEMBERS
        members: dict[type, Completion | None] = {}
        parts = self.parts  # a plan outlives the execution it was made for, and must not hold it

        def member(row: type, run: Run) -> Completion | None:
            if row not in members:
                members[row] = Compiler(run.invocation.execution, parts).member(kind, row, details)
            return members[row]

        return any_of(member)

    def member(
        self, kind: GraphQLInterfaceType | GraphQLUnionType, row: type, details: Details
    ) -> Completion | None:
        """How rows of this class are completed; None where they cannot be."""
        schema = self.execution.schema
        possible = schema.type_map.get(rows_by_class(schema).get(row, ""))
        if not isinstance(possible, GraphQLObjectType) or not schema.is_sub_type(kind, possible):
            return None
        try:
            return one_of(self.selection(possible, details))
        except Unsupported as reason:
            self.parts.unsupported[str(reason)] += 1
            return None

    def selection(self, kind: GraphQLObjectType, details: Details) -> CompiledSelection:
        """The function that builds objects of ``kind``. Raises ``Unsupported``."""
        writer = Writer(self, kind)
        for name, chosen in self.selected(kind, details).items():
            writer.add(name, chosen)
        return writer.selection()

    def selected(self, kind: GraphQLObjectType, details: Details) -> dict[str, Details]:
        """The fields of ``kind`` that ``details`` select, by their names in the answer.

        Raises ``Unsupported`` for a plan that grows too large.
        """
        self.parts.selections += 1
        if self.parts.selections > MOST_SELECTIONS:
            raise Unsupported("size")
        found: dict[str, Details] = self.execution.collect_subfields(kind, details).grouped_field_set
        self.parts.fields += len(found)
        return found

    def flat(self, kind: Any, details: Details) -> GraphQLObjectType | None:
        """The object type that ``kind`` is, if what is selected of it is built of its row without waiting."""
        named = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if not isinstance(named, GraphQLObjectType):
            return None
        key = (named.name, *(id(one.node) for one in details))
        known = self.known.get(key)
        if known is None:
            chosen = self.execution.collect_subfields(named, details).grouped_field_set.values()
            known = self.known[key] = all(self._is_flat(named, fields) for fields in chosen)
        return named if known else None

    def _is_flat(self, kind: GraphQLObjectType, details: Details) -> bool:
        """Whether a field of ``kind`` is a leaf of its row, a list of leaves, or a flat object."""
        declared = self.execution.schema.get_field(kind, details[0].node.name.value)
        found = None if declared is None else declared_as(declared)
        if declared is None or found is None:
            return bool(details[0].node.name.value == TYPENAME)
        if not isinstance(found.word, Attribute | Inline):
            return False
        return is_leaf_type(get_named_type(declared.type)) or self.flat(declared.type, details) is not None
