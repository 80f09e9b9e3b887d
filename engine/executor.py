"""Requests, answered: a query, a mutation, or every event of a subscription."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing

from graphql import GraphQLSchema, OperationType

from engine.budgets import too_costly
from engine.documents import Documents
from engine.errors import Errors, Explain, RequestRefused
from engine.limits import Limits
from engine.listening import listen
from engine.observing import Observe
from engine.operations import Operation, refuse_mutation, refuse_subscription
from engine.persisted import Persisted
from engine.requests import GraphQLRequest, Response
from engine.running import MakeContext, Runner


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
        self.runner = Runner(schema, self.errors, observe)
        self.persisted = Persisted()
        self._limits = limits or Limits()
        self._documents = Documents(schema, self._limits)
        self.refusals: Counter[str] = Counter()
        """Requests in which no operation was found, by code."""
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
        work = self._answer(operation, make_context)
        return await self.runner.observed(operation, operation.kind.value, work)

    async def _answer(self, operation: Operation, make_context: MakeContext) -> Response:
        try:
            context = await self.runner.context(make_context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self.run(operation, context)

    async def run(self, operation: Operation, context: object) -> Response:
        """Answer a prepared query or mutation.

        Cancelling the caller cancels a query. A mutation that began goes on to its end: half of its root
        fields would be committed and half not, and nobody could say which.
        """
        if operation.kind is not OperationType.MUTATION:
            return await self.runner.run(operation, context)
        task = asyncio.create_task(self.runner.run(operation, context))
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

        ``make_context`` is called for each execution. A response that was not executed is the last. Close
        the generator to close the source of events.
        """
        try:
            operation = request if isinstance(request, Operation) else await self.prepare(request)
        except RequestRefused as refusal:
            yield Response.refused(refusal)
            return
        if operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.answer(operation, make_context)
            return
        async with aclosing(listen(self.runner, operation, make_context)) as responses:
            async for response in responses:
                yield response
