"""Server-sent events: graphql-sse's distinct connections, one stream for one operation.

Lines end with a bare newline, which every reader takes; some take nothing else.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from engine.errors import Errors
from engine.live import is_too_slow
from engine.requests import Response
from engine.transport.answers import Reply, encode
from engine.transport.connections import Farewell
from engine.transport.media import EVENT_STREAM

KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"  # without a data line EventSource would drop the event


class EventStream:
    """One operation's answers, written as they come."""

    def __init__(self, responses: AsyncGenerator[Response], errors: Errors) -> None:
        self._responses = responses
        self._errors = errors
        self._ending = asyncio.Event()
        self.farewell = Farewell(self._ending.set)

    async def write(self, reply: Reply, keep_alive: float) -> None:
        """Send every answer, a comment after each ``keep_alive`` seconds of silence, and the last event."""
        await reply.start(200, EVENT_STREAM, {"x-accel-buffering": "no"})  # nginx would hold events back
        ending = asyncio.create_task(self._ending.wait())
        async with aclosing(self._responses):
            upcoming = asyncio.create_task(anext(self._responses, None))
            try:
                while not ending.done():
                    await asyncio.wait(
                        {upcoming, ending}, timeout=keep_alive, return_when=asyncio.FIRST_COMPLETED
                    )
                    if not upcoming.done():
                        await reply.chunk(KEEP_ALIVE)
                        continue
                    response = upcoming.result()
                    if response is None:
                        break
                    if is_too_slow(response):  # no last event: a reader that comes back by itself is to do so
                        await reply.chunk(b"", more=False)
                        return
                    await reply.chunk(frame(response, self._errors))
                    upcoming = asyncio.create_task(anext(self._responses, None))
            finally:
                ending.cancel()
                upcoming.cancel()
                await asyncio.gather(upcoming, return_exceptions=True)  # a generator at work cannot be closed
        await reply.chunk(COMPLETE)
        await reply.chunk(b"", more=False)


def frame(response: Response, errors: Errors) -> bytes:
    """One event. Its id is what EventSource gives back as Last-Event-ID; an id alone is no event to it."""
    place = b"" if response.cursor is None else b"id: " + response.cursor.encode() + b"\n"
    if not response.is_event:
        return place + b"\n"
    return b"event: next\n" + place + b"data: " + encode(response, errors) + b"\n\n"


async def only(response: Response) -> AsyncGenerator[Response]:
    """A series of one."""
    yield response
