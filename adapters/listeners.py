"""One listener to the shop's events: everything on its topics after some place, in order and once."""

import asyncio
from collections.abc import Collection
from typing import Protocol

from domain.events import Announcement, Reach

QUEUE = 256  # announcements that wait for a listener; one that is further behind reads the history instead


class History(Protocol):
    """The events that are kept, by position. What a live message tells is always there to be read already."""

    async def reach(self) -> Reach:
        """How far the history goes now."""
        ...

    async def since(
        self, topics: Collection[str], after: int, number: int
    ) -> tuple[list[Announcement], Reach]:
        """The first ``number`` events on ``topics`` after a position, and how far it went thereafter."""
        ...

    async def everything_since(self, after: int, number: int) -> list[Announcement]:
        """The first ``number`` events after a position."""
        ...


class Listener:
    """Announcements on ``topics``, in order. Iterate over it; it does not end by itself.

    An item of None says that events are lost: the history no longer goes back to where the listener was.
    From there on everything is told again. ``position`` is how far the listener has been told.
    """

    def __init__(self, topics: Collection[str], history: History) -> None:
        self.topics = frozenset(topics)
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.position = 0
        self.placed = False
        self._history = history
        self._heard: list[Announcement] = []  # short, and nearly always empty: a deque takes 700 bytes
        self._behind = False  # what comes next is in the history, and not in the queue
        self._news: asyncio.Future[None] | None = None  # while nothing is there to be told

    def begin(self) -> None:
        """From here on nothing escapes the listener."""
        if not self.begun.done():
            self.begun.set_result(None)

    async def place(self, after: int | None) -> None:
        """Start from behind the position ``after``; from now on where null."""
        if after is None:
            newest = (await self._history.reach()).newest
            self.position = max(self.position, newest)
        else:
            self.position = after
            self.fall_behind()
        self.placed = True

    def hear(self, announcement: Announcement) -> None:
        """Queue a live message. One that was told already is no harm."""
        if self._behind:
            return
        if len(self._heard) >= QUEUE:
            self.fall_behind()
            return
        self._heard.append(announcement)
        self._wake()

    def fall_behind(self) -> None:
        """Messages may have been missed: go on from the history."""
        self._behind = True
        self._heard.clear()
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def check(self, position: int) -> None:
        """Make sure that the event at ``position``, of a topic of the listener's, is told sooner or later."""
        latest = self._heard[-1].position if self._heard else self.position
        if position > latest:
            self.fall_behind()

    def __aiter__(self) -> "Listener":
        return self

    def waiting(self) -> Announcement | None:
        """The next announcement, if it is there already."""
        while self._heard:
            told = self._heard.pop(0)
            if told.position > self.position:
                self.position = told.position
                return told
        return None

    async def __anext__(self) -> Announcement | None:
        while True:
            if (told := self.waiting()) is not None:
                return told
            if self._behind:
                if not await self._catch_up():
                    return None
                continue
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    async def _catch_up(self) -> bool:
        """Queue what the history has.

        False where it does not reach back: the listener then goes on from now.
        """
        self._behind = False  # what is said from here on queues up behind what is read
        try:
            missed, reach = await self._history.since(self.topics, self.position, QUEUE)
        except BaseException:
            self.fall_behind()
            raise
        if not reach.covers(self.position):
            self.position = reach.newest
            return False
        if len(missed) == QUEUE:
            self.fall_behind()
        self._heard[:0] = missed
        return True
