"""The shape of every live field: listen, look once, and look again whenever something was announced."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any, Final

from adapters.listeners import Listener
from adapters.tokens import TokenExpired
from domain.events import Announcement
from domain.refusals import NotFound
from engine.live import LiveEvent, Mark, Returning
from schema.context import Context, Info, seconds_left
from schema.live import cursor_at, position_of

LAST_WORD: Final = 1.0  # seconds a socket has to close by itself when its token has run out

Look = Callable[[Context, str], Awaitable[Any]]
Read = Callable[[Context], Awaitable[Any]]
Hears = Callable[[Announcement], Awaitable[bool]]


class Question(LiveEvent):
    """What an event's listener is shown: asked once, in a context made for it.

    ``is_last``: nothing was found, or the listener may no longer see it. That is told, and nothing more.
    """

    def __init__(self, read: Read, cursor: str, *, recovered: bool | None, may_end: bool = True) -> None:
        self._read = read
        self._may_end = may_end
        self.cursor = cursor
        self.recovered = recovered
        self.is_last = False

    async def __call__(self, context: Any) -> Any:
        self.is_last = True
        row = await self._read(context)
        self.is_last = row is None and self._may_end
        return row


async def changes(
    info: Info, topics: Collection[str], look: Look, *, after: str | None = None, hears: Hears | None = None
) -> AsyncGenerator[Any]:
    """A question for each announcement on ``topics`` that it ``hears``; none for how they stand at first.

    ``look`` reads what a topic is about: None where it is gone; it raises a refusal where the context's
    viewer may not see it. The first look, which decides whether to listen at all, comes after Redis has begun
    to listen: what changes in between is heard. A client that comes back with a cursor hears what it missed;
    where the history no longer has that, how each topic stands now. Ends with the listener's token.

    Raises ``NotFound`` for what is not there at first, and what ``look`` raises then.
    """
    context = info.context
    by_topic = {topic: _looking(look, topic) for topic in topics}

    async def begin(*, returning: bool) -> bool:
        if None not in await asyncio.gather(*(look(context, topic) for topic in topics)):
            return True
        if not returning:
            raise NotFound("There is nothing to listen to.", field="id")
        return False

    def read(announcement: Announcement) -> Read:
        return next(by_topic[topic] for topic in announcement.topics if topic in by_topic)

    async for question in _told(
        info, topics, after, begin=begin, read=read, lost=list(by_topic.values()), hears=hears
    ):
        yield question


async def happenings(
    info: Info,
    topic: str,
    show: Callable[[Context, Announcement], Awaitable[Any]],
    *,
    allow: Callable[[Context], Awaitable[None]],
    after: str | None = None,
    hears: Hears | None = None,
) -> AsyncGenerator[Any]:
    """A question for each announcement on ``topic`` itself, of those it ``hears``: ``show`` answers it.

    ``allow`` raises a refusal where the context's viewer may not listen: at first, and before each answer.
    A client that comes back with a cursor of which the history knows nothing more is told null.
    """

    async def begin(*, returning: bool) -> bool:
        del returning
        await allow(info.context)
        return True

    def read(announcement: Announcement) -> Read:
        async def ask(context: Context) -> Any:
            await allow(context)
            return await show(context, announcement)

        return ask

    async def nothing(context: Context) -> None:
        await allow(context)

    async for question in _told(
        info, [topic], after, begin=begin, read=read, lost=[nothing], hears=hears, may_end=False
    ):
        yield question


async def _told(
    info: Info,
    topics: Collection[str],
    after: str | None,
    *,
    begin: Callable[..., Awaitable[bool]],
    read: Callable[[Announcement], Read],
    lost: list[Read],
    hears: Hears | None,
    may_end: bool = True,
) -> AsyncGenerator[Any]:
    context = info.context
    place = _place(info, after)
    async with context.shop.events.listen(topics, place) as listener:
        stands = await begin(returning=place is not None)
        yield Mark(cursor_at(context, listener.position))
        if not stands:  # what the client came back for has gone meanwhile: that is the last to tell
            yield Question(lost[0], cursor_at(context, listener.position), recovered=True)
            return
        recovered = None if place is None else True
        while True:
            before = cursor_at(context, listener.position)
            announcement = await _next(listener, context)
            if announcement is not None and hears is not None and not await hears(announcement):
                continue
            reads = lost if announcement is None else [read(announcement)]
            recovered = False if announcement is None else recovered
            for one in reads:
                # Until all that was lost has been made good, a client that leaves starts over.
                cursor = cursor_at(context, listener.position) if one is reads[-1] else before
                question = Question(one, cursor, recovered=recovered, may_end=may_end)
                recovered = None
                yield question
                if question.is_last:
                    return


def _looking(look: Look, topic: str) -> Read:
    async def read(context: Context) -> Any:
        return await look(context, topic)

    return read


def _place(info: Info, after: str | None) -> int | None:
    """Where to go on from: null for a newcomer. What the carrier says counts before the argument."""
    root = info.root_value
    said = root.after if isinstance(root, Returning) else None
    cursor = said or after
    return None if not cursor else position_of(info.context, cursor)


async def _next(listener: Listener, context: Context) -> Announcement | None:
    """Raises ``TokenExpired`` when the token runs out before something is announced."""
    seconds = seconds_left(context)
    try:
        async with asyncio.timeout(None if seconds is None else seconds + LAST_WORD):
            return await anext(listener)
    except TimeoutError as late:
        raise TokenExpired from late
