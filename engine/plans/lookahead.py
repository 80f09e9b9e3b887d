"""What a document selects further down, for whoever reads ahead."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from engine.plans.selections import Details


def selects(execution: Any, kind: Any, details: Details, path: Sequence[str]) -> bool:
    """Whether ``details`` of a field of ``kind`` select the field at the end of ``path``, under any alias.

    ``execution`` decides on ``@skip`` and ``@include``. Only objects may lie on the way, or lists of them.
    """
    if not path:
        return True
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return False
    step, *rest = path
    declared = execution.schema.get_field(named, step)
    return any(
        below[0].node.name.value == step and selects(execution, declared.type, below, rest)
        for below in execution.collect_subfields(named, details).grouped_field_set.values()
    )
