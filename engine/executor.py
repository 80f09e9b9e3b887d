"""Operations, executed: a query, a mutation, or every event of a subscription."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql.execution import Executor as Execution
from graphql.execution import create_source_event_stream

from engine.budgets import Admission, Receipt, too_costly
from engine.declarations import rows_by_class
from engine.documents import Document, Documents
from engine.errors import BAD_USER_INPUT, Errors, Explain, RequestRefused, placed
from engine.limits import Limits
from engine.live import LiveEvent, Mark, Returning, told
from engine.observing import Observation, Observe, current, observing
from engine.persisted import Persisted
from engine.plans import Plans
from engine.requests import GraphQLRequest, Response

MakeContext = Callable[[], Awaitable[object]]
_Opened = tuple[Execution[None], AsyncIterable[object]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A request whose document is valid and whose operation is known; its variables are still raw."""

    document: Document
    name: str | None
    kind: OperationType
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]
    title: str  # its name, or what stands for one
    cost: int
    """At most, with these variables."""

    @property
    def root_fields(self) -> Mapping[str, int]:
        """How often it selects each root field."""
        return self.document.root_fields[self._key]

    def actual_cost(self, data: Mapping[str, Any] | None) -> int:
        """What it did cost, by its answer."""
        return self.document.tally.of(self._key, data)

    @property
    def _key(self) -> str | None:
        known = self.document.operations
        return self.name if self.name in known else next(iter(known))


