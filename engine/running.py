"""From an operation to a response: a context, variables, admission, and a run by plan or by reference."""

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from graphql.execution import Executor as Execution

from engine.beside import beside
from engine.budgets import Admission, Receipt
from engine.charging import Account, Accounts
from engine.declarations import rows_by_class
from engine.described import Described
from engine.errors import BAD_USER_INPUT, Errors, RequestRefused, placed
from engine.invocations import Invocation, Seen
from engine.observing import Observation, Observe, Observing, current
from engine.operations import Operation
from engine.plans import Plans
from engine.requests import COST, Response
from engine.weighing import WEIGHED_FROM, is_too_long, too_long

MakeContext = Callable[[], Awaitable[object]]


class Runner:
    """Runs operations of one schema, and single events of subscriptions."""

    def __init__(self, schema: GraphQLSchema, errors: Errors, observe: Observe | None = None) -> None:
        self.errors = errors
        self.admission: Admission | None = None
        """Who decides which caller's operations run; without one only the limits count."""
        self.accounts: Accounts | None = None
        """What callers owe for events; without them events cost nothing."""
        self.planning = bool(rows_by_class(schema))
        """Whether known documents run by plan; a schema of other than declared fields cannot."""
        self.runs: Counter[str] = Counter()
        """Operations and events by how they were run.

        By "plan", by "reference", by "retreat" from one to the other, in "parts", about the "schema", or not
        at all ("cache").
        """
        self.described = Described(schema)
        self._schema = schema
        self._observe = observe

    async def observed(
        self, operation: Operation, kind: str, work: Coroutine[Any, Any, Response]
    ) -> Response:
        """What ``work`` answers, with what the observer adds to it; ``kind`` is as ``Observation``'s."""
        if self._observe is None:
            return await work
        observation = Observation(kind, operation.title, operation.extensions, operation.cost)
        with Observing(self._observe, observation):
            response = observation.response = await work
        if not observation.extensions or not response.executed:
            return response
        return replace(response, extensions={**response.extensions, **observation.extensions})

    def told_again(self, title: str, cost: int, asked: Mapping[str, Any], response: Response) -> Response:
        """An answer that was kept, with what the observer adds to it; as ``Observation`` has the rest."""
        self.runs["cache"] += 1
        if self._observe is None:
            return response
        observation = Observation("query", title, asked, cost, "cache", "hit", response)
        self._observe.told_again(observation)
        return replace(response, extensions=observation.extensions) if observation.extensions else response

    async def run(self, operation: Operation, context: object, seen: Seen | None = None) -> Response:
        """Answer a query or a mutation. Never raises."""
        try:
            invocation = self.invoke(operation, context)
            invocation.seen = seen
            receipt = await self.admit(operation, context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        is_of_schema = operation.meant.reads_schema
        if is_of_schema and self.planning:
            self.ran("schema")
            told = await self.described.tell(operation, invocation.variables)
            return told.response if receipt is None else _paid(receipt, told.cost, told.response)
        response = await self.respond(operation.document.plans, invocation, waitless=is_of_schema)
        data = response.data
        if operation.cost > WEIGHED_FROM and await beside(is_too_long, data):
            response = Response(errors=[too_long(is_done=operation.kind is OperationType.MUTATION)])
        return _settled(receipt, operation, response, data)

    async def charge(
        self, operation: Operation, context: object, response: Response, data: Mapping[str, Any] | None
    ) -> Response:
        """``response``, made of ``data`` for another caller, to one who pays as much. Never raises."""
        try:
            receipt = await self.admit(operation, context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return _settled(receipt, operation, response, data)

    async def admit(self, operation: Operation, context: object) -> Receipt | None:
        """Raises ``RequestRefused``."""
        return None if self.admission is None else await self.admission.admit(operation, context)

    def account(self, context: object) -> Account | None:
        """Who pays for the events of a subscription. Raises ``RequestRefused`` where nothing is left."""
        if self.admission is None or self.accounts is None:
            return None
        return self.accounts.of(self.admission.caller_of(context))

    def invoke(self, operation: Operation, context: object) -> Invocation:
        """Read the variables. Raises ``RequestRefused``."""
        found = operation.meant.invoker.invoke(operation.variables, context)
        if isinstance(found, list):
            raise RequestRefused([placed(error, BAD_USER_INPUT) for error in found], legacy_status=200)
        return found

    def build(
        self,
        operation: Operation,
        context: object,
        root: object = None,
        kind: type[Execution[Any]] = Execution,
    ) -> Execution[Any]:
        """Coerce the variables. Raises ``RequestRefused``."""
        built = kind.build(
            self._schema,
            operation.document.syntax,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(operation.variables),
            operation_name=operation.meant.name,
            hide_suggestions=not operation.meant.invoker.suggestions,
        )
        if isinstance(built, list):
            raise RequestRefused([placed(error, BAD_USER_INPUT) for error in built], legacy_status=200)
        return built

    async def respond(
        self, plans: Plans, asked: Invocation | Execution[None], *, waitless: bool = False
    ) -> Response:
        """Run by plan, or by reference where there is none: beside the loop if it is ``waitless``."""
        invocation = asked if isinstance(asked, Invocation) else Invocation.of(asked)
        try:
            plan = await plans.meet(invocation) if self.planning else None
            if plan is not None:
                outcome = await plan.run(invocation)
                self.ran("retreat" if outcome.retreated else "plan")
                if not outcome.retreated:
                    invocation.let_go()
                if outcome.retreated and invocation.seen is not None:
                    invocation.seen.is_whole = False
                return Response(outcome.data, self.formatted(outcome.errors))
            self.ran("reference")
            if invocation.seen is not None:
                invocation.seen.is_whole = False
            execute = invocation.execution.execute_operation
            result = await beside(execute) if waitless else execute()
            if isawaitable(result):
                result = await result
        except Exception as exception:  # noqa: BLE001 - errors of fields are in the result: this has no field
            return Response.refused(self.refusal(exception))
        result = cast("ExecutionResult", result)  # this class ignores @defer and @stream: never a series
        return Response(result.data, self.formatted(result.errors))

    async def context(self, make_context: MakeContext) -> object:
        """Raises ``RequestRefused`` for whatever went wrong."""
        try:
            return await make_context()
        except Exception as exception:  # noqa: BLE001 - told or masked by Errors
            raise self.refusal(exception) from None

    def refusal(self, exception: Exception) -> RequestRefused:
        """What a client is told of an exception: its own words where they are meant for it, else a mask."""
        error, status = self.errors.exception(exception)
        return RequestRefused([error], status)

    def formatted(self, errors: Sequence[GraphQLError] | None) -> list[dict[str, Any]]:
        """The errors of fields, as the answer has them."""
        return [self.errors.field(error) for error in errors or ()]

    def ran(self, how: str) -> None:
        """Count a run, and let its observer know."""
        self.runs[how] += 1
        observation = current()
        if observation is not None:
            observation.how = how


def _settled(
    receipt: Receipt | None, operation: Operation, response: Response, data: Mapping[str, Any] | None
) -> Response:
    if receipt is None:
        return response
    return _paid(receipt, operation.actual_cost(data, response.errors), response)


def _paid(receipt: Receipt, cost: int, response: Response) -> Response:
    return replace(response, extensions={**response.extensions, COST: receipt.settle(cost)})
