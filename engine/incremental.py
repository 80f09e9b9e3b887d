"""Answers in parts: first what a query needs at once, and then, as it comes, what it has put off.

graphql-core runs such an answer from the start, plans do not know of parts. All of them are read in one
context, by one set of loaders; what lists put off is asked for together.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import ExperimentalIncrementalExecutionResults
from graphql.execution.incremental import IncrementalExecutor, StreamItemQueue

from engine.errors import BAD_USER_INPUT, FormattedError, RequestRefused
from engine.operations import Operation
from engine.parts import Form, Writer
from engine.requests import Response
from engine.running import MakeContext, Runner

Send = Callable[[Response], None]


class Execution(IncrementalExecutor):
    """Completes a list's items together, and not each when the one before is done: so their edges batch."""

    def get_stream_usage(self, *given: Any) -> Any:
        try:
            return super().get_stream_usage(*given)
        except ValueError as negative:  # the client's mistake, and no fault
            raise GraphQLError(str(negative), extensions={"code": BAD_USER_INPUT}) from None

    def build_stream_item_queue(self, *given: Any) -> StreamItemQueue:
        self.enable_early_execution = True
        try:
            return super().build_stream_item_queue(*given)
        finally:
            self.enable_early_execution = False


async def deliver(
    runner: Runner, operation: Operation, make_context: MakeContext, form: Form
) -> AsyncGenerator[Response]:
    """The parts of a query's answer; a single response, of the usual kind, where nothing was put off.

    Nothing waits for a slow client: its parts do. Close the generator to cancel what is still being read.
    """
    parts: asyncio.Queue[Response | None] = asyncio.Queue()
    work = _work(runner, operation, make_context, form, parts.put_nowait)
    task = asyncio.create_task(runner.observed(operation, operation.meant.word, work))
    task.add_done_callback(lambda _: parts.put_nowait(None))
    try:
        while (part := await parts.get()) is not None:
            yield part
        yield task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _work(
    runner: Runner, operation: Operation, make_context: MakeContext, form: Form, send: Send
) -> Response:
    """Send every part but the last, which this gives."""
    try:
        context = await runner.context(make_context)
        execution = runner.build(operation, context, kind=Execution)
        receipt = await runner.admit(operation, context)
    except RequestRefused as refusal:
        return Response.refused(refusal)
    runner.ran("parts")
    try:
        result = execution.execute_operation()
        if isawaitable(result):
            result = await result
    except Exception as exception:  # noqa: BLE001 - errors of fields are in the result: this has no field
        return Response.refused(runner.refusal(exception))
    if isinstance(result, ExecutionResult):
        last, whole = Response(result.data, runner.formatted(result.errors)), result.data
    else:
        last, whole = await _parts(runner, result, form, send)
    if receipt is None:
        return last
    return replace(last, extensions={"cost": receipt.settle(operation.actual_cost(whole))})


async def _parts(
    runner: Runner, result: ExperimentalIncrementalExecutionResults, form: Form, send: Send
) -> tuple[Response, Any]:
    """The last part, with the errors of all for whoever counts them, and what all make together."""
    told: list[FormattedError] = []

    def tell(errors: Sequence[GraphQLError] | None) -> list[FormattedError]:
        spoken = runner.formatted(errors)
        told.extend(spoken)
        return spoken

    writer = Writer(form, tell)
    initial = result.initial_result
    send(Response(initial.data, tell(initial.errors), part=writer.first(initial)))
    last: dict[str, Any] = {"hasNext": False}
    try:
        async for later in result.subsequent_results:
            said = writer.later(later)
            if not later.has_next:
                last = said
                break
            send(Response(part=said, is_first=False))
    except Exception as exception:  # noqa: BLE001 - it is no field's, and the first part has been sent
        told.extend(runner.refusal(exception).errors)
        last = {"errors": told[-1:], **last}
    return Response(errors=told, part=last, is_first=False), writer.whole
