"""Pages of lists of products while the products change."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

from db import product_lists
from db.pool import Database
from domain.access import Permission, Viewer
from domain.conditions import ALWAYS
from domain.pages import Key, PageRequest
from domain.products import Order, OrderName, ProductList, Scope, product_list
from domain.search import read
from tests.factory import AnyRow, Factory

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_PRODUCTS}))
# Few values, so that many products are equal in what they are sorted by, and nulls wherever they may be.
NAMES = ("mug", "mug rack", "Ärmel", "")
NUMBERS = (None, Decimal(0), Decimal("9.9900"), Decimal("1234567890123456.1234"))
MOMENTS = (None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC))
SHAKE = """
    with moved as (
        update products
           set name = $2, rating = $3, updated_at = $4, created_at = $4, product_type_id = $5,
               search_text = 'mug ' || $2
         where id = $1
    ),
    listed as (
        update product_listings
           set lowest_amount = $3, lowest_discounted_amount = $3, published_at = $6
         where product_id = $1
    ),
    placed as (
        update collection_products set position = $7 where product_id = $1
    ),
    freed as (
        delete from product_attribute_values where product_id = $1 and value_id is distinct from $8
    )
    insert into product_attribute_values (product_id, value_id)
    select $1, given.id from unnest(array[cast($8 as bigint)]) as given (id) where given.id is not null
        on conflict do nothing
"""


@dataclass
class World:
    """A collection of products that can be put anywhere in any order."""

    factory: Factory
    random: Random
    channel: AnyRow
    collection: AnyRow
    attribute: AnyRow
    types: list[AnyRow]
    values: list[int | None]

    async def add(self) -> int:
        product = await self.factory.product(self.channel, product_type_id=self.types[0].id)
        await self.factory.fetch(
            "insert into collection_products values ($1, $2, 0)", self.collection.id, product.id
        )
        await self.shake(product.id)
        return int(product.id)

    async def shake(self, product_id: int) -> None:
        """Put a product somewhere else in every order."""
        choose = self.random.choice
        await self.factory.fetch(
            SHAKE,
            product_id,
            choose(NAMES),
            choose(NUMBERS),
            choose(MOMENTS[1:]),
            choose(self.types).id,
            choose(MOMENTS),
            choose(range(3)),
            choose(self.values),
        )

    async def remove(self, product_id: int) -> None:
        await self.factory.fetch("delete from products where id = $1", product_id)


@pytest.fixture
async def world(factory: Factory) -> World:
    channel = await factory.channel()
    attribute = await factory.attribute("Colour")
    values = [
        await factory.attribute_value(attribute, name, numeric=number)
        for name, number in (("red", None), ("blue", None), ("", Decimal(3)))
    ]
    types = [await factory.product_type(name=name) for name in ("Cups", "Cups", "Rugs")]
    ids = [None, *(value.id for value in values)]
    random = Random(7)  # noqa: S311  # the same walk every time
    return World(factory, random, channel, await factory.collection(channel), attribute, types, ids)


def listing(world: World, name: OrderName, *, descending: bool) -> ProductList:
    attribute_id = world.attribute.id if name is OrderName.ATTRIBUTE else None
    return product_list(
        STAFF,
        world.channel.id,
        scope=Scope.COLLECTION,
        condition=ALWAYS,
        search=read("mug") if name is OrderName.RANK else None,
        order=Order(name, descending, attribute_id),
    )


async def walk(
    database: Database,
    wanted: ProductList,
    collection_id: int,
    *,
    backward: bool,
    size: Callable[[], int],
    between: Callable[[], Awaitable[None]],
) -> list[int]:
    """The ids of all products in the order of travel, page by page; something happens between two pages."""
    seen: list[int] = []
    place: Key | None = None
    while True:
        ends: dict[str, Any] = {"before": place, "backward": True} if backward else {"after": place}
        async with database.read() as connection:
            pages = await product_lists.pages(
                connection, wanted, [collection_id], PageRequest(size(), **ends)
            )
        page = pages[collection_id]
        ids = [row.id for row in page.rows]
        seen += reversed(ids) if backward else ids
        if not (page.has_previous if backward else page.has_next):
            return seen
        place = page.key(page.rows[0 if backward else -1])
        await between()


@pytest.mark.parametrize("name", OrderName)
async def test_a_walk_over_a_changing_list_meets_each_unchanged_product_exactly_once(
    database: Database, world: World, name: OrderName
) -> None:
    random = world.random
    still = [await world.add() for _ in range(12)]
    changing = [await world.add() for _ in range(12)]

    async def change() -> None:
        for _ in range(3):
            match random.choice(("shake", "add", "remove")):
                case "add":
                    changing.append(await world.add())
                case "remove" if len(changing) > 1:
                    await world.remove(changing.pop(random.randrange(len(changing))))
                case _:
                    await world.shake(random.choice(changing))

    for descending in (False, True):
        for backward in (False, True):
            seen = await walk(
                database,
                listing(world, name, descending=descending),
                world.collection.id,
                backward=backward,
                size=lambda: random.randint(1, 4),
                between=change,
            )

            assert sorted(one for one in seen if one in still) == still


@pytest.mark.parametrize("name", OrderName)
async def test_pages_together_are_the_list_and_backward_is_the_same_turned_round(
    database: Database, world: World, name: OrderName
) -> None:
    everything = {await world.add() for _ in range(15)}

    async def nothing() -> None:
        pass

    for descending in (False, True):
        wanted = listing(world, name, descending=descending)
        whole, forward, backward = [
            await walk(
                database,
                wanted,
                world.collection.id,
                backward=back,
                size=partial(int, size),
                between=nothing,
            )
            for back, size in ((False, 50), (False, 2), (True, 3))
        ]

        assert set(whole) == everything
        assert forward == whole
        assert backward == whole[::-1]
