"""Word of what happened, from the process that relays it to every process that listens, over Redis.

Redis keeps nothing: a message reaches whoever listens at that moment, and the history (in Postgres) has it
for everybody else. So Redis may be stopped, emptied or replaced, and events come late at worst.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import orjson
import structlog

from adapters.clusters import FAILURES, connect, connection_for_listening, is_cluster
from adapters.listeners import QUEUE, History, Listener
from adapters.listening import TIMEOUT, Line, LineDown
from adapters.sharding import ShardedLine
from domain.events import Announcement, Reach

log = structlog.get_logger(__name__)

BACKOFF = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between attempts to reach Redis; the last one stays
CHECK = 25.0  # seconds between looks into the history for what nobody was told
CHECK_DOWN = 2.0  # the same while Redis is away, and the history is all there is
PAGE = 1_000  # events read in one such look
READERS = 4  # listeners of this process that read the history at a time: all of them fall behind at once


class EventsDown(Exception):
    """Redis cannot be reached."""


class _Queueing:
    """The history, for few at a time, so that the shop's own reads find a connection."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._turn = asyncio.Semaphore(READERS)

    async def reach(self) -> Reach:
        async with self._turn:
            return await self._history.reach()

    async def since(
        self, topics: Collection[str], after: int, number: int
    ) -> tuple[list[Announcement], Reach]:
        async with self._turn:
            return await self._history.since(topics, after, number)

    async def everything_since(self, after: int, number: int) -> list[Announcement]:
        async with self._turn:
            return await self._history.everything_since(after, number)


class Events:
    """The shop's connections to Redis: a line that listens for the whole process, and a client that speaks.

    ``shop`` keeps shops apart that share a Redis. Nothing is opened before it is needed.
    """

    def __init__(self, url: str, shop: str, history: History) -> None:
        self._url = url
        self._client = connect(url, timeout=TIMEOUT)
        self._is_sharded = is_cluster(url)
        self._publish = "SPUBLISH" if self._is_sharded else "PUBLISH"
        self.shop = shop
        self._prefix = f"matvis:{shop}:"
        self._history = _Queueing(history)
        self._listeners: dict[str, set[Listener]] = {}
        self._touched: set[str] = set()  # topics that got or lost listeners since the line was last tuned
        self._newcomers: list[Listener] = []
        self._changed = asyncio.Event()
        self._down = False
        self.line: int | None = None
        """The number of the line that listens, another for each; null while there is none, or not yet."""
        self._fell = asyncio.Event()  # Redis has just been lost
        self._lines = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        """Listeners who will be told whatever happens from now on."""
        return sum(listener.placed for listener in self._everyone())

    async def announce(self, announcements: Sequence[Announcement]) -> None:
        """Tell every listener of every process, in this order.

        Raises ``EventsDown``; some may have been told then.
        """
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for said in announcements:
                    message = orjson.dumps(
                        [said.position, said.kind, said.subject, said.key, said.at, said.facts, said.also]
                    )
                    for topic in said.topics:
                        pipeline.execute_command(self._publish, self._prefix + topic, message)
                await pipeline.execute()
        except FAILURES as down:
            raise EventsDown(str(down)) from down

    async def newest(self) -> int:
        """The position of the last event there is."""
        return (await self._history.reach()).newest

    @asynccontextmanager
    async def listen(self, topics: Collection[str], after: int | None = None) -> AsyncIterator[Listener]:
        """Whatever is announced on ``topics``, from here on or after a position: see ``Listener``.

        Redis has confirmed when the block begins. While Redis is down the block begins at once, and events
        are looked for in the history.
        """
        listener = Listener(topics, self._history)
        for topic in listener.topics:
            self._listeners.setdefault(topic, set()).add(listener)
        self._change(listener)
        if self._down:
            listener.begin()
        else:
            self._newcomers.append(listener)
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._keep_line()), asyncio.create_task(self._keep_watch())]
        try:
            await listener.begun
            await listener.place(after)
            yield listener
        finally:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]
            self._change(listener)

    async def missed(
        self, topics: Collection[str], after: int
    ) -> AsyncGenerator[tuple[Announcement | None, int]]:
        """What the history has on ``topics`` after a position, at this moment, each with its position.

        None where it no longer goes back so far: with the position up to which all may have been lost.
        """
        more = True
        while more:
            found, reach = await self._history.since(topics, after, QUEUE)
            if not reach.covers(after):
                yield None, reach.newest
                return
            more = len(found) == QUEUE
            for announcement in found:
                after = announcement.position
                yield announcement, after

    async def close(self) -> None:
        """Hang up. Listeners hear no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _change(self, listener: Listener) -> None:
        self._touched |= listener.topics
        self._changed.set()

    async def _keep_line(self) -> None:
        attempt = 0
        while True:
            line = self._new_line()
            try:
                await line.open()
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._tune(line))
                    both.create_task(self._read(line))
            except* LineDown as down:
                log.warning("events_down", error=str(down.exceptions[0]), attempt=attempt)
            except* Exception:  # a message of a stranger's, perhaps: listeners must not starve for it
                log.exception("events_broken")
            finally:
                self.line = None
                await line.close()
            attempt = attempt + 1 if self._down else 0
            self._down = True
            self._fell.set()
            for listener in self._everyone():
                listener.begin()
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])

    def _new_line(self) -> Line | ShardedLine:
        if self._is_sharded:
            return ShardedLine(self._url, self._prefix)
        return Line(connection_for_listening(self._url, timeout=TIMEOUT), self._prefix)

    async def _tune(self, line: Line | ShardedLine) -> None:
        """Keep Redis's view of who listens to what in line with ours."""
        missed = {listener for listener in self._everyone() if listener.begun.done()}
        self._touched |= self._listeners.keys()
        number = next(self._lines)
        while True:
            self._changed.clear()
            newcomers, self._newcomers = self._newcomers, []
            touched, self._touched = self._touched, set()
            await line.tune({topic: topic in self._listeners for topic in touched})
            self._down = False
            self.line = number
            for listener in missed:
                listener.fall_behind()
            missed.clear()
            for listener in newcomers:
                listener.begin()
            await self._changed.wait()

    async def _read(self, line: Line | ShardedLine) -> None:
        async for topic, text in line.messages():
            position, kind, subject, key, at, facts, also = orjson.loads(text)
            heard = Announcement(position, kind, subject, key, datetime.fromisoformat(at), facts, also)
            for listener in self._listeners.get(topic, ()):
                # What two nodes say comes in no order: the history knows it.
                if self._is_sharded and len(listener.topics) > 1:
                    listener.check(position)
                else:
                    listener.hear(heard)

    async def _keep_watch(self) -> None:
        """Look for events that no message told of: what was lost comes late."""
        watched: int | None = None
        while True:
            try:
                watched = await self._watch(watched)
            except Exception:  # the next look may do better
                log.warning("events_unwatched", exc_info=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(CHECK_DOWN if self._down else CHECK):
                    await self._fell.wait()
            self._fell.clear()

    async def _watch(self, after: int | None) -> int:
        """Check the events after a position, none where null; the position of the last one."""
        if after is None:
            return await self.newest()
        while events := await self._history.everything_since(after, PAGE):
            for event in events:
                for topic in event.topics:
                    for listener in self._listeners.get(topic, ()):
                        listener.check(event.position)
            after = events[-1].position
        return after

    def _everyone(self) -> set[Listener]:
        return set().union(*self._listeners.values())
