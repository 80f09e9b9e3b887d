"""Operations, executed: a query, a mutation, or every event of a subscription."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql.execution import Executor as Execution
from graphql.execution import create_source_event_stream

from engine.declarations import rows_by_class
from engine.documents import Documents
from engine.errors import BAD_USER_INPUT, Errors, Explain, RequestRefused, placed
from engine.limits import Limits
from engine.plans import Plans, Replay, Retreat
from engine.requests import GraphQLRequest, Response

MakeContext = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A request whose document is valid and whose operation is known; its variables are still raw."""

    document: DocumentNode
    plans: Plans
    name: str | None
    kind: OperationType
    variables: Mapping[str, Any]


class Executor:
    """Executes one schema. One a process: it keeps the documents and the mutations under way."""

    def __init__(
        self, schema: GraphQLSchema, explain: Explain, *, debug: bool = False, limits: Limits | None = None
    ) -> None:
        self.errors = Errors(explain, debug=debug)
        self._schema = schema
        self._documents = Documents(schema, limits)
        self.planning = bool(rows_by_class(schema))
        """Whether known documents run by plan; a schema of other than declared fields cannot."""
        self.runs: Counter[str] = Counter()
        """Operations by how they were run.

        By "plan", by "reference", or by "retreat" from one to the other.
        """
        self._mutations: set[asyncio.Task[Response]] = set()

    @property
    def unsupported(self) -> Counter[str]:
        """Why documents have no plan, and how many."""
        return self._documents.unsupported

    def prepare(self, request: GraphQLRequest) -> Operation:
        """Find the document and choose its operation. Raises ``RequestRefused``."""
        document = self._documents.find(request.query)
        kind = document.kind(request.operation_name)
        return Operation(document.syntax, document.plans, request.operation_name, kind, request.variables)

    async def execute(
        self, request: GraphQLRequest, context: object, *, allow_mutation: bool = True
    ) -> Response:
        """Answer a query or a mutation. Never raises: whatever goes wrong is in the answer."""
        try:
            operation = self.prepare(request)
            if not allow_mutation:
                refuse_mutation(operation)
            refuse_subscription(operation)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self.run(operation, context)

    async def answer(self, operation: Operation, make_context: MakeContext) -> Response:
        """Answer a prepared query or mutation in a context made for it. Never raises."""
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
            operation = request if isinstance(request, Operation) else self.prepare(request)
            context = await self._context(make_context)
            if operation.kind is not OperationType.SUBSCRIPTION:
                yield await self.run(operation, context)
                return
            execution = self._build(operation, context)
            source = await self._source(execution)
        except RequestRefused as refusal:
            yield Response.refused(refusal)
            return
        try:
            async for event in source:
                of_event = execution.build_per_event_executor(event)
                of_event.context_value = await self._context(make_context)
                yield await self._respond(of_event)
        except RequestRefused as refusal:
            yield Response.refused(refusal)
        except Exception as exception:  # noqa: BLE001 - the source broke: its listener is told, the log has the rest
            yield Response.refused(self._refusal(exception))
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def _run(self, operation: Operation, context: object) -> Response:
        try:
            execution = self._build(operation, context)
            plan = operation.plans.find(execution) if self.planning else None
            if plan is None:
                self.runs["reference"] += 1
                return await self._respond(execution)
            replay = Replay(None)
            try:
                data = await plan.run(execution, replay)
            except Retreat:
                self.runs["retreat"] += 1
                return await self._respond(self._build(operation, context, replay))
            self.runs["plan"] += 1
            return Response(data)
        except RequestRefused as refusal:
            return Response.refused(refusal)

    def _build(self, operation: Operation, context: object, root: object = None) -> Execution[None]:
        """Coerce the variables. Raises ``RequestRefused``."""
        built = Execution.build(
            self._schema,
            operation.document,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(operation.variables),
            operation_name=operation.name,
        )
        if isinstance(built, list):
            raise RequestRefused([placed(error, BAD_USER_INPUT) for error in built], legacy_status=200)
        return built

    async def _respond(self, execution: Execution[None]) -> Response:
        try:
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
