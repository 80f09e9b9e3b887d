"""Plans of a document, and how one is run."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationType,
)
from graphql.execution.collect_fields import collect_fields
from graphql.language import VariableNode
from graphql.pyutils import Path

from engine.beside import beside
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

MOST_CHOICES = 16  # plans of one document, one for each choice of @skip and @include
MOST_ON_SHELF = 8_000  # selections
SELECTION_BYTES = 8_000  # of a compiled one, by tracemalloc
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


class Shelf:
    """The plans at hand, of all documents. Bounded by their size: those longest unused go first."""

    def __init__(self, most: int = MOST_ON_SHELF) -> None:
        self.unsupported: Counter[str] = Counter()
        """Why documents have no plan, and how many."""
        self._most = most
        self._size = 0
        self._plans: OrderedDict[object, tuple[Plan | None, int]] = OrderedDict()

    def find(self, key: object, invocation: Invocation, besides: int = 0) -> Plan | None:
        """The plan under ``key``, made for ``invocation`` if need be; None where there can be none.

        ``besides`` is the size of what the plan alone keeps.
        """
        if key in self:
            self._plans.move_to_end(key)
            return self._plans[key][0]
        return self.put(key, self.compile(invocation), besides)

    def __contains__(self, key: object) -> bool:
        return key in self._plans

    def put(self, key: object, plan: Plan | None, besides: int) -> Plan | None:
        """Keep what was compiled for the key, in the place of what may be there; the same plan."""
        self.drop(key)
        size = besides + _size(plan)
        self._plans[key] = plan, size
        self._size += size
        while self._size > self._most and len(self._plans) > 1:
            self._size -= self._plans.popitem(last=False)[1][1]
        return plan

    def drop(self, key: object) -> None:
        """Forget what is under the key, if anything is."""
        self._size -= self._plans.pop(key, (None, 0))[1]

    def compile(self, invocation: Invocation) -> Plan | None:
        """The plan, kept nowhere; None where there can be none."""
        try:
            return compile_plan(invocation, self.unsupported)
        except Unsupported as reason:
            self.unsupported[str(reason)] += 1
        except Exception as fault:  # noqa: BLE001 - a document must never fail for the lack of a plan
            self.unsupported[f"{type(fault).__name__} while compiling"] += 1
        return None


class Plans:
    """The plans of one document, made when first run."""

    def __init__(self, document: DocumentNode, shelf: Shelf, *, is_long: bool = False) -> None:
        self._shelf = shelf
        self._is_long = is_long
        self._conditions = _condition_variables(document)
        self._choices: set[tuple[Any, ...]] = set()
        self._besides = 0

    def outlive(self, size: int) -> None:
        """Their document, of ``size``, is forgotten: plans would keep it.

        Those at hand go with it, and whoever still runs it makes them anew.
        """
        self._besides = size
        for choice in self._choices:
            self._shelf.drop((self, choice))

    def find(self, invocation: Invocation) -> Plan | None:
        """The plan for this operation and these values of its conditions; None where there can be none."""
        choice = self._choice(invocation)
        return None if choice is None else self._shelf.find((self, choice), invocation, self._besides)

    async def meet(self, invocation: Invocation) -> Plan | None:
        """As ``find``, but that of a long document is made beside the loop."""
        choice = self._choice(invocation)
        if choice is None or not self._is_long or (self, choice) in self._shelf:
            return self.find(invocation)
        plan = await beside(self._shelf.compile, invocation)
        return self._shelf.put((self, choice), plan, self._besides)  # it may have been forgotten meanwhile

    def _choice(self, invocation: Invocation) -> tuple[Any, ...] | None:
        """The operation and its conditions; None where the document has had too many others."""
        values = invocation.variables.coerced
        choice = (invocation.name, *(values.get(variable) for variable in self._conditions))
        if choice not in self._choices:
            if len(self._choices) >= MOST_CHOICES:
                return None
            self._choices.add(choice)
        return choice


def _size(plan: Plan | None) -> int:
    """What is counted of a plan; that there is none takes room as well."""
    return 1 if plan is None else 2 + plan.size


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


def _condition_variables(document: DocumentNode) -> list[str]:
    """The variables that decide which fields are selected."""
    names: set[str] = set()
    waiting: list[Any] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        for directive in node.directives or ():
            names.update(
                given.value.name.value
                for given in directive.arguments or ()
                if isinstance(given.value, VariableNode)
            )
        selections = getattr(node, "selection_set", None)
        if selections is not None:
            waiting += selections.selections
    return sorted(names)
