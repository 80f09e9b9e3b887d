"""The schema, described: what introspection gives, without an executor's work for each field.

The words are the reference's own (graphql-core's resolvers of ``__Type`` and its kin). Nothing in them waits
or fails or depends on who asks, so that what is asked of a type is worked out once, wherever it stands.
"""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
)
from graphql import get_nullable_type as nullable
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values

from engine.introspecting import MOST_FIELDS, too_much

TYPENAME: Final = "__typename"


class _Asked(NamedTuple):
    """A field of a selection: ``below`` is null where its value has none, and counts what it writes out."""

    shown: str
    field: GraphQLField | None  # none: the type's name
    arguments: dict[str, Any]
    is_list: bool
    below: "_Selection | None"


class _Selection(NamedTuple):
    """All that is asked of one object. Its number is of one answer."""

    number: int
    kind: GraphQLObjectType
    fields: Sequence[_Asked]


class Description(NamedTuple):
    """An answer's data, and how many fields are in it."""

    data: dict[str, Any]
    fields: int


def describe(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    variables: VariableValues,
    most: int = MOST_FIELDS,
) -> Description:
    """The answer to a valid operation that reads the schema and nothing else.

    Raises ``RequestRefused`` as soon as it has more than ``most`` fields.
    """
    assert schema.query_type is not None, "the operation is one"
    asked = _Reading(schema, fragments, variables)
    writing = _Writing(schema, most)
    data = writing.object(asked.selection(schema.query_type, [operation.selection_set]), None)
    return Description(data, writing.fields)


class _Reading:
    """What a document asks for, with the variables of one request."""

    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, tuple[int, ...]], _Selection] = {}

    def selection(self, kind: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> _Selection:
        """What these ask of an object together."""
        key = kind.name, tuple(map(id, sets))
        found = self._known.get(key)
        if found is None:
            groups: dict[str, list[FieldNode]] = {}
            for one in sets:
                for node in self._fields(kind, one):
                    groups.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            fields = [self._asked(kind, shown, nodes) for shown, nodes in groups.items()]
            found = self._known[key] = _Selection(len(self._known), kind, fields)
        return found

    def _fields(self, kind: GraphQLObjectType, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._is_wanted(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or node.type_condition.name.value == kind.name:
                    yield from self._fields(kind, node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                if fragment.type_condition.name.value == kind.name:
                    yield from self._fields(kind, fragment.selection_set)

    def _is_wanted(self, directives: Sequence[DirectiveNode]) -> bool:
        if not directives:
            return True
        node = SimpleNamespace(directives=directives)
        values: Any = self._variables
        skip = get_directive_values(GraphQLSkipDirective, node, values)  # type: ignore[arg-type]  # looks no further
        if skip is not None and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, values)  # type: ignore[arg-type]  # as above
        return include is None or bool(include["if"])

    def _asked(self, kind: GraphQLObjectType, shown: str, nodes: Sequence[FieldNode]) -> _Asked:
        name = nodes[0].name.value
        if name == TYPENAME:
            return _Asked(shown, None, {}, is_list=False, below=None)
        field = self._schema.get_field(kind, name)
        assert field is not None, "the document is valid"
        arguments = get_argument_values(field, nodes[0], self._variables) if field.args else {}
        named = get_named_type(field.type)
        below = None
        if isinstance(named, GraphQLObjectType):
            below = self.selection(named, [node.selection_set for node in nodes if node.selection_set])
        return _Asked(shown, field, arguments, is_list_type(nullable(field.type)), below)


class _Writing:
    """An answer, and the count of its fields."""

    def __init__(self, schema: GraphQLSchema, most: int) -> None:
        self.fields = 0
        self._info: Any = SimpleNamespace(schema=schema)
        self._most = most
        self._known: dict[tuple[int, int], tuple[dict[str, Any], int]] = {}

    def object(self, selection: _Selection, source: Any) -> dict[str, Any]:
        """What the selection asks of the source. One of a type is told again: types live as long as we do."""
        if not isinstance(source, GraphQLType):
            return self._object(selection, source)
        key = selection.number, id(source)
        known = self._known.get(key)
        if known is None:
            before = self.fields
            made = self._object(selection, source)
            self._known[key] = made, self.fields - before
            return made
        self._count(known[1])
        return known[0]

    def _object(self, selection: _Selection, source: Any) -> dict[str, Any]:
        self._count(len(selection.fields))
        told: dict[str, Any] = {}
        for shown, field, arguments, is_list, below in selection.fields:
            if field is None:
                told[shown] = selection.kind.name
                continue
            assert field.resolve is not None, "the reference has one for each field of a schema"
            value = field.resolve(source, self._info, **arguments)
            if value is None:
                told[shown] = None
            elif below is None:
                told[shown] = _leaf(field, value, is_list=is_list)
            elif is_list:
                told[shown] = [self.object(below, item) for item in value]
            else:
                told[shown] = self.object(below, value)
        return told

    def _count(self, fields: int) -> None:
        self.fields += fields
        if self.fields > self._most:
            raise too_much(self._most)


def _leaf(field: GraphQLField, value: Any, *, is_list: bool) -> Any:
    if not is_list and type(value) in {str, bool}:
        return value
    kind: Any = get_named_type(field.type)
    assert is_leaf_type(kind), "whatever else there is has fields of its own"
    return [kind.serialize(item) for item in value] if is_list else kind.serialize(value)
