"""Requests, answered: a query, a mutation, or every event of a subscription."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing

from graphql import GraphQLSchema, OperationType

from engine.budgets import too_costly
from engine.caching.serving import Caching
from engine.documents import Documents
from engine.errors import Errors, Explain, RequestRefused
from engine.groups import Groups
from engine.incremental import deliver
from engine.limits import Limits
from engine.listening import follow
from engine.live import Follower
from engine.members import Member
from engine.observing import Observe
from engine.operations import Operation, refuse_mutation, refuse_subscription
from engine.parts import Form
from engine.persisted import Persisted
from engine.repeating import Repeats, run_once
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
        self.groups = Groups(self.runner)
        self.persisted = Persisted()
        self.repeats: Repeats | None = None
        """Who keeps the answers of mutations that came with a key; without one, keys are not looked at."""
        self.caching: Caching | None = None
        """Who keeps answers that are the same for everybody, and says how long others may be kept."""
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
        try:
            document = await self._documents.meet(await self.persisted.text(request))
            if request.automatic:
                await self.persisted.learn(request)
            meant = document.meant(request.operation_name)
            cost = document.costs.of(meant.name, request.variables)
            if cost > self._limits.cost:
                raise too_costly(cost, self._limits.cost)  # noqa: TRY301 - counted like the others
        except RequestRefused as refusal:
            self.refusals[refusal.errors[0]["extensions"]["code"]] += 1
            raise
        except Exception as exception:  # noqa: BLE001 - a fault of ours: whoever waits is told, the log has the rest
            raise self.runner.refusal(exception) from None
        return Operation(
            document, meant, request.variables, request.extensions, cost, request.idempotency_key
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

    async def answer(
        self, operation: Operation, make_context: MakeContext, *, is_anonymous: bool = False
    ) -> Response:
        """Answer a prepared query or mutation in a context made for it. Never raises.

        Whoever ``is_anonymous`` is shown what everybody is, and needs no context to be told it again.
        """
        kept = self.at_hand(operation) if is_anonymous else None
        if kept is not None:
            return kept
        work = self._answer(operation, make_context)
        return await self.runner.observed(operation, operation.meant.word, work)

    def at_hand(self, operation: Operation) -> Response | None:
        """The answer that is kept for everybody."""
        kept = None if self.caching is None else self.caching.at_hand(operation)
        if kept is None:
            return None
        return self.runner.told_again(operation.title, operation.cost, operation.extensions, kept)

    def at_hand_for(self, body: bytes) -> Response | None:
        """The answer that is kept for everybody who sends this very body."""
        known = None if self.caching is None else self.caching.repeated.get(body)
        if known is None or self.caching is None:
            return None
        kept = self.caching.find(known.key)
        return None if kept is None else self.runner.told_again(known.title, known.cost, {}, kept)

    def remember(self, body: bytes, operation: Operation) -> None:
        """The body asks for ``operation``; whether it may be told what is kept is still to be seen."""
        if self.caching is not None:
            self.caching.remember(body, operation)

    async def _answer(self, operation: Operation, make_context: MakeContext) -> Response:
        try:
            context = await self.runner.context(make_context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        if self.caching is not None and operation.kind is OperationType.QUERY:
            return await self.caching.run(self.runner, operation, context)
        return await self.run(operation, context)

    def deliver(
        self, operation: Operation, make_context: MakeContext, form: Form
    ) -> AsyncGenerator[Response]:
        """Answer a prepared query in parts; in one, where it puts nothing off.

        A mutation is never answered so: its end is not left to a client that may go.
        """
        assert operation.kind is OperationType.QUERY, "its carrier looks"
        return deliver(self.runner, operation, make_context, form)

    async def run(self, operation: Operation, context: object) -> Response:
        """Answer a prepared query or mutation.

        Cancelling the caller cancels a query. A mutation that began goes on to its end: half of its root
        fields would be committed and half not, and nobody could say which.
        """
        if operation.kind is not OperationType.MUTATION:
            return await self.runner.run(operation, context)
        task = asyncio.create_task(run_once(self.repeats, self.runner, operation, context))
        self._mutations.add(task)
        task.add_done_callback(self._mutations.discard)
        return await asyncio.shield(task)

    async def finish(self, patience: float | None = None) -> None:
        """Wait for the mutations under way, those whose callers have left included.

        After ``patience`` seconds they are cancelled, which undoes what they have not committed.
        """
        while self._mutations:
            done, late = await asyncio.wait(self._mutations, timeout=patience)
            for task in () if done else late:
                task.cancel()
        await self.groups.finish()

    async def follow(
        self, request: GraphQLRequest | Operation, make_context: MakeContext, follower: Follower
    ) -> AsyncGenerator[Response | Member]:
        """Every answer to a request: one for a query or mutation, one for each event of a subscription.

        ``make_context`` is called for each execution. A response that was not executed is the last. Close
        the generator to close the source of events. Where a group tells a subscription's events, ``follower``
        hears them from it; the membership is then the last that this gives.
        """
        try:
            operation = request if isinstance(request, Operation) else await self.prepare(request)
        except RequestRefused as refusal:
            yield Response.refused(refusal)
            return
        if operation.kind is not OperationType.SUBSCRIPTION:
            yield await self.answer(operation, make_context)
            return
        async with aclosing(follow(self.groups, operation, make_context, follower)) as answers:
            async for answer in answers:
                yield answer
