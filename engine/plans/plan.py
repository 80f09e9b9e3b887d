"""A plan: how it is made of an operation, and how it is run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationType,
)
from graphql.execution.collect_fields import collect_fields
from graphql.pyutils import Path

from engine.declarations import Root as Function
from engine.declarations import root_of
from engine.invocations import Invocation
from engine.plans.compiling import Compiler, Parts
from engine.plans.completing import Completion, Run
from engine.plans.info import LateInfo
from engine.plans.lookahead import ahead
from engine.plans.places import Given
from engine.plans.retreat import Replay
from engine.plans.selections import Details, Unsupported
from engine.plans.together import together
from engine.plans.writing import TYPENAME
from engine.words import Ahead

FIELDS = 8  # as many weigh as much


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. ``retreated``: a root field at least was left to the reference executor."""

    data: dict[str, Any] | None
    errors: Sequence[GraphQLError]
    retreated: bool


@dataclass(frozen=True, slots=True)
class Root:
    """A root field: resolved by its own function, its value completed by the plan."""

    name: str
    declared: GraphQLField
    details: Details
    function: Function | None
    """None for a subscription's, whose event is its own function, and where there is a constant."""
    place: int
    completion: Completion
    ahead: dict[Ahead, bool] = field(default_factory=dict)
    """What the function has asked of the document below it; the same in each run of the plan."""
    constant: str | None = None
    """What it always gives: the name of the type."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled operation."""

    roots: Sequence[Root]
    parent: GraphQLObjectType
    serial: bool
    parts: Parts
    size: int
    """The selections that were compiled when it was made, by their weight."""

    async def run(self, invocation: Invocation) -> Outcome:
        """The whole answer. Cancelled with its caller; raises nothing that a field has raised."""
        replay = Replay(invocation.root)
        context = invocation.context
        run = Run(invocation, context, context.loading, Given(self.parts.places, invocation.variables))
        try:
            data = await self._data(run, replay)
        except GraphQLError as error:
            invocation.execution.collected_errors.add(error, None)
            data = None
        return Outcome(data, invocation.errors, bool(replay.retreats))

    async def _data(self, run: Run, replay: Replay) -> dict[str, Any]:
        """Raises the error of a root field that may not be null."""
        if len(self.roots) == 1:
            (root,) = self.roots
            return {root.name: await self._root(root, run, replay)}
        if self.serial:
            return {root.name: await self._root(root, run, replay) for root in self.roots}
        values = await together([self._root(root, run, replay) for root in self.roots], run.loading)
        return {root.name: value for root, value in zip(self.roots, values, strict=True)}

    async def _root(self, root: Root, run: Run, replay: Replay) -> Any:
        """What the field's own function gives, completed. The first is noted for the replay."""
        if root.constant is not None:
            return root.constant
        completion = root.completion
        try:
            try:
                value = self._called(root, run)
                if isawaitable(value):
                    value = await value
            except Exception as error:
                replay.outcomes[root.name] = (None, error)
                raise
            replay.outcomes[root.name] = (value, None)
            if completion.now is not None:
                return completion.now(value, run)
            (completed,) = await completion.later([value], run)
        except Exception:  # noqa: BLE001 - whatever it was, the reference meets it again and has the words for it
            replay.retreats += 1
            path = Path(None, root.name, self.parent.name)
            answer = run.invocation.execution.execute_field(self.parent, replay, root.details, path, None)
            return await answer if isawaitable(answer) else answer
        return completed

    def _called(self, root: Root, run: Run) -> Any:
        function, invocation = root.function, run.invocation
        if function is None:
            assert callable(invocation.root), "events are questions, asked with the context made for them"
            return invocation.root(run.context)
        source = (invocation.root,) if function.is_method else ()
        given = run.arguments[root.place]
        if function.info is None:
            return function.call(*source, **given)
        info = LateInfo(
            run.context,
            function.field,
            partial(self._info, root, invocation),
            partial(self._ahead, root, invocation),
        )
        return function.call(*source, **given, **{function.info: info})

    def _ahead(self, root: Root, invocation: Invocation, question: Ahead) -> bool:
        known = root.ahead.get(question)
        if known is None:
            known = ahead(invocation.execution, root.declared.type, root.details, question)
            root.ahead[question] = known
        return known

    def _info(self, root: Root, invocation: Invocation) -> GraphQLResolveInfo[Any]:
        nodes = [detail.node for detail in root.details]
        path = Path(None, root.name, self.parent.name)
        return invocation.execution.build_resolve_info(root.declared, nodes, self.parent, path)


def compile_plan(invocation: Invocation, unsupported: Counter[str]) -> Plan:
    """The plan of the operation that ``invocation`` is about to run.

    ``unsupported`` also counts what turns out later. Raises ``Unsupported``, and ``RecursionError``.
    """
    execution = invocation.execution
    operation, schema = execution.operation, execution.schema
    parent = schema.get_root_type(operation.operation)
    if parent is None:
        raise Unsupported(operation.operation.value)
    collected = collect_fields(schema, execution.fragments, execution.variable_values, parent, operation)
    compiler = Compiler(execution, Parts(unsupported))
    roots = []
    for name, details in collected.grouped_field_set.items():
        asked = details[0].node.name.value
        declared = schema.get_field(parent, asked)
        if declared is None or (asked.startswith("__") and asked != TYPENAME):
            raise Unsupported(asked)
        if asked == TYPENAME:
            name_of = compiler.completion(declared.type, details)
            roots.append(Root(name, declared, details, None, 0, name_of, constant=parent.name))
            continue
        function, place = None, 0
        if operation.operation is not OperationType.SUBSCRIPTION:
            function = root_of(declared)
            if function is None:
                raise Unsupported(f"resolver of {parent.name}.{asked}")
            place = compiler.place(declared, details[0].node, function.converted)
        completion = compiler.completion(declared.type, details)
        roots.append(Root(name, declared, details, function, place, completion))
    return Plan(
        roots,
        parent,
        operation.operation is OperationType.MUTATION,
        compiler.parts,
        compiler.parts.selections + compiler.parts.fields // FIELDS,
    )
