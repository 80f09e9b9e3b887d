"""Server-sent events: graphql-sse's distinct connections, one stream for one operation."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from engine.errors import Errors
from engine.live import Told
from engine.members import Member
from engine.requests import Response
from engine.transport.answers import Reply, encode, tail_of
from engine.transport.lines import Line
from engine.transport.options import TransportOptions
from engine.transport.streams import BROKEN, End, Stream

COMPLETE: Final = b"event: complete\ndata:\n\n"  # without a data line EventSource would drop the event
COMPLETED: Final = End(COMPLETE)
GOING: Final = b": this server goes down: come back with your cursor\n\n"
"""A comment, and no ``complete``, after which clients take the operation for finished."""


class EventStream:
    """The answers to one operation. A follower, where a group tells them."""

    def __init__(self, errors: Errors, options: TransportOptions) -> None:
        self._errors = errors
        self._stream = Stream(errors, options, GOING)
        self.farewell = self._stream.farewell
        self._member: Member | None = None

    async def serve(
        self, reply: Reply, line: Line | None, answers: AsyncGenerator[Response | Member]
    ) -> None:
        """Send every answer, and the last event."""
        await self._stream.open(reply, line)
        telling = asyncio.create_task(self._pass_on(answers))
        try:
            await self._stream.serve()
        finally:
            if self._member is not None:
                self._member.leave()
            if not telling.cancelling():
                telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)  # a generator at work cannot be closed

    def tell(self, told: Told) -> None:
        body = tail_of(told, self._errors)[:-1]
        self._stream.offer(None, event(told.response.cursor, body), told.about)

    def end(self, response: Response | None) -> None:
        if response is not None:
            self._stream.offer(None, frame(response, self._errors))
        self._stream.end(COMPLETED)

    async def _pass_on(self, answers: AsyncGenerator[Response | Member]) -> None:
        try:
            async with aclosing(answers):
                async for answer in answers:
                    if isinstance(answer, Member):
                        self._member = answer
                        return
                    await self._stream.write(None, frame(answer, self._errors))
            self._stream.end(COMPLETED)
        except Exception as exception:  # noqa: BLE001 - a fault of ours: the client comes back
            self._errors.exception(exception)
            self._stream.end(BROKEN)


def frame(response: Response, errors: Errors) -> bytes:
    """One event. Its id is what EventSource gives back as Last-Event-ID; an id alone is no event to it."""
    if response.is_event:
        return event(response.cursor, encode(response, errors))
    return b"" if response.cursor is None else b"id: %b\n\n" % response.cursor.encode()


def event(cursor: str | None, body: bytes) -> bytes:
    """The event with this JSON."""
    if cursor is None:
        return b"event: next\ndata: %b\n\n" % body
    return b"event: next\nid: %b\ndata: %b\n\n" % (cursor.encode(), body)


async def only(response: Response) -> AsyncGenerator[Response | Member]:
    """A series of one."""
    yield response
