"""Answers that are the same for everybody: who that is, what they are made of, and which events drop them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from typing import Any, Final

import structlog

from adapters.answers import SharedAnswers
from adapters.listeners import Listener
from commands.shop import Shop
from domain.events import Announcement, feed
from engine.caching.answers import Answers
from engine.caching.serving import Caching
from engine.caching.tags import Tagging, tag, tag_of_lists
from engine.schema import Schema
from schema.context import Context
from server.settings import Settings

log = structlog.get_logger(__name__)

KINDS: Final = (
    "Attribute",
    "Category",
    "Channel",
    "Collection",
    "Menu",
    "MenuItem",
    "Page",
    "PageType",
    "Product",
    "ProductMedia",
    "ProductType",
    "ProductVariant",
)
"""What kept answers are made of, and events happen to."""
APART: Final = frozenset({"App", "Checkout", "Job", "Order", "User"})
"""What else events happen to: nothing of it is in an answer that everybody may be told."""
TOPICS: Final = frozenset(map(feed, KINDS))
PARENTS: Final = {"product_id": "Product", "variant_id": "ProductVariant"}
STOCK: Final = "stock:lists"
STOCK_OF_PRODUCTS: Final = "stock:products"
WORDS: Final = {"stockAvailability": STOCK, "stocks": STOCK, "isAvailable": STOCK_OF_PRODUCTS}
NARROW: Final = frozenset({"MetadataUpdated", "ProductPriceChanged", "ProductUpdated", "StockChanged"})
"""Events after which an answer is wrong only where what they happened to is in it."""
LOOK: Final = 2.0  # seconds between looks at how far the history goes
PAUSE: Final = 1.0  # seconds before listening again when that has failed


def is_ordinary(context: Any) -> bool:
    """Whether the viewer is shown what everybody is: nothing is permitted to shoppers, logged in or not."""
    assert isinstance(context, Context), "the server makes no other"
    return not context.viewer.works_here and not context.viewer.permissions


def is_known(context: Any) -> bool:
    """Whether it is a user or an app, and no guest."""
    assert isinstance(context, Context), "the server makes no other"
    return context.viewer.name is not None


@asynccontextmanager
async def caching(settings: Settings, shop: Shop, caching: Caching, schema: Schema) -> AsyncIterator[None]:
    """Keep answers, and drop them by the shop's events, while the block runs."""
    if not settings.cache_bytes:
        yield
        return
    async with AsyncExitStack() as stack:
        shelf = None
        if settings.cache_shared:
            shelf = SharedAnswers(settings.redis_url, shop.events.shop)
            stack.push_async_callback(shelf.close)
        news = _News(shop)
        tagging = Tagging(schema.graphql, KINDS, PARENTS, WORDS)
        answers = Answers(settings.cache_bytes, tagging, news.line, shelf, _release(settings, schema.sdl()))
        tasks = [
            asyncio.create_task(news.keep_listening(answers)),
            asyncio.create_task(news.keep_looking(answers)),
        ]
        caching.answers = answers
        try:
            yield
        finally:
            caching.answers = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class _News:
    """What this process hears of the catalogue."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._listener: Listener | None = None
        self._round = 0
        self._is_listening = False
        self._began = asyncio.Event()

    def line(self) -> Hashable | None:
        """The line on which news come; null while they may not."""
        line = self._shop.events.line
        return None if line is None or not self._is_listening else (self._round, line)

    async def keep_listening(self, answers: Answers) -> None:
        """Drop what has changed, for ever."""
        while True:
            try:
                async with self._shop.events.listen(TOPICS) as listener:
                    self._listener = listener
                    self._round += 1
                    self._is_listening = True
                    self._began.set()
                    async for event in listener:
                        dropped = None if event is None else tags_of(event)
                        if event is None or dropped is None:
                            answers.drop_all(listener.position)
                        else:
                            answers.drop(dropped, event.position)
            except Exception as exception:  # nothing is told again until it is known what has changed
                log.warning("cache_unheard", error=repr(exception), exc_info=True)
            finally:
                self._is_listening = False
            await asyncio.sleep(PAUSE)

    async def keep_looking(self, answers: Answers) -> None:
        """Find out how far the history goes, for ever; what was not heard by then is read there.

        A Redis that hangs is not known to be away for half a minute.
        """
        looked: int | None = None
        while True:
            line = answers.line
            with suppress(Exception):  # the next look may do better
                newest = await self._shop.events.newest()
                if looked is not None and newest > looked:
                    await self._check(looked)
                looked = newest
                if line is not None:
                    answers.reach(newest, line)
            self._began.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._began.wait()

    async def _check(self, after: int) -> None:
        """Make sure that the events after a position are heard."""
        listener = self._listener
        if listener is None:
            return
        async with aclosing(self._shop.events.missed(TOPICS, max(after, listener.position))) as missed:
            async for _, position in missed:
                listener.check(position)  # who falls behind reads the rest as well
                return


def tags_of(event: Announcement) -> frozenset[str] | None:
    """The tags of the answers that are wrong now; None for all of them, where it is not known which.

    Who is in a list, and in which order, may follow from anything about an object but its stock: only lists
    that ask for that depend on it.
    """
    if event.kind not in NARROW:
        return None
    found = {tag(event.subject, event.key)}
    if event.kind != "StockChanged":
        return frozenset(found | {tag_of_lists(event.subject)})
    product = event.facts.get("product_id")
    return frozenset(found | {STOCK, STOCK_OF_PRODUCTS if product is None else tag("Product", product)})


def _release(settings: Settings, sdl: str) -> str:
    """What answers depend on beside the shop's data: a process that differs in it has answers of its own."""
    places = (settings.public_url, settings.s3_public_url, settings.s3_endpoint_url, settings.s3_bucket)
    return hashlib.sha256("\n".join((sdl, *places)).encode()).hexdigest()
