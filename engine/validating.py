"""Validation whose work is bounded: graphql-core's rules, asked where one look does not say it is valid.

Two of them are dear. That fields of one name must merge is found by comparing each with each. Nearly always
they are the very same field, and one pass over the document says so. Rules about what a text has no sign of
are left out: each is asked at every node.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from graphql import (
    SKIP,
    ASTValidationRule,
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    MaxIntrospectionDepthRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    PossibleFragmentSpreadsRule,
    SelectionSetNode,
    SingleFieldSubscriptionsRule,
    StreamDirectiveOnListField,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueVariableNamesRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    get_named_type,
    is_composite_type,
    specified_rules,
)
from graphql.utilities.validate_input_value import validate_input_literal

from engine.accepting import Look, look_at
from engine.limits import Limits
from engine.signatures import Signatures
from engine.visiting import errors_by

MAX_ERRORS = 20  # a client mends a few at a time, and each answer is kept
_Selected = tuple[SelectionSetNode, Any]


class _FirstFault(Exception):
    """The rest of a literal is not looked at: each of its faults would repeat all of it."""


class _Values(ValuesOfCorrectTypeRule):
    """As graphql-core's rule, telling one fault of each literal."""

    def is_valid_value_node(self, node: Any, input_type: Any) -> Any:
        def told(error: GraphQLError, _path: list[str | int]) -> None:
            self.report_error(error)
            raise _FirstFault

        if input_type:
            with suppress(_FirstFault):
                validate_input_literal(node, input_type, told, None, None, self.context.hide_suggestions)
        return SKIP


_OTHERS: list[type[ASTValidationRule]] = [
    _Values if rule is ValuesOfCorrectTypeRule else rule
    for rule in specified_rules
    if rule is not OverlappingFieldsCanBeMergedRule
]


# What has to stand in a text before any of these rules has something to say.
_SIGNS: dict[str, list[type[ASTValidationRule]]] = {
    "@": [
        DeferStreamDirectiveLabel,
        DeferStreamDirectiveOnRootField,
        DeferStreamDirectiveOnValidOperationsRule,
        KnownDirectivesRule,
        StreamDirectiveOnListField,
        UniqueDirectivesPerLocationRule,
    ],
    "...": [KnownFragmentNamesRule, NoFragmentCyclesRule, PossibleFragmentSpreadsRule],
    "fragment": [NoUnusedFragmentsRule, UniqueFragmentNamesRule],
    "subscription": [SingleFieldSubscriptionsRule],
    "__": [MaxIntrospectionDepthRule],
    "$": [
        NoUndefinedVariablesRule,
        NoUnusedVariablesRule,
        UniqueVariableNamesRule,
        VariablesAreInputTypesRule,
        VariablesInAllowedPositionRule,
    ],
}


@cache
def _rules(signs: tuple[bool, ...]) -> list[type[ASTValidationRule]]:
    idle = {rule for rules, shown in zip(_SIGNS.values(), signs, strict=True) if not shown for rule in rules}
    return [rule for rule in _OTHERS if rule not in idle]


def errors_of(
    schema: GraphQLSchema, document: DocumentNode, *, compared: bool, suggestions: bool
) -> list[GraphQLError]:
    """Why a document is not valid, where it is not.

    ``compared``: fields of one name are compared each with each.
    """
    text = document.loc.source.body if document.loc else None
    rules = _rules(tuple(text is None or sign in text for sign in _SIGNS))
    if compared:
        rules = [*rules, OverlappingFieldsCanBeMergedRule]
    return errors_by(schema, document, rules, MAX_ERRORS, suggestions=suggestions)


class Validation:
    """Of documents within the limits, against a schema that does not change any more."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._known = Signatures(schema)

    def errors_of(self, document: DocumentNode) -> list[GraphQLError]:
        """Why a document is not valid, where it is not.

        Raises ``RequestRefused`` where finding out would take too long.
        """
        look = look_at(document, self._known)
        if look is Look.VALID:
            return []
        merging = Merging(self._schema, document)
        if not merging.plain:
            self._limits.check_overlaps(merging.pairs)
        elif look is Look.VALID_IF_MERGED:
            return []
        return errors_of(
            self._schema, document, compared=not merging.plain, suggestions=self._limits.suggestions
        )


class Merging:
    """Whether fields of one name are one field everywhere in a document within the limits.

    ``plain``: all of them are, so that they merge. ``pairs``: what comparing each with each would compare.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.plain = True
        self.pairs = 0
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._spread: set[str] = set()
        self._text = document.loc.source.body if document.loc else ""
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._level([(node.selection_set, schema.get_root_type(node.operation))])
        for fragment in self._fragments.values():
            if fragment.name.value not in self._spread:  # nobody reads it, and the rule looks at it too
                self._level([self._of(fragment)])

    def _of(self, fragment: FragmentDefinitionNode) -> _Selected:
        return fragment.selection_set, self._schema.type_map.get(fragment.type_condition.name.value)

    def _level(self, selected: Sequence[_Selected]) -> None:
        """One level of the answer, and what is below it."""
        fields: dict[str, list[tuple[FieldNode, Any]]] = {}
        spread: set[str] = set()
        for selections, kind in selected:
            for node, parent in self._fields(selections, kind, spread):
                fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(
                    (node, parent)
                )
        self._spread |= spread
        self.pairs += len(spread) * (len(spread) - 1) // 2
        for group in fields.values():
            self._group(group)

    def _fields(
        self, selections: SelectionSetNode, kind: Any, spread: set[str]
    ) -> Iterator[tuple[FieldNode, Any]]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node, kind
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                condition = self._schema.type_map.get(named.name.value) if named else kind
                yield from self._fields(node.selection_set, condition, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
                spread.add(node.name.value)
                yield from self._fields(*self._of(self._fragments[node.name.value]), spread)

    def _group(self, group: Sequence[tuple[FieldNode, Any]]) -> None:
        """Fields that answer to one name."""
        kinds = [self._type(node, parent) for node, parent in group]
        if len(group) > 1:
            self.pairs += len(group) * (len(group) - 1) // 2
            first, text = group[0][0], self._arguments(group[0][0])
            self.plain = self.plain and all(
                node.name.value == first.name.value
                and self._arguments(node) == text
                and not any(given.name.value == "stream" for given in node.directives or ())
                and str(kind) == str(kinds[0])
                and kind is not None
                for (node, _), kind in zip(group, kinds, strict=True)
            )
        below = [
            (node.selection_set, get_named_type(kind))
            for (node, _), kind in zip(group, kinds, strict=True)
            if node.selection_set
        ]
        if below:
            self._level(below)

    def _type(self, node: FieldNode, parent: Any) -> Any:
        if not is_composite_type(parent):
            return None
        declared = self._schema.get_field(parent, node.name.value)
        return declared.type if declared else None

    def _arguments(self, node: FieldNode) -> str:
        """As they are written: others may mean the same, and are compared by the rule."""
        given = node.arguments
        if not given or given[0].loc is None or given[-1].loc is None:
            return ""
        return self._text[given[0].loc.start : given[-1].loc.end]
