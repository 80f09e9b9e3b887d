"""Answers that are kept: on every process they are dropped when something in them changes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from commands import metadata
from commands.completing import complete
from commands.promotions import refresh_prices
from domain.access import Permission, Viewer
from domain.events import Announcement, Event, ProductUpdated, StockChanged
from domain.imports.report import FileImported
from engine.caching.answers import Answers
from engine.requests import GraphQLRequest
from server.caching import APART, KINDS, LOOK, tags_of
from tests.factory import AnyRow, Factory
from tests.live.conftest import Redis
from tests.live.histories import NOON
from tests.live.sockets import Server
from tests.live.test_subscriptions import happen
from tests.markets import Market

Served = Callable[..., Any]
ROOM = 8 << 20
PRODUCT = """
query Product($slug: String) {
  product(channel: "web", slug: $slug) {
    name metafield(key: "care") pricing { priceRange { start { gross { amount } } } }
    variants { id }
  }
}
"""
NAME = '{ product(channel: "web", slug: "mug") { name } }'
AVAILABLE = '{ product(channel: "web", slug: "mug") { isAvailable } }'
VARIANTS = '{ product(channel: "web", slug: "mug") { variants { quantityAvailable } } }'
LIST = '{ products(channel: "web", first: 5) { edges { node { name } } } }'
STOCKED = LIST.replace("first: 5", "first: 5, filter: { stockAvailability: IN_STOCK }")
CUP = '{ product(channel: "web", slug: "cup") { name variants { quantityAvailable } } }'
MENU = '{ menu(slug: "top") { items { name } } }'
EVERYTHING = (NAME, AVAILABLE, VARIANTS, LIST, STOCKED, CUP, MENU)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def mug(market: Market, factory: Factory) -> AnyRow:
    """The only one there is, at 20."""
    await factory.fetch("update products set slug = 'mug'")
    return await market.variant("20", stock=1)


async def test_a_price_that_changes_is_right_at_the_next_read_of_every_process(
    served: Served, mug: AnyRow, factory: Factory
) -> None:
    async with two(served) as (one, other):
        before = [await price(server) for server in (one, one, other, other)]
        kept = [len(answers(one)), len(answers(other))]
        shared = [answers(one).figures["shared"], answers(other).figures["shared"]]
        hits = [answers(one).figures["hit"], answers(other).figures["hit"]]
        await reprice(one, factory, mug, 15)
        await until(lambda: not len(answers(one)) + len(answers(other)))
        after = [await price(one), await price(other)]

    assert before == [20, 20, 20, 20]
    assert (kept, shared, hits) == ([1, 1], [0, 1], [1, 1])
    assert after == [15, 15]


async def test_a_change_drops_what_it_is_in_and_nothing_else(
    served: Served, market: Market, mug: AnyRow, factory: Factory
) -> None:
    await factory.menu_item(await factory.menu("top"), "News")
    await factory.fetch(
        "update products set slug = 'cup' where id = $1",
        (await factory.product(market.channel, name="Cup")).id,
    )
    staff = await factory.staff()
    viewer = Viewer(staff.id, staff.email, is_staff=True, permissions=frozenset(Permission))
    product = market.product.id
    async with keeping(served) as server:

        async def leaves(rest: set[str], change: Coroutine[None, None, Any]) -> bool:
            for document in EVERYTHING:
                await server.client.run(document)
            before = await kept(server)
            await change
            async with asyncio.timeout(10):
                while (after := await kept(server)) == before:  # noqa: ASYNC110 - other tasks work
                    await asyncio.sleep(0.01)
            return before == set(EVERYTHING) and after == rest

        care = metadata.update(server.shop, viewer, "Product", product, {"care": "cold"}, private=False)
        sold = complete(server.shop, Viewer(), (await market.checkout((mug, 1))).id)
        assert await leaves({CUP, MENU}, reprice(server, factory, mug, 15))
        assert await leaves({CUP, MENU}, care)
        assert await leaves({CUP, MENU}, sold)
        assert await leaves({CUP, MENU}, happen(server.shop, ProductUpdated(product)))
        assert await leaves({CUP, MENU, LIST, NAME, VARIANTS}, happen(server.shop, StockChanged(10**9)))
        assert await leaves(set(), happen(server.shop, FileImported(market.channel.id, "shopify")))


async def test_what_has_sold_out_is_so_at_the_next_read(served: Served, market: Market, mug: AnyRow) -> None:
    async with two(served) as (one, other):
        before = [await server.client.run(AVAILABLE) for server in (one, other)]
        listed = [await names(server, STOCKED) for server in (one, other)]
        checkout = await market.checkout((mug, 1))
        await complete(one.shop, Viewer(), checkout.id)
        await until(lambda: not len(answers(one)) + len(answers(other)))
        after = [await server.client.run(AVAILABLE) for server in (one, other)]
        left = [await names(server, STOCKED) for server in (one, other)]

    assert before == [{"product": {"isAvailable": True}}] * 2
    assert after == [{"product": {"isAvailable": False}}] * 2
    assert (listed, left) == ([["Mug"]] * 2, [[]] * 2)


async def test_while_redis_is_away_nothing_is_told_again(
    served: Served, redis: Redis, mug: AnyRow, factory: Factory
) -> None:
    async with keeping(served, redis_url=redis.url) as server:
        before = [await price(server), await price(server)]
        await redis.stop()
        await until(lambda: answers(server).line is None)
        await reprice(server, factory, mug, 15)
        away = [await price(server), await price(server)]
        kept = len(answers(server))
        await redis.start()
        await until(lambda: answers(server).is_keeping)
        back = [await price(server), await price(server)]
        hits = answers(server).figures["hit"]

    assert (before, away, back) == ([20, 20], [15, 15], [15, 15])
    assert (kept, hits) == (0, 2)


async def test_what_no_message_tells_is_right_after_the_next_look(
    served: Served, mug: AnyRow, factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(_announcements: object) -> None:
        pass

    async with keeping(served) as server:
        before = [await price(server), await price(server)]
        monkeypatch.setattr(server.shop.events, "announce", lose)  # as where Redis hangs
        await reprice(server, factory, mug, 15)
        async with asyncio.timeout(3 * LOOK):
            while await price(server) == 20:  # noqa: ASYNC110 - other tasks work
                await asyncio.sleep(0.05)

    assert before == [20, 20]


async def test_answers_are_kept_no_longer_than_they_are_good_for(
    served: Served, mug: AnyRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    del mug
    later = 0.0
    monkeypatch.setattr("engine.caching.answers.monotonic", lambda: asyncio.get_running_loop().time() + later)
    async with keeping(served, cache_shared=False) as server:
        for _ in range(2):
            await server.client.run(NAME)
        later = 61.0
        await server.client.run(NAME)
        figures = answers(server).figures

    assert (figures["hit"], figures["old"], figures["miss"]) == (1, 1, 2)


def test_where_it_is_not_known_what_an_event_changes_everything_goes() -> None:
    def about(kind: str, subject: str, **facts: Any) -> set[str] | None:
        found = tags_of(Announcement(1, kind, subject, "5", NOON, facts))
        return None if found is None else set(found)

    assert about("ProductPriceChanged", "Product") == {"Product:5", "Product:*"}
    assert about("MetadataUpdated", "Category") == {"Category:5", "Category:*"}
    assert about("StockChanged", "ProductVariant", product_id=2) == {
        "ProductVariant:5",
        "Product:2",
        "stock:lists",
    }
    assert about("StockChanged", "ProductVariant") == {"ProductVariant:5", "stock:lists", "stock:products"}
    assert about("FileImported", "Channel") is None
    assert about("CategoryMoved", "Category") is None


async def test_every_event_is_of_a_kind_that_is_known_here() -> None:
    """Whoever adds an event says whether answers that everybody may be told are made of what it is about."""
    events = set(Event.__subclasses__()) - {Event}
    subjects = {event.subject for event in events} - {"Metadata"}  # which is of any kind

    assert subjects - set(KINDS) - APART == set()


async def kept(server: Server) -> set[str]:
    """The documents whose answers are at hand."""
    found = set()
    for document in EVERYTHING:
        operation = await server.app.state.executor.prepare(GraphQLRequest(document))
        key = answers(server).key(operation)
        if key is not None and answers(server).find(key) is not None:
            found.add(document)
    return found


async def reprice(server: Server, factory: Factory, variant: AnyRow, amount: int) -> None:
    await factory.fetch(
        "update variant_listings set sale_amount = $1 where variant_id = $2", amount, variant.id
    )
    await refresh_prices(server.shop)


async def price(server: Server) -> float:
    data = await server.client.run(PRODUCT, slug="mug")
    amount: float = data["product"]["pricing"]["priceRange"]["start"]["gross"]["amount"]
    return amount


async def names(server: Server, document: str) -> list[str]:
    data = await server.client.run(document)
    return [edge["node"]["name"] for edge in data["products"]["edges"]]


def answers(server: Any) -> Answers:
    found: Answers = server.app.state.executor.caching.answers
    return found


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for happens in other tasks
            await asyncio.sleep(0.01)


@asynccontextmanager
async def keeping(served: Served, **changed: Any) -> AsyncIterator[Server]:
    """A server that keeps answers, and is ready to."""
    async with served(**{"cache_bytes": ROOM, **changed}) as server:
        await until(lambda: answers(server).is_keeping)
        yield server


@asynccontextmanager
async def two(served: Served) -> AsyncIterator[tuple[Server, Server]]:
    """Two such servers of one shop."""
    async with keeping(served) as one, keeping(served) as other:
        yield one, other
