"""The shape of every live field: listen, look once, and look again whenever something was announced."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Hashable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Final, Protocol, cast

from adapters.tokens import TokenExpired
from domain.access import GUEST
from domain.events import Announcement
from domain.refusals import NotFound
from engine.live import Audience, LiveEvent, Mark
from schema.context import Context, Info, seconds_left
from schema.live import cursor_at, position_of

TOGETHER: Final = 64  # questions that are asked at a time, where so many announcements wait
LAST_WORD: Final = 1.0  # seconds a socket has to close by itself when its token has run out

Look = Callable[[Context, str], Awaitable[Any]]
Read = Callable[[Context], Awaitable[Any]]
Hears = Callable[[Announcement], Awaitable[bool]]
IsOver = Callable[[Any], bool]


class Begin(Protocol):
    def __call__(self, context: Context, *, returning: bool) -> Awaitable[bool]:
        """Whether there is anything to listen to. Raises a refusal where the viewer may not."""


class Question(LiveEvent):
    """What an event's listeners are shown: asked once, in a context made for it.

    It is the last when nothing was found, they may no longer see it, or it ``is_over`` by what was found.
    That is told, and nothing more.
    """

    def __init__(
        self,
        read: Read,
        place: int,
        cursor: str,
        *,
        recovered: bool | None = None,
        may_end: bool = True,
        about: Hashable = None,
        is_over: IsOver | None = None,
    ) -> None:
        self._read = read
        self._may_end = may_end
        self._is_over = is_over
        self.place = place
        self.cursor = cursor
        self.recovered = recovered
        self.about = about
        self._is_last = False

    @property
    def is_last(self) -> bool:
        return self._is_last

    async def __call__(self, context: Any) -> Any:
        self._is_last = True
        row = await self._read(context)
        if row is None:
            self._is_last = self._may_end
        else:
            self._is_last = self._is_over is not None and self._is_over(row)
        return row


def changes(
    info: Info,
    topics: Collection[str],
    look: Look,
    *,
    after: str | None = None,
    hears: Hears | None = None,
    public: bool = False,
    at_first: bool = False,
    is_over: IsOver | None = None,
) -> AsyncGenerator[Any]:
    """A question for each announcement on ``topics`` that it ``hears``.

    How they stand ``at_first`` is asked where there is one topic, of which that is to be shown to newcomers.
    When one ``is_over``, that was the last.

    ``look`` reads what a topic is about: None where it is gone; it raises a refusal where the context's
    viewer may not see it. The first look, which decides whether to listen at all, comes after Redis has begun
    to listen: what changes in between is heard. A client that comes back with a cursor hears what it missed;
    where the history no longer has that, how each topic stands now. Ends with the listener's token.

    ``public``: it shows the same to everybody who has no permissions, whoever they are.

    Raises ``NotFound`` for what is not there at first, and what ``look`` raises then.
    """
    by_topic = {topic: _looking(look, topic) for topic in topics}

    async def begin(context: Context, *, returning: bool) -> bool:
        if None not in await asyncio.gather(*(look(context, topic) for topic in topics)):
            return True
        if not returning:
            raise NotFound("There is nothing to listen to.", field="id")
        return False

    def read(announcement: Announcement) -> tuple[Read, Hashable]:
        topic = next(topic for topic in announcement.topics if topic in by_topic)
        return by_topic[topic], topic

    return cast(
        "AsyncGenerator[Any]",  # what Strawberry knows as a live field; the engine knows more
        Live(
            info,
            topics,
            after,
            begin=begin,
            read=read,
            lost=list(by_topic.values()),
            hears=hears,
            public=public,
            at_first=at_first,
            is_over=is_over,
        ),
    )


def happenings(
    info: Info,
    topics: Collection[str],
    show: Callable[[Context, Announcement], Awaitable[Any]],
    *,
    allow: Callable[[Context], Awaitable[None]],
    after: str | None = None,
    hears: Hears | None = None,
    newest: bool = False,
) -> AsyncGenerator[Any]:
    """A question for each announcement on ``topics`` itself, of those it ``hears``: ``show`` answers it.

    ``allow`` raises a refusal where the context's viewer may not listen: at first, and before each answer.
    A client that comes back with a cursor of which the history knows nothing more is told null. ``newest``:
    of an object the newest announcement says all that earlier ones said.
    """

    async def begin(context: Context, *, returning: bool) -> bool:
        del returning
        await allow(context)
        return True

    def read(announcement: Announcement) -> tuple[Read, Hashable]:
        async def ask(context: Context) -> Any:
            await allow(context)
            return await show(context, announcement)

        return ask, announcement.topic if newest else None

    async def nothing(context: Context) -> None:
        await allow(context)

    return cast(
        "AsyncGenerator[Any]",
        Live(info, topics, after, begin=begin, read=read, lost=[nothing], hears=hears, may_end=False),
    )


class Live:
    """The events of a live field: the engine's ``Source``."""

    def __init__(
        self,
        info: Info,
        topics: Collection[str],
        after: str | None,
        *,
        begin: Begin,
        read: Callable[[Announcement], tuple[Read, Hashable]],
        lost: list[Read],
        hears: Hears | None,
        may_end: bool = True,
        public: bool = False,
        at_first: bool = False,
        is_over: IsOver | None = None,
    ) -> None:
        self.after = after
        self.audience = audience(info.context, public=public)
        seconds = seconds_left(info.context)
        self.ends = None if seconds is None else (seconds + LAST_WORD, TokenExpired())
        self._context = info.context
        self._events = info.context.shop.events
        self._topics = topics
        self._begin = begin
        self._read = read
        self._lost = lost
        self._hears = hears
        self._may_end = may_end
        self._at_first = at_first
        self._is_over = is_over

    def __aiter__(self) -> AsyncGenerator[Mark | Sequence[LiveEvent]]:
        return self.live()

    async def first(self, context: Context, cursor: str, *, returning: bool) -> LiveEvent | None:
        begun = await self._begin(context, returning=returning)
        context.loading.forget()  # for a group lives long, and its founder's context with it
        if not begun:
            # What the client came back for has gone meanwhile: that is the last to tell.
            newest = await self._events.newest()
            return Question(self._lost[0], newest, self._cursor(newest))
        if self._at_first and not returning:
            return Question(self._lost[0], self.place(cursor), cursor, is_over=self._is_over)
        return None

    def place(self, cursor: str) -> int:
        return position_of(self._context, cursor)

    async def live(self) -> AsyncGenerator[Mark | Sequence[LiveEvent]]:
        async with self._events.listen(self._topics) as listener:
            before = listener.position
            yield Mark(self._cursor(before))
            async for announcement in listener:
                questions = await self._questions(announcement, before, listener.position)
                while len(questions) < TOGETHER and (more := listener.waiting()) is not None:
                    questions += await self._questions(more, before, listener.position)
                before = listener.position
                if questions:
                    yield questions
                if any(question.is_last for question in questions):
                    return

    async def missed(self, after: int) -> AsyncGenerator[LiveEvent]:
        before = after
        async with aclosing(self._events.missed(self._topics, after)) as announcements:
            async for announcement, position in announcements:
                for question in await self._questions(announcement, before, position):
                    yield question
                before = position

    async def _questions(
        self, announcement: Announcement | None, before: int, position: int
    ) -> list[Question]:
        """What is to be asked when this is announced, or when something was lost."""
        if announcement is None:
            return list(self._all_lost(before, position))
        if self._hears is not None and not await self._hears(announcement):
            return []
        read, about = self._read(announcement)
        cursor = self._cursor(position)
        return [Question(read, position, cursor, may_end=self._may_end, about=about, is_over=self._is_over)]

    def _all_lost(self, before: int, position: int) -> Iterator[Question]:
        for read in self._lost:
            last = read is self._lost[-1]
            # Until all that was lost has been made good, a client that leaves starts over.
            cursor = self._cursor(position if last else before)
            recovered = False if read is self._lost[0] else None
            yield Question(read, position, cursor, recovered=recovered, may_end=self._may_end)

    def _cursor(self, position: int) -> str:
        return cursor_at(self._context, max(position, 0))


def audience(context: Context, *, public: bool) -> Audience:
    """Who is shown the same as the context's viewer: whoever has the same login or token, and all guests.

    What is ``public`` is shown to customers as it is to guests.
    """
    viewer = context.viewer

    async def as_guest() -> Context:
        return Context.of(context.shop, GUEST)

    if viewer.name is None or (public and not viewer.permissions):
        return Audience("anybody", Context.beside, as_guest)
    return Audience((viewer.name, viewer.family_id, viewer.token_id), Context.beside)


def _looking(look: Look, topic: str) -> Read:
    async def read(context: Context) -> Any:
        return await look(context, topic)

    return read
