"""Subscriptions: a source of events is opened once, and each event is answered as an operation of its own."""

from collections.abc import AsyncGenerator, AsyncIterable
from inspect import isawaitable
from typing import cast

from graphql import ExecutionResult
from graphql.execution import Executor as Execution
from graphql.execution import create_source_event_stream

from engine.errors import RequestRefused
from engine.live import LiveEvent, Mark, Returning, told
from engine.operations import Operation
from engine.requests import Response
from engine.running import MakeContext, Runner

_Opened = tuple[Execution[None], AsyncIterable[object]]


async def listen(runner: Runner, operation: Operation, make_context: MakeContext) -> AsyncGenerator[Response]:
    """The answer to every event of a subscription.

    ``make_context`` is called for each, so that an event is never read through an earlier one's loaders, nor
    with rights that have been withdrawn since. A response that was not executed is the last. Close the
    generator to close the source of events.
    """
    opened: list[_Opened] = []
    beginning = await runner.observed(
        operation, "subscription", _open(runner, operation, make_context, opened)
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
            answering = _answer(runner, operation, of_event, make_context)
            response = await runner.observed(operation, "event", answering)
            yield told(event, response) if isinstance(event, LiveEvent) else response
            if not response.executed:
                return
    except Exception as exception:  # noqa: BLE001 - the source broke: its listener is told, the log has the rest
        yield Response.refused(runner.refusal(exception))
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def _open(
    runner: Runner, operation: Operation, make_context: MakeContext, opened: list[_Opened]
) -> Response:
    """Put the subscription and its source into ``opened``, or answer why there is none."""
    try:
        returning = Returning.of(operation.extensions)
        execution = runner.build(operation, await runner.context(make_context), returning)
        await runner.admit(operation, execution.context_value)
        opened.append((execution, await _source(runner, execution)))
    except RequestRefused as refusal:
        return Response.refused(refusal)
    return Response()


async def _answer(
    runner: Runner, operation: Operation, of_event: Execution[None], make_context: MakeContext
) -> Response:
    try:
        of_event.context_value = await runner.context(make_context)
    except RequestRefused as refusal:
        return Response.refused(refusal)
    return await runner.respond(operation.document.plans, of_event)


async def _source(runner: Runner, execution: Execution[None]) -> AsyncIterable[object]:
    """The subscription's events. Raises ``RequestRefused`` where its field did not give any."""
    source = create_source_event_stream(execution)
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        raise RequestRefused(runner.formatted(source.errors))
    return cast("AsyncIterable[object]", source)
