"""The demonstration: a shop that keeps every promise, filled once."""

import asyncio
from io import BytesIO

import pytest
from asyncpg import UniqueViolationError
from PIL import Image

from commands.demo import seeding
from commands.demo.catalogue import pictures
from commands.demo.people import LOGINS
from commands.demo.pictures.drawing import draw
from commands.demo.seeding import ShopNotEmpty
from commands.shop import Shop
from db.seeding import TABLES
from db.tables import accounts
from db.verifying import PROMISES, breaches
from domain.attributes import InputType
from tests.clients import Client
from tests.factory import Factory

PASSWORD = "correct-horse-battery"  # noqa: S105  # a test's own
FILES = """
    select file_key as key from product_media
     union select image_key from categories where image_key is not null
     union select image_key from collections where image_key is not null
     union select file_key from attribute_values where file_key is not null
"""
FRONT = """
{
  menu(slug: "navbar", channel: "default-channel") { items { name children { name } } }
  collection(slug: "featured-products", channel: "default-channel") { products(first: 1) { totalCount } }
  product(slug: "third-shift", channel: "default-channel") {
    pricing { onSale priceRange { start { net { amount } gross { amount } } } }
    translation(languageCode: PL) { name }
  }
  mug: product(slug: "tidal-mug", channel: "channel-pln") {
    pricing { priceRange { start { net { amount } gross { amount currency } } } }
    translation(languageCode: PL) { name }
  }
}
"""


async def rows_by_table(factory: Factory) -> dict[str, int]:
    counted = " union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in TABLES)  # noqa: S608
    return {row.name: row.rows for row in await factory.fetch(counted)}


async def test_everybody_can_log_in_and_every_file_is_there(shop: Shop, factory: Factory) -> None:
    report = await seeding.seed(shop, PASSWORD)

    hashes = await factory.fetch("select email, password_hash from users where password_hash is not null")
    keys = [row.key for row in await factory.fetch(FILES)]
    assert report.counts["files"] == len(keys) == 110
    assert [key for key in keys if not await shop.files.exists(key)] == []
    assert {row.email for row in hashes} == {person.email for person in LOGINS}
    assert [row.email for row in hashes if not await shop.passwords.verify(PASSWORD, row.password_hash)] == []


async def test_every_promise_is_kept(shop: Shop, factory: Factory) -> None:
    counts = await seeding.fill(shop, {})

    async with shop.db.read() as connection:
        broken = {promise.text: await breaches(connection, promise) for promise in PROMISES}
    said = await factory.fetch("select distinct input_type from attributes")
    assert {text: found for text, found in broken.items() if found} == {}
    assert counts == {"products": 60, "product_variants": 218, "users": 9, "orders": 22}
    assert {row.input_type for row in said} == {kind.value for kind in InputType}


async def test_a_second_time_is_refused_and_changes_nothing(shop: Shop, factory: Factory) -> None:
    await seeding.fill(shop, {})
    before = await rows_by_table(factory)

    with pytest.raises(ShopNotEmpty):
        await seeding.seed(shop, PASSWORD)

    assert await rows_by_table(factory) == before


async def test_of_two_at_once_one_fills_the_shop(shop: Shop, factory: Factory) -> None:
    answers = await asyncio.gather(seeding.fill(shop, {}), seeding.fill(shop, {}), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["ShopNotEmpty", "dict"]
    assert (await rows_by_table(factory))["products"] == 60


async def test_what_fails_half_way_leaves_nothing(shop: Shop, factory: Factory) -> None:
    await factory.add(accounts.Groups, name="Full access")
    before = await rows_by_table(factory)

    with pytest.raises(UniqueViolationError):
        await seeding.fill(shop, {})

    assert await rows_by_table(factory) == before
    assert await seeding.is_seeded(shop) is False


async def test_ids_go_on_after_those_that_were_given(shop: Shop, factory: Factory) -> None:
    known = await factory.user("owner@example.org")

    await seeding.fill(shop, {})

    (later,) = await factory.fetch("select max(id) as id from users")
    assert (await factory.user()).id == later.id + 1 == known.id + 10


async def test_a_shopper_finds_menus_prices_and_translations(client: Client, shop: Shop) -> None:
    await seeding.fill(shop, {})

    seen = await client.run(FRONT)

    assert [item["name"] for item in seen["menu"]["items"]] == [
        *("Apparel", "Home", "Books", "Music", "Pantry", "Sale")
    ]
    assert seen["collection"]["products"]["totalCount"] == 9
    # A quarter off 13.00, for the CD, and 8 % tax on top.
    assert seen["product"] == {
        "pricing": {
            "onSale": True,
            "priceRange": {"start": {"net": {"amount": 9.75}, "gross": {"amount": 10.53}}},
        },
        "translation": None,
    }
    # 63.99 with 23 % tax in it.
    assert seen["mug"] == {
        "pricing": {
            "priceRange": {"start": {"net": {"amount": 52.02}, "gross": {"amount": 63.99, "currency": "PLN"}}}
        },
        "translation": {"name": "Kubek Przypływ"},
    }


def test_a_picture_is_the_same_every_time() -> None:
    picture = pictures()[0]

    first, second = draw(picture), draw(picture)

    assert first == second
    with Image.open(BytesIO(first)) as image:
        assert (image.format, image.size) == ("WEBP", (1000, 1000))
