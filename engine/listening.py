"""Subscriptions: a source of events is opened once, and each event is answered as an operation of its own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from inspect import isawaitable
from typing import cast

from graphql import ExecutionResult
from graphql.execution import Executor as Execution
from graphql.execution import create_source_event_stream

from engine.charging import Account
from engine.errors import RequestRefused
from engine.grouping import group_key
from engine.groups import Group, Groups
from engine.live import Follower, LiveEvent, Mark, Returning, Source, told
from engine.members import Member
from engine.operations import Operation
from engine.requests import Response
from engine.running import MakeContext, Runner


async def follow(
    groups: Groups, operation: Operation, make_context: MakeContext, follower: Follower
) -> AsyncGenerator[Response | Member]:
    """The answer to every event of a subscription.

    ``make_context`` is called for each, so that an event is never read through an earlier one's loaders, nor
    with rights that have been withdrawn since. A response that was not executed is the last. Close the
    generator to close the source of events.

    Where a group tells the events, the last to come is the membership: ``follower`` is told the rest, until
    it leaves.
    """
    listening = _Listening(groups, operation, make_context)
    beginning = await groups.runner.observed(operation, "subscription", listening.open())
    if not beginning.executed:
        listening.close()
        yield beginning
        return
    answers = listening.join(follower) if hasattr(listening.source, "audience") else listening.alone()
    try:
        async with aclosing(answers):
            async for answer in answers:
                yield answer
    finally:
        listening.close()


class _Listening:
    """One listener's way: its source, what it has missed, its group."""

    source: AsyncIterable[object] | Source

    def __init__(self, groups: Groups, operation: Operation, make_context: MakeContext) -> None:
        self._groups = groups
        self._runner = groups.runner
        self._operation = operation
        self._make_context = make_context
        self._account: Account | None = None

    def close(self) -> None:
        """Let go of what nobody else needs."""
        if self._account is not None:
            self._account.close()

    async def open(self) -> Response:
        """Find the source, or answer why there is none."""
        try:
            returning = Returning.of(self._operation.extensions)
            context = await self._runner.context(self._make_context)
            self._execution = self._runner.build(self._operation, context, returning)
            self._account = self._runner.account(context)
            await self._runner.admit(self._operation, context)
            self.source = await _source(self._runner, self._execution)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return Response()

    async def alone(self) -> AsyncGenerator[Response | Member]:
        """Every event of a source that is this listener's own."""
        source = cast("AsyncIterable[object]", self.source)
        try:
            async for event in source:
                if isinstance(event, Mark):
                    yield Response(cursor=event.cursor, is_event=False)
                    continue
                response = await self._answered(event)
                yield told(event, response) if isinstance(event, LiveEvent) else response
                if not response.executed:
                    return
        except Exception as exception:  # noqa: BLE001 - the source broke: its listener is told, the log has the rest
            yield Response.refused(self._runner.refusal(exception))
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def join(self, follower: Follower) -> AsyncGenerator[Response | Member]:
        """What is to be told before the group tells the rest; then the membership."""
        source = cast("Source", self.source)
        key = group_key(self._operation, self._execution, source.audience)
        group = self._groups.find(key, self._operation, self._execution, source)
        member = group.join(follower, self._make_context, self._account)
        joined = False
        try:
            async with aclosing(self._catch_up(source, group, member)) as missed:
                async for response in missed:
                    yield response
            joined = member.goes_on
            if joined:
                yield member
        except Exception as exception:  # noqa: BLE001 - as above
            yield Response.refused(self._runner.refusal(exception))
        finally:
            if not joined:
                member.leave()

    async def _catch_up(self, source: Source, group: Group, member: Member) -> AsyncGenerator[Response]:
        """What a listener missed that comes back; then it goes on with the group, unless that was the end."""
        if source.ends is not None:
            seconds, words = source.ends
            member.end_after(seconds, Response.refused(self._runner.refusal(words)))
        await asyncio.shield(group.begun)
        if (refusal := member.ended()) is not None:
            yield refusal
            return
        cursor = cast("Returning", self._execution.root_value).after or source.after
        member.returned = cursor is not None
        cursor = cursor or member.cursor
        after = source.place(cursor)
        first = await source.first(self._execution.context_value, cursor, returning=member.returned)
        yield Response(cursor=cursor, is_event=False)
        behind = member.returned
        if first is not None:
            response = await self._missed(first, member)
            yield response
            if first.is_last or not response.executed:
                return
        while behind or not member.go_on(after):
            behind = False
            async with aclosing(source.missed(after)) as events:
                async for event in events:
                    if (refusal := member.ended()) is not None:  # its token has run out, or its budget
                        yield refusal
                        return
                    response = await self._missed(event, member)
                    yield response
                    if event.is_last or not response.executed:
                        return
                    after = event.place

    async def _missed(self, event: LiveEvent, member: Member) -> Response:
        response = await self._answered(event)
        recovered, member.returned = member.returned, False
        return told(event, response, recovered=True if recovered else None)

    async def _answered(self, event: object) -> Response:
        answering = self._answer(self._execution.build_per_event_executor(event))
        response = await self._runner.observed(self._operation, "event", answering)
        if self._account is not None:
            self._account.charge(self._operation.actual_cost(response.data, response.errors))
        return response

    async def _answer(self, of_event: Execution[None]) -> Response:
        try:
            of_event.context_value = await self._runner.context(self._make_context)
        except RequestRefused as refusal:
            return Response.refused(refusal)
        return await self._runner.respond(self._operation.document.plans, of_event)


async def _source(runner: Runner, execution: Execution[None]) -> AsyncIterable[object]:
    """The subscription's events. Raises ``RequestRefused`` where its field did not give any."""
    source = create_source_event_stream(execution)
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        raise RequestRefused(runner.formatted(source.errors))
    return cast("AsyncIterable[object]", source)
