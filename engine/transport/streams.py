"""An event stream that is open: what waits for its client, its silence, and its end.

Lines end with a bare newline, which every reader takes; some take nothing else.
"""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from engine.errors import Errors
from engine.live import TOO_SLOW
from engine.transport.answers import Reply
from engine.transport.connections import Farewell
from engine.transport.lines import Line
from engine.transport.media import EVENT_STREAM
from engine.transport.options import TransportOptions
from engine.transport.outbox import Outbox, Overflow

KEEP_ALIVE: Final = b":\n\n"


@dataclass(frozen=True, slots=True)
class End:
    """How a stream ends. ``words`` are its last; in a ``is_break`` what waits for the client is dropped."""

    words: bytes = b""
    is_break: bool = False


# A comment, for there is no event that readers take for a reason to come back: a stream that just ends is.
SLOW: Final = End(f": {TOO_SLOW} come back with your cursor\n\n".encode(), is_break=True)
BROKEN: Final = End(is_break=True)


class Stream:
    """One client's stream. Whoever offers it something before it is opened waits for that.

    ``goodbye`` is said when the server goes down.
    """

    def __init__(self, errors: Errors, options: TransportOptions, goodbye: bytes = b"") -> None:
        self.errors = errors
        self.farewell = Farewell(self)
        self._goodbye = End(goodbye)
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._outbox = Outbox(self._send, self._lost, options.send_timeout)
        self._end: asyncio.Future[End] = self._loop.create_future()
        self._opened: asyncio.Event | None = asyncio.Event()
        self._finishing: asyncio.Timeout | None = None
        self._line: Line | None = None
        self._spoken = 0.0

    @property
    def held(self) -> int:
        """Bytes that are kept here for the client."""
        return self._outbox.held + (0 if self._line is None else self._line.unsent)

    async def open(self, reply: Reply, line: Line | None, first: bytes = b"") -> None:
        """Begin the answer, with these words. It must be served then."""
        self._reply = reply
        self._line = line
        await reply.start(200, EVENT_STREAM, {"x-accel-buffering": "no"})  # nginx would hold events back
        if first:
            await reply.chunk(first)
        self._spoken = self._loop.time()
        if self._opened is not None:
            self._opened.set()
            self._opened = None

    async def serve(self) -> None:
        """Send everything, and a comment after each ``keep_alive`` seconds of silence, until the end."""
        self._timer = self._loop.call_later(self._options.keep_alive, self._look_for_silence)
        try:
            end = await self._end
            self._timer.cancel()
            await self._finish(end)
        finally:
            self._timer.cancel()
            await self.close()

    async def close(self) -> None:
        """Send nothing more."""
        self._end.cancel()
        await self._outbox.close()

    async def write(self, owner: Hashable, frame: bytes) -> None:
        """Send, and wait until it is on its way."""
        await self._outbox.write(owner, frame)

    def offer(self, owner: Hashable, frame: bytes, about: Hashable = None) -> None:
        """Send when the client takes it; one that takes too few is let go."""
        if self._end.done():
            return
        try:
            self._outbox.offer(owner, frame, about)
        except Overflow:
            self.end(SLOW)

    def forget(self, owner: Hashable) -> None:
        """Send nothing more of the owner's."""
        self._outbox.forget(owner)

    def end(self, end: End) -> None:
        """End the stream. The first end is the one that counts."""
        if not self._end.done():
            self.farewell.let_go = end is SLOW
            self._end.set_result(end)

    def go(self) -> None:
        """The server goes down."""
        self.end(self._goodbye)
        if self._finishing is not None:  # it was ending already, and may take less time now
            soon = self._loop.time() + self._options.close_timeout
            self._finishing.reschedule(min(soon, self._finishing.when() or soon))

    async def _finish(self, end: End) -> None:
        """Say the last words, to a client that still takes anything."""
        patience = self._options.send_timeout
        if end.is_break:
            await self._outbox.close()
            patience = self._options.close_timeout
            if self._line is not None:
                self._line.let_go()
        try:
            async with asyncio.timeout(patience) as self._finishing:
                if end.is_break:
                    await self._reply.chunk(end.words)
                else:
                    await self._outbox.write(None, end.words)
                await self._reply.chunk(b"", more=False)
        except TimeoutError:
            self.farewell.let_go = True
            if self._line is not None:
                self._line.abort()
        finally:
            self._finishing = None

    async def _send(self, frame: bytes) -> None:
        if self._opened is not None:
            await self._opened.wait()
        self._spoken = self._loop.time()
        await self._reply.chunk(frame)

    def _look_for_silence(self) -> None:
        left = self._spoken + self._options.keep_alive - self._loop.time()
        if left <= 0:
            if self._outbox.is_free:
                self.offer(None, KEEP_ALIVE)
            left = self._options.keep_alive
        self._timer = self._loop.call_later(left, self._look_for_silence)

    def _lost(self, exception: Exception) -> None:
        match exception:
            case TimeoutError():
                self.end(SLOW)
            case OSError():  # ASGI's way to say that the client left first
                self.end(BROKEN)
            case _:
                self.errors.exception(exception)
                self.end(BROKEN)
