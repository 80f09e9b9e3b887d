"""Word of what happened, from the process that relays it to every process that listens, over Redis.

Redis keeps nothing: a message reaches whoever listens at that moment. So a listener is told when the line was
down, and looks for itself.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from adapters.listening import TIMEOUT, Line, LineDown
from domain.events import Announcement

log = structlog.get_logger(__name__)

QUEUE = 256  # announcements a listener may be behind before only the newest of each topic are kept
BACKOFF = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between attempts to reach Redis; the last one stays


class EventsDown(Exception):
    """Redis cannot be reached."""


class Listener:
    """Announcements on its topics, in order. Iterate over it; it does not end by itself."""

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = frozenset(topics)
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard: deque[Announcement] = deque()
        self._news = asyncio.Event()

    def begin(self) -> None:
        """From here on nothing escapes the listener without its being told so."""
        if not self.begun.done():
            self.begun.set_result(None)

    def hear(self, announcement: Announcement) -> None:
        """Queue an announcement.

        A reader who is far behind will read the objects afresh anyway: the last word on each will do.
        """
        if len(self._heard) >= QUEUE:
            self._heard = deque({heard.topic: heard for heard in self._heard}.values())
        self._heard.append(announcement)
        self._news.set()

    def hear_of_a_gap(self) -> None:
        """Queue, for each topic, that something may have been missed."""
        for topic in sorted(self.topics):
            self.hear(Announcement(topic))

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> Announcement:
        while not self._heard:
            self._news.clear()
            await self._news.wait()
        return self._heard.popleft()


class Events:
    """The shop's connections to Redis: a line that listens for the whole process, and a client that speaks.

    ``shop`` keeps shops apart that share a Redis. Nothing is opened before it is needed.
    """

    def __init__(self, url: str, shop: str) -> None:
        # RESP2, for RESP3 gives messages other shapes. No retries: whoever asks has to know.
        options: dict[str, Any] = {"protocol": 2, "retry": Retry(NoBackoff(), 0)}
        self._client: Redis = Redis.from_url(url, socket_timeout=TIMEOUT, **options)
        listening = Redis.from_url(url, socket_timeout=None, socket_connect_timeout=TIMEOUT, **options)
        self._make_connection = listening.connection_pool.make_connection
        self._prefix = f"matvis:{shop}:"
        self._listeners: dict[str, set[Listener]] = {}
        self._touched: set[str] = set()  # topics that got or lost listeners since the line was last tuned
        self._newcomers: list[Listener] = []
        self._changed = asyncio.Event()
        self._down = False
        self._keeper: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Listeners whose listening has begun."""
        return sum(listener.begun.done() for listener in self._everyone())

    async def announce(self, announcements: Sequence[Announcement]) -> None:
        """Tell every listener of every process, in this order.

        Raises ``EventsDown``; some may have been told then.
        """
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for said in announcements:
                    message = {"kind": said.kind, "sequence": said.sequence, "facts": said.facts}
                    pipeline.publish(self._prefix + said.topic, orjson.dumps(message))
                await pipeline.execute()
        except (RedisError, OSError) as down:
            raise EventsDown(str(down)) from down

    @asynccontextmanager
    async def listen(self, topics: Collection[str]) -> AsyncIterator[Listener]:
        """Whatever is announced on ``topics`` from here on: Redis has confirmed it when the block begins.

        While Redis is down the block begins at once, and when it is back the listener hears of a gap.
        """
        listener = Listener(topics)
        for topic in listener.topics:
            self._listeners.setdefault(topic, set()).add(listener)
        self._change(listener)
        if self._down:
            listener.begin()
        else:
            self._newcomers.append(listener)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_line())
        try:
            await listener.begun
            yield listener
        finally:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]
            self._change(listener)

    async def close(self) -> None:
        """Hang up. Listeners hear no more."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._client.aclose()

    def _change(self, listener: Listener) -> None:
        self._touched |= listener.topics
        self._changed.set()

    async def _keep_line(self) -> None:
        attempt = 0
        while True:
            line = Line(self._make_connection(), self._prefix)  # type: ignore[no-untyped-call]  # redis-py's
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
                await line.close()
            attempt = attempt + 1 if self._down else 0
            self._down = True
            for listener in self._everyone():
                listener.begin()
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])

    async def _tune(self, line: Line) -> None:
        """Keep Redis's view of who listens to what in line with ours."""
        missed = {listener for listener in self._everyone() if listener.begun.done()}
        self._touched |= self._listeners.keys()
        while True:
            self._changed.clear()
            newcomers, self._newcomers = self._newcomers, []
            touched, self._touched = self._touched, set()
            await line.tune({topic: topic in self._listeners for topic in touched})
            self._down = False
            for listener in missed:
                listener.hear_of_a_gap()
            missed.clear()
            for listener in newcomers:
                listener.begin()
            await self._changed.wait()

    async def _read(self, line: Line) -> None:
        async for topic, text in line.messages():
            message = orjson.loads(text)
            heard = Announcement(topic, message["kind"], message["sequence"], message["facts"])
            for listener in self._listeners.get(topic, ()):
                listener.hear(heard)

    def _everyone(self) -> set[Listener]:
        return set().union(*self._listeners.values())
