"""What a document selects further down, for whoever reads ahead."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from engine.declarations import declared_as
from engine.plans.selections import Details
from engine.words import Ahead, Attribute, Batch, Edge, Inline, Only


def ahead(execution: Any, kind: Any, details: Details, question: Ahead) -> bool:
    """The answer for ``details`` of a field of ``kind``; ``execution`` decides on ``@skip`` and ``@include``.

    Only objects may lie on the way, or lists of them.
    """
    path = question.path if isinstance(question, Only) else question
    ends = _ends(execution, kind, details, path.split(".") if path else [])
    if isinstance(question, Only):
        return all(_is_made_of(execution, *end, question.columns) for end in ends)
    return any(True for _ in ends)


def _ends(execution: Any, kind: Any, details: Details, path: Sequence[str]) -> Iterator[tuple[Any, Details]]:
    """The type of each field at the end of the path, and what is selected of it: one for each alias."""
    if not path:
        yield kind, details
        return
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return
    for below in execution.collect_subfields(named, details).grouped_field_set.values():
        if below[0].node.name.value == path[0]:
            declared = execution.schema.get_field(named, path[0])
            yield from _ends(execution, declared.type, below, path[1:])


def _is_made_of(execution: Any, kind: Any, details: Details, columns: frozenset[str]) -> bool:
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return False
    names = {
        field[0].node.name.value
        for field in execution.collect_subfields(named, details).grouped_field_set.values()
    }
    return all(_reads(execution.schema.get_field(named, name)) <= columns for name in names)


def _reads(declared: Any) -> frozenset[str]:
    """The columns that a field is made of; an impossible one for those that look at the whole row."""
    found = declared_as(declared)
    if found is None:  # __typename and its like
        return frozenset()
    match found.word:
        case Attribute(column):
            return frozenset({column or found.name})
        case Inline(columns=columns):
            return frozenset(columns or {"*"})
        case Edge(key=key):
            return frozenset(part for part in key if isinstance(part, str))
        case Batch(reads=reads):
            return frozenset({"*"} if reads is None else reads)
