"""The shape of every live field: listen, look once, and look again whenever something was announced."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any, Generic, TypeVar

from adapters.events import Listener
from adapters.tokens import TokenExpired
from domain.events import Announcement
from domain.refusals import NotFound
from schema.context import Context, Info

R = TypeVar("R")
Look = Callable[[Context, str], Awaitable[R | None]]


class Question(Generic[R]):
    """What a topic looks like now, to whoever listens: asked once, in a context made for it.

    ``is_last``: nothing was found, or the listener may no longer see it. That is told, and nothing more.
    """

    def __init__(self, look: Look[R], topic: str) -> None:
        self._look = look
        self._topic = topic
        self.is_last = False

    async def __call__(self, context: Context) -> R | None:
        self.is_last = True
        row = await self._look(context, self._topic)
        self.is_last = row is None
        return row


async def changes(info: Info, topics: Collection[str], look: Look[R]) -> AsyncGenerator[Any]:
    """A question for each announcement on ``topics``; none for how they stand at first.

    ``look`` reads what a topic is about: None where it is gone; it raises a refusal where the context's
    viewer may not see it. The first look, which decides whether to listen at all, comes after Redis has begun
    to listen: what changes in between is heard. Ends with the listener's token.

    Raises ``NotFound`` for what is not there at first, and what ``look`` raises then.
    """
    context = info.context
    async with context.shop.events.listen(topics) as listener:
        if None in await asyncio.gather(*(look(context, topic) for topic in topics)):
            raise NotFound("There is nothing to listen to.", field="id")
        while True:
            announcement = await _next(listener, context)
            question = Question(look, announcement.topic)
            yield question
            if question.is_last:
                return


async def _next(listener: Listener, context: Context) -> Announcement:
    """Raises ``TokenExpired`` when the token runs out before something is announced."""
    expires_at = context.viewer.expires_at
    seconds = None if expires_at is None else (expires_at - context.shop.clock()).total_seconds()
    try:
        async with asyncio.timeout(seconds):
            return await anext(listener)
    except TimeoutError as late:
        raise TokenExpired from late
