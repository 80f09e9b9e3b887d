"""Which listeners are shown the same."""

from collections.abc import Hashable
from hashlib import blake2b
from weakref import WeakKeyDictionary

import orjson
from graphql import ArgumentNode, DocumentNode, Node, OperationDefinitionNode, VariableNode
from graphql.execution import Executor as Execution

from engine.live import AFTER, NAME, Audience
from engine.operations import Operation
from engine.plans import Plans

_OF_THE_CLIENT = {NAME, "persistedQuery"}  # extensions that change nothing in what is shown

_kept: WeakKeyDictionary[Plans, frozenset[str]] = WeakKeyDictionary()


def group_key(operation: Operation, execution: Execution[None], audience: Audience) -> Hashable:
    """Equal for operations whose events have equal answers: where a client comes back to is no part of it."""
    document = operation.document
    counting = _kept.get(document.plans)
    if counting is None:
        counting = _kept[document.plans] = counting_variables(document.syntax)
    variables = {name: operation.variables[name] for name in counting if name in operation.variables}
    extensions = {name: value for name, value in operation.extensions.items() if name not in _OF_THE_CLIENT}
    try:
        text = orjson.dumps([variables, extensions], option=orjson.OPT_SORT_KEYS)
        given: Hashable = blake2b(text, digest_size=16).digest()
    except TypeError:  # a number beyond 64 bits, say: nobody else shares it
        given = object()
    # The plans stand for the document: as long as the group lives there are no others of the same.
    return document.plans, execution.operation.name and execution.operation.name.value, given, audience.name


def counting_variables(document: DocumentNode) -> frozenset[str]:
    """The variables that are used anywhere but for the place to which a client comes back."""
    waiting: list[Node] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            waiting += definition.directives or ()
            for node in definition.selection_set.selections:
                waiting += [part for part in _parts(node) if not _is_place(part)]
        else:
            waiting.append(definition)
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, VariableNode):
            found.add(part.name.value)
        else:
            waiting += _parts(part)
    return frozenset(found)


def _is_place(part: Node) -> bool:
    return isinstance(part, ArgumentNode) and part.name.value == AFTER


def _parts(node: Node) -> list[Node]:
    parts: list[Node] = []
    for key in node.keys:
        value = getattr(node, key)
        parts += [
            part for part in (value if isinstance(value, tuple | list) else [value]) if isinstance(part, Node)
        ]
    return parts
