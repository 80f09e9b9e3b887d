"""The steps of reading a document that is new, each timed by itself and without a server."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import median
from time import thread_time
from typing import Any, TypeVar

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from engine.caching.policies import policies_of
from engine.cost import costs_of
from engine.invocations import Invocation, Invoker
from engine.lexing import parse
from engine.limits import Limits
from engine.plans import Plans, Shelf
from engine.plans.functions import forget_compiled
from engine.validating import Validation

STEPS = ("parse", "limits", "validate", "cost", "policies", "compile", "compile a new shape")
T = TypeVar("T")


def steps_of(
    schema: GraphQLSchema, texts: list[str], variables: Mapping[str, Any], times: int
) -> dict[str, float]:
    """Milliseconds of processor time of each of ``STEPS``: medians of the last ``times`` texts."""
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(step: str, work: Callable[[], T]) -> T:
        began = thread_time()
        made = work()
        spent[step].append((thread_time() - began) * 1000)
        return made

    validation = Validation(schema, Limits())
    for text in texts:
        _once(timed, schema, validation, text, variables)
    return {step: median(spent[step][len(texts) - times :]) for step in STEPS}


def _once(
    timed: Callable[[str, Callable[[], Any]], Any],
    schema: GraphQLSchema,
    validation: Validation,
    text: str,
    variables: Mapping[str, Any],
) -> None:
    limits = Limits()

    def compiled(document: DocumentNode) -> None:
        node = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        found = Invoker(schema, document, node).invoke(variables, None)
        assert isinstance(found, Invocation), "the variables are good"
        assert Plans(document, Shelf()).find(found) is not None, "the bench's documents have plans"

    syntax = timed("parse", lambda: parse(text, tokens=limits.tokens))
    timed("limits", lambda: limits.check(syntax))
    errors = timed("validate", lambda: validation.errors_of(syntax))
    assert not errors, errors
    timed("cost", lambda: costs_of(schema, syntax))
    timed("policies", lambda: policies_of(schema, syntax))
    forget_compiled()  # the documents of a kind have other names, and all of them one shape
    timed("compile a new shape", lambda: compiled(syntax))
    timed("compile", lambda: compiled(syntax))
