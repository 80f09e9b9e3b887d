"""Documents that are plainly valid, known by one look: nearly all that the code of a shop's frontend sends.

One pass over a document and what its schema says of the types in it, a few times shorter than asking each
rule at each node. It makes no errors. Of whatever is wrong, or rare, it is only not sure: then graphql-core's
rules decide, and theirs are all the words. Each check here stands for some of those rules, which find nothing
in a document that passes all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NoReturn

from graphql import (
    ArgumentNode,
    DirectiveLocation,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    is_input_type,
    type_from_ast,
)
from graphql.utilities.validate_input_value import validate_input_literal
from graphql.validation.rules.variables_in_allowed_position import allowed_variable_usage

from engine.signatures import Composite, Position, Signatures, Taken, position

LOCATIONS: Final = {
    FieldNode: DirectiveLocation.FIELD,
    InlineFragmentNode: DirectiveLocation.INLINE_FRAGMENT,
    FragmentSpreadNode: DirectiveLocation.FRAGMENT_SPREAD,
}


class Look(Enum):
    """What is known of a document after one look."""

    NOT_SURE = "not sure"
    VALID_IF_MERGED = "valid, if fields of one name merge"
    VALID = "valid: no two fields answer to one name"


class _NotSure(Exception):
    """Something is wrong, or rare."""


@dataclass(slots=True, eq=False)
class _Part:
    """What an operation or a fragment has in it, and the fragments it spreads, and those they spread."""

    uses: set[tuple[str, Position]] = field(default_factory=set)
    spread: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """To which its own fields answer, without those below them."""


def look_at(document: DocumentNode, known: Signatures) -> Look:
    """What one look tells of a parsed document."""
    looking = _Looking(document, known)
    try:
        looking.check()
    except (_NotSure, RecursionError):
        return Look.NOT_SURE
    return Look.VALID if looking.distinct else Look.VALID_IF_MERGED


class _Looking:
    def __init__(self, document: DocumentNode, known: Signatures) -> None:
        self.distinct = True
        self._known = known
        self._definitions = document.definitions
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        self._parts: dict[str, _Part | None] = {}  # None while a fragment is being looked at

    def check(self) -> None:
        """Raise ``_NotSure``, or the document is valid if its fields merge."""
        operations: dict[str | None, OperationDefinitionNode] = {}
        for node in self._definitions:
            if isinstance(node, OperationDefinitionNode):
                _add(operations, node.name.value if node.name else None, node)
            elif isinstance(node, FragmentDefinitionNode):
                _add(self._fragments, node.name.value, node)
            else:
                raise _NotSure
        if None in operations and len(operations) > 1:
            raise _NotSure
        spread = {name for node in operations.values() for name in self._operation(node)}
        if spread != self._fragments.keys():
            raise _NotSure

    def _operation(self, node: OperationDefinitionNode) -> Iterable[str]:
        """The fragments that an operation reaches."""
        root = self._known.root(node.operation)
        if root is None or node.operation is OperationType.SUBSCRIPTION:
            raise _NotSure
        part = _Part()
        if node.directives:
            self._directives(node.directives, DirectiveLocation[node.operation.name], part)
        self._selections(node.selection_set, root, part, part.names)
        self._variables(node.variable_definitions or (), part)
        return part.spread

    def _variables(self, nodes: Sequence[VariableDefinitionNode], part: _Part) -> None:
        schema = self._known.schema
        declared: dict[str, tuple[VariableDefinitionNode, Any]] = {}
        for node in nodes:
            kind = type_from_ast(schema, node.type)
            if node.directives or not is_input_type(kind):
                raise _NotSure
            if node.default_value:
                self._value(node.default_value, position(kind), part)
            _add(declared, node.variable.name.value, (node, kind))
        if declared.keys() != {name for name, _ in part.uses}:
            raise _NotSure
        for name, at in part.uses:
            node, kind = declared[name]
            if not allowed_variable_usage(schema, kind, node.default_value, at.type, at.default):
                raise _NotSure

    def _selections(self, node: SelectionSetNode, kind: Composite, part: _Part, names: set[str]) -> None:
        """``names``: to which fields of this level of the answer do so far."""
        if not node.selections:
            raise _NotSure
        for selection in node.selections:
            if selection.directives:
                self._directives(selection.directives, LOCATIONS[type(selection)], part)
            if isinstance(selection, FieldNode):
                self._field(selection, kind, part, names)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                within = self._within(named.name.value, kind) if named else kind
                self._selections(selection.selection_set, within, part, names)
            elif isinstance(selection, FragmentSpreadNode):
                self._spread(selection, kind, part, names)

    def _field(self, node: FieldNode, kind: Composite, part: _Part, names: set[str]) -> None:
        declared = kind.fields.get(node.name.value)
        if declared is None:
            raise _NotSure
        if node.arguments or declared.taken.required:
            self._given(node.arguments or (), declared.taken, part)
        name = (node.alias or node.name).value
        if name in names:
            self.distinct = False
        names.add(name)
        below = self._known.composite(declared.below) if declared.below else None
        if (below is None) is not (node.selection_set is None):
            raise _NotSure
        if below and node.selection_set:
            self._selections(node.selection_set, below, part, set())

    def _within(self, name: str, kind: Composite) -> Composite:
        """The type of this name, some of whose objects may be where ``kind`` is."""
        found = self._known.composite(name)
        if found is None or found.possible.isdisjoint(kind.possible):
            raise _NotSure
        return found

    def _spread(self, node: FragmentSpreadNode, kind: Composite, part: _Part, names: set[str]) -> None:
        name = node.name.value
        fragment = self._fragments.get(name)
        if fragment is None or node.arguments:
            raise _NotSure
        within = self._within(fragment.type_condition.name.value, kind)
        if name not in self._parts:
            self._parts[name] = None
            self._parts[name] = self._fragment(fragment, within)
        of_fragment = self._parts[name]
        if of_fragment is None:  # it spreads itself
            raise _NotSure
        self.distinct = self.distinct and names.isdisjoint(of_fragment.names)
        names |= of_fragment.names
        if name not in part.spread:
            part.spread |= {name, *of_fragment.spread}
            part.uses |= of_fragment.uses

    def _fragment(self, node: FragmentDefinitionNode, kind: Composite) -> _Part:
        if node.directives or node.variable_definitions:
            raise _NotSure
        part = _Part()
        self._selections(node.selection_set, kind, part, part.names)
        return part

    def _directives(self, nodes: Sequence[DirectiveNode], at: DirectiveLocation, part: _Part) -> None:
        seen: dict[str, DirectiveNode] = {}
        for node in nodes:
            declared = self._known.directives.get(node.name.value)
            if declared is None or at not in declared.locations:
                raise _NotSure
            _add(seen, node.name.value, node)
            self._given(node.arguments or (), declared.taken, part)

    def _given(self, nodes: Sequence[ArgumentNode | ObjectFieldNode], taken: Taken, part: _Part) -> None:
        """Arguments, or the fields of an input object."""
        seen: dict[str, ValueNode] = {}
        for node in nodes:
            name = node.name.value
            at = taken.positions.get(name)
            if at is None:
                raise _NotSure
            _add(seen, name, node.value)
            self._value(node.value, at, part)
        if not taken.required <= seen.keys():
            raise _NotSure

    def _value(self, node: ValueNode, at: Position, part: _Part) -> None:
        if isinstance(node, VariableNode):
            part.uses.add((node.name.value, at))
        elif isinstance(node, NullValueNode):
            if not at.nullable:
                raise _NotSure
        elif at.items:
            for item in node.values if isinstance(node, ListValueNode) else (node,):
                self._value(item, at.items, part)
        elif isinstance(node, ObjectValueNode):
            if not at.is_object or at.named.is_one_of:
                raise _NotSure
            self._given(node.fields, self._known.input(at.named), part)
        elif isinstance(node, ListValueNode):  # a scalar may take one, and variables in it
            raise _NotSure
        else:
            validate_input_literal(node, at.named, _fault)


def _add(names: dict[Any, Any], name: str | None, node: Any) -> None:
    if name in names:
        raise _NotSure
    names[name] = node


def _fault(_error: GraphQLError, _path: list[str | int]) -> NoReturn:
    raise _NotSure
