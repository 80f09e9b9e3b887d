"""How long an operation's answer is good for: worked out once a document, whatever its variables are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
)
from graphql.language import ast
from graphql.language.ast import QUERY_DOCUMENT_KEYS

from engine.caching.hints import Hint, hint_of

TYPENAME = "__typename"
KNOWN = "policy"  # among a field's extensions
# What may have a field, an argument or an input field within, by kind of node.
PARTS = {
    kind: [
        key
        for key in keys
        if key not in {"description", "name", "alias", "type", "type_condition", "variable"}
    ]
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
}
NAMED = ast.FieldNode, ast.ArgumentNode, ast.ObjectFieldNode
FOREVER = 1 << 31  # seconds: nothing has said less yet


@dataclass(frozen=True, slots=True)
class Policy:
    """``max_age`` is in seconds; 0 is for an answer that nobody may keep.

    ``listed`` are the types of which it has lists, ``roots`` the types of each root field by its name in the
    answer, and ``words`` the names of the fields, arguments and input fields that are in the document.
    """

    max_age: int = 0
    is_private: bool = False
    listed: frozenset[str] = frozenset()
    roots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    @property
    def is_public(self) -> bool:
        """Whether the answer may be told to everybody who asks the same."""
        return self.max_age > 0 and not self.is_private


def policies_of(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Policy]:
    """The policy of each operation of a valid document; of a mutation or a subscription, that of no answer.

    What ``@skip`` and ``@include`` leave out counts as well.
    """
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    words = frozenset(_words(document))
    return {
        node.name.value if node.name else None: _Walk(schema, fragments).policy(node, words)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What a field does to an answer (see ``Policy``).

    ``named`` is the type it gives, ``kinds`` those that may stand for it, by name.
    """

    max_age: int
    is_private: bool
    listed: frozenset[str]
    kinds: frozenset[str]
    named: Any


class _Walk:
    """One walk over an operation. The least age wins, so each selection is looked at once for a type."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._max_age = FOREVER
        self._is_private = False
        self._listed: set[str] = set()
        self._roots: dict[str, frozenset[str]] = {}
        self._waiting: list[tuple[SelectionSetNode, Any]] = []
        self._met: set[tuple[int, str]] = set()

    def policy(self, operation: OperationDefinitionNode, words: frozenset[str]) -> Policy:
        if operation.operation is not ast.OperationType.QUERY or self._schema.query_type is None:
            return Policy()
        self._go(operation.selection_set, self._schema.query_type)
        while self._waiting:
            selections, parent = self._waiting.pop()
            for node in selections.selections:
                match node:
                    case FieldNode():
                        self._field(node, parent)
                    case InlineFragmentNode(type_condition=None):
                        self._go(node.selection_set, parent)
                    case InlineFragmentNode() as inline:
                        assert inline.type_condition is not None, "the case before"
                        self._go(inline.selection_set, self._type(inline.type_condition.name.value))
                    case FragmentSpreadNode():
                        fragment = self._fragments[node.name.value]
                        self._go(fragment.selection_set, self._type(fragment.type_condition.name.value))
                    case _:
                        pass
        max_age = 0 if self._max_age == FOREVER else self._max_age
        return Policy(max_age, self._is_private, frozenset(self._listed), self._roots, words)

    def _go(self, selections: SelectionSetNode, parent: Any) -> None:
        key = id(selections), parent.name
        if key not in self._met:
            self._met.add(key)
            self._waiting.append((selections, parent))

    def _field(self, node: FieldNode, parent: Any) -> None:
        name = node.name.value
        if name == TYPENAME:
            return
        declared = self._schema.get_field(parent, name)
        if declared is None or name.startswith("__"):
            self._max_age = 0  # the schema is told to whoever may know it
            return
        known = self._known(parent, name, declared)
        self._max_age = min(self._max_age, known.max_age)
        self._is_private |= known.is_private
        if known.listed:
            self._listed |= known.listed
        if parent is self._schema.query_type:
            shown = node.alias.value if node.alias else name
            self._roots[shown] = known.kinds
        if node.selection_set is not None:
            self._go(node.selection_set, known.named)

    def _known(self, parent: Any, name: str, declared: GraphQLField) -> _Known:
        """Worked out once."""
        found: _Known | None = declared.extensions.get(KNOWN)
        if found is None:
            found = self._found(parent, name, declared)
            declared.extensions = {**declared.extensions, KNOWN: found}
        return found

    def _found(self, parent: Any, name: str, declared: GraphQLField) -> _Known:
        named = get_named_type(declared.type)
        kinds, item = self._possible(named), _item(named)
        listed: frozenset[str] = frozenset()
        if item is not None:
            listed = self._possible(item)
        elif is_list_type(get_nullable_type(declared.type)):
            listed = kinds
        hints = [(hint_of(one), one) for one in self._declared(parent, name, declared)]
        is_root = parent is self._schema.query_type
        return _Known(
            min([_age(hint, one, is_root=is_root) for hint, one in hints]),
            any(hint.is_private for hint, _ in hints),
            listed,
            kinds,
            named,
        )

    def _declared(self, parent: Any, name: str, declared: GraphQLField) -> Iterator[GraphQLField]:
        """The field as ``parent`` declares it, and as those do that may stand in its place."""
        yield declared
        if isinstance(parent, GraphQLInterfaceType):
            for kind in self._schema.get_possible_types(parent):
                yield kind.fields[name]

    def _possible(self, kind: Any) -> frozenset[str]:
        if is_abstract_type(kind):
            return frozenset(one.name for one in self._schema.get_possible_types(kind))
        return frozenset([kind.name] if is_composite_type(kind) else [])

    def _type(self, name: str) -> Any:
        return self._schema.type_map[name]


def _age(hint: Hint, declared: GraphQLField, *, is_root: bool) -> int:
    """The most that it leaves of what it is read from."""
    if hint.max_age is not None:
        return hint.max_age
    gives_objects = is_composite_type(get_named_type(declared.type))
    return 0 if is_root or (gives_objects and not hint.inherits) else FOREVER


def _item(kind: Any) -> Any:
    """What the edges of a connection lead to; None for what is no connection."""
    if not isinstance(kind, GraphQLObjectType) or "pageInfo" not in kind.fields or "edges" not in kind.fields:
        return None
    edge = get_named_type(kind.fields["edges"].type)
    node = edge.fields.get("node") if isinstance(edge, GraphQLObjectType) else None
    return None if node is None else get_named_type(node.type)


def _words(document: DocumentNode) -> Iterator[str]:
    waiting: list[Any] = [*document.definitions]
    while waiting:
        node = waiting.pop()
        if isinstance(node, NAMED):
            yield node.name.value
        for key in PARTS.get(node.kind, ()):
            value = getattr(node, key)
            if not value:
                continue
            if isinstance(value, tuple):
                waiting += value
            else:
                waiting.append(value)


def words_in(value: object) -> Iterator[str]:
    """Every name within a JSON value: of the input fields that variables bring along."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as mapping:
                yield from mapping
                waiting += mapping.values()
            case list() as items:
                waiting += items
