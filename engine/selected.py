"""What a document asks for below a field."""

from collections.abc import Iterator
from typing import Any

import strawberry
from graphql import (
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    get_directive_values,
)

from engine.plans.info import LateInfo
from engine.words import Ahead


def ahead(info: strawberry.Info[Any, Any], question: Ahead) -> bool:
    """Whether a plan knows it of the document below: that it selects a field, or ``Only`` some columns.

    For a root field that may read with its own rows what will be asked for next, and ``prime`` the loader.
    Under the reference executor it is False: there everything is read, and when it is asked for.
    """
    return isinstance(info, LateInfo) and info.ahead(question)


def types_named(info: strawberry.Info) -> frozenset[str]:
    """The types that fragments below the field name, except those that are skipped."""
    raw: GraphQLResolveInfo[Any] = info._raw_info  # noqa: SLF001  # Strawberry's own copy unrolls every fragment
    return frozenset(_named(raw, [selection for node in raw.field_nodes for selection in _below(node)]))


def _named(info: GraphQLResolveInfo[Any], waiting: list[SelectionNode]) -> Iterator[str]:
    spread: set[str] = set()
    while waiting:
        node = waiting.pop()
        if not _is_wanted(info, node):
            continue
        if isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
            spread.add(node.name.value)
            fragment = info.fragments[node.name.value]
            yield fragment.type_condition.name.value
            waiting += fragment.selection_set.selections
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is not None:
                yield node.type_condition.name.value
            waiting += node.selection_set.selections


def _below(node: object) -> tuple[SelectionNode, ...]:
    selected = getattr(node, "selection_set", None)
    return tuple(selected.selections) if selected is not None else ()


def _is_wanted(info: GraphQLResolveInfo[Any], node: SelectionNode) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, info.variable_values)
    include = get_directive_values(GraphQLIncludeDirective, node, info.variable_values)
    return not (skip and skip["if"]) and not (include and not include["if"])