class Executor:
    """Executes one schema. One a process: it keeps the documents and the mutations under way."""

    def __init__(
        self,
        schema: GraphQLSchema,
        explain: Explain,
        *,
        debug: bool = False,
        limits: Limits | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.errors = Errors(explain, debug=debug)
        self.admission: Admission | None = None
        """Who decides which caller's operations run; without one only the limits count."""
        self.persisted = Persisted()
        self._schema = schema
        self._limits = limits or Limits()
        self._documents = Documents(schema, self._limits)
        self.planning = bool(rows_by_class(schema))
        """Whether known documents run by plan; a schema of other than declared fields cannot."""
        self.runs: Counter[str] = Counter()
        """Operations and events by how they were run.

        By "plan", by "reference", or by "retreat" from one to the other.
        """
        self.refusals: Counter[str] = Counter()
        """Requests in which no operation was found, by code."""
        self._observe = observe
        self._mutations: set[asyncio.Task[Response]] = set()

    @property
    def unsupported(self) -> Counter[str]:
        """Why documents have no plan, and how many."""
        return self._documents.unsupported

    async def prepare(self, request: GraphQLRequest) -> Operation:
        """Find the document and choose its operation. Raises ``RequestRefused``."""
        name = request.operation_name
        try:
            document = self._documents.find(await self.persisted.text(request))
            if request.automatic:
                await self.persisted.learn(request)
            kind = document.kind(name)
            cost = document.costs.of(name, request.variables)
            if cost > self._limits.cost:
                raise too_costly(cost, self._limits.cost)
        except RequestRefused as refusal:
            self.refusals[refusal.errors[0]["extensions"]["code"]] += 1
            raise
        return Operation(
            document, name, kind, request.variables, request.extensions, document.title(name), cost
        )

    async def execute(
        self, request: GraphQLRequest, context: object, *, allow_mutation: bool = True
    ) -> Response:
        """Answer a query or a mutation. Never raises: whatever goes wrong is in the answer."""
        try:
            operation = await self.prepare(request)
            if not allow_mutation:
                refuse_mutation(operation)
            refuse_subscription(operation)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self.run(operation, context)

    async def answer(self, operation: Operation, make_context: MakeContext) -> Response:
        """Answer a prepared query or mutation in a context made for it. Never raises."""
        return await self._observed(operation, operation.kind.value, self._answer(operation, make_context))

    async def _answer(self, operation: Operation, make_context: MakeContext) -> Response:
        try:
            context = await self._context(make_context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self.run(operation, context)

    async def run(self, operation: Operation, context: object) -> Response:
        """Answer a prepared query or mutation.

        Cancelling the caller cancels a query. A mutation that began goes on to its end: half of its root
        fields would be committed and half not, and nobody could say which.
        """
        if operation.kind is not OperationType.MUTATION:
            return await self._run(operation, context)
        task = asyncio.create_task(self._run(operation, context))
        self._mutations.add(task)
        task.add_done_callback(self._mutations.discard)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait for the mutations under way, those whose callers have left included."""
        while self._mutations:
            await asyncio.wait(self._mutations)

    async def subscribe(
        self, request: GraphQLRequest | Operation, make_context: MakeContext
    ) -> AsyncGenerator[Response]:
        """Every answer to a request: one for a query or mutation, one for each event of a subscription.

        ``make_context`` is called for each execution, so that an event is never read through an earlier one's
        loaders, nor with rights that have been withdrawn since. A response that was not executed is the last.
        Close the generator to close the source of events.
        """
        try:
            operation = request if isinstance(request, Operation) else await self.prepare(request)
        except RequestRefused as refusal:
            yield Response.refused(refusal)
            return
        if operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.answer(operation, make_context)
            return
        opened: list[_Opened] = []
        beginning = await self._observed(
            operation, "subscription", self._open(operation, make_context, opened)
        )
        if not opened:
            yield beginning
            return
        execution, source = opened[0]
        try:
            async for event in source:
                if isinstance(event, Mark):
                    yield Response(cursor=event.cursor, is_event=False)
                    continue
                of_event = execution.build_per_event_executor(event)
                answering = self._answer_event(operation, of_event, make_context)
                response = await self._observed(operation, "event", answering)
                yield told(event, response) if isinstance(event, LiveEvent) else response
                if not response.executed:
                    return
        except Exception as exception:  # noqa: BLE001 - the source broke: its listener is told, the log has the rest
            yield Response.refused(self._refusal(exception))
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def _open(self, operation: Operation, make_context: MakeContext, opened: list[_Opened]) -> Response:
        """Put the subscription and its source into ``opened``, or answer why there is none."""
        try:
            returning = Returning.of(operation.extensions)
            execution = self._build(operation, await self._context(make_context), returning)
            await self._admit(operation, execution.context_value)
            opened.append((execution, await self._source(execution)))
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return Response()

    async def _answer_event(
        self, operation: Operation, of_event: Execution[None], make_context: MakeContext
    ) -> Response:
        try:
            of_event.context_value = await self._context(make_context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self._respond(operation.document.plans, of_event)

    async def _observed(
        self, operation: Operation, kind: str, work: Coroutine[Any, Any, Response]
    ) -> Response:
        """What ``work`` answers, with what the observer adds to it."""
        if self._observe is None:
            return await work
        observation = Observation(kind, operation.title, operation.extensions, operation.cost)
        with observing(self._observe, observation):
            response = observation.response = await work
        if not observation.extensions or not response.executed:
            return response
        return replace(response, extensions={**response.extensions, **observation.extensions})

    def _ran(self, how: str) -> None:
        self.runs[how] += 1
        observation = current()
        if observation is not None:
            observation.how = how

    async def _run(self, operation: Operation, context: object) -> Response:
        try:
            execution = self._build(operation, context)
            receipt = await self._admit(operation, context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        response = await self._respond(operation.document.plans, execution)
        if receipt is None:
            return response
        cost = receipt.settle(operation.actual_cost(response.data))
        return replace(response, extensions={**response.extensions, "cost": cost})

    async def _admit(self, operation: Operation, context: object) -> Receipt | None:
        """Raises ``RequestRefused``."""
        return None if self.admission is None else await self.admission.admit(operation, context)

    def _build(self, operation: Operation, context: object, root: object = None) -> Execution[None]:
        """Coerce the variables. Raises ``RequestRefused``."""
        built = Execution.build(
            self._schema,
            operation.document.syntax,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(operation.variables),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise RequestRefused([placed(error, BAD_USER_INPUT) for error in built], legacy_status=200)
        return built

    async def _respond(self, plans: Plans, execution: Execution[None]) -> Response:
        """Run by plan, or by reference where there is none."""
        try:
            plan = plans.find(execution) if self.planning else None
            if plan is not None:
                outcome = await plan.run(execution)
                self._ran("retreat" if outcome.retreated else "plan")
                return Response(outcome.data, self._fields(outcome.errors))
            self._ran("reference")
            result = execution.execute_operation()
            if isawaitable(result):
                result = await result
        except Exception as exception:  # noqa: BLE001 - errors of fields are in the result: this has no field
            return Response.refused(self._refusal(exception))
        result = cast("ExecutionResult", result)  # this class ignores @defer and @stream: never a series
        return Response(result.data, self._fields(result.errors))

    async def _source(self, execution: Execution[None]) -> AsyncIterable[object]:
        """The subscription's events. Raises ``RequestRefused`` where its field did not give any."""
        source = create_source_event_stream(execution)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            raise RequestRefused(self._fields(source.errors))
        return cast("AsyncIterable[object]", source)

    async def _context(self, make_context: MakeContext) -> object:
        try:
            return await make_context()
        except Exception as exception:  # noqa: BLE001 - told or masked by Errors
            raise self._refusal(exception) from None

    def _refusal(self, exception: Exception) -> RequestRefused:
        error, status = self.errors.exception(exception)
        return RequestRefused([error], status)

    def _fields(self, errors: Sequence[GraphQLError] | None) -> list[dict[str, Any]]:
        return [self.errors.field(error) for error in errors or ()]


def refuse_mutation(operation: Operation) -> None:
    """For carriers that may only read."""
    if operation.kind is OperationType.MUTATION:
        raise RequestRefused.because(
            "Mutations are sent by POST.", "METHOD_NOT_ALLOWED", 405, headers={"allow": "POST"}
        )


def refuse_subscription(operation: Operation) -> None:
    """For carriers that answer once."""
    if operation.kind is OperationType.SUBSCRIPTION:
        raise RequestRefused.because(
            "A subscription needs a WebSocket, or text/event-stream in the Accept header.",
            "SUBSCRIPTION_NEEDS_STREAM",
        )
