"""Collections, through the API."""

from datetime import timedelta

import pytest

from db.tables.catalog import CollectionListings
from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import Factory
from tests.statements import Statements
from tests.worlds import Clock

ONE = """
query ($id: ID, $slug: String, $channel: String, $language: LanguageCodeEnum) {
  collection(id: $id, slug: $slug, channel: $channel, slugLanguageCode: $language) { slug }
}
"""
LIST = """
query ($channel: String, $filter: CollectionFilterInput, $first: Int, $after: String) {
  collections(channel: $channel, filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { endCursor }
    edges { node { name } }
  }
}
"""
PRODUCTS = """
query ($slug: String, $channel: String, $first: Int, $after: String, $sortBy: ProductOrder) {
  collection(slug: $slug, channel: $channel) {
    products(first: $first, after: $after, sortBy: $sortBy) {
      totalCount pageInfo { endCursor } edges { node { name } }
    }
  }
}
"""


async def test_shoppers_see_a_collection_where_it_is_published_by_now(
    client: Client, factory: Factory, clock: Clock
) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl")
    row = await factory.collection(us, slug="summer")
    await factory.add(
        CollectionListings,
        collection_id=row.id,
        channel_id=pl.id,
        is_published=True,
        published_at=clock() + timedelta(days=1),
    )
    staff = await client.as_staff([Permission.MANAGE_PRODUCTS])
    found, nothing = {"collection": {"slug": "summer"}}, {"collection": None}
    global_id = to_global("Collection", row.id)

    assert await client.run(ONE, slug="summer", channel="us") == found
    assert await client.run(ONE, id=global_id, channel="us") == found
    assert await client.run(ONE, slug="summer", channel="pl") == nothing
    assert await client.run(ONE, id=global_id, channel="pl") == nothing
    assert await client.run(ONE, slug="summer", channel="none") == nothing
    assert await client.refused(ONE, slug="summer") == ["REQUIRED"]
    assert await staff.run(ONE, slug="summer", channel="pl") == found
    assert await staff.run(ONE, slug="summer") == found


async def test_a_collection_is_found_by_its_slug_in_another_language(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    row = await factory.collection(us, slug="summer")
    await factory.translation("Collection", row, "PL", slug="lato", name="Lato")
    found = {"collection": {"slug": "summer"}}

    assert await client.run(ONE, slug="lato", channel="us", language="PL") == found
    assert await client.run(ONE, slug="summer", channel="us", language="PL") == found
    assert await client.run(ONE, slug="lato", channel="us") == {"collection": None}


async def test_collections_are_listed_by_name_with_what_the_channel_shows(
    client: Client, factory: Factory
) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl")
    await factory.collection(us, pl, name="Summer", meta={"season": "warm"})
    autumn = await factory.collection(us, name="Autumn", slug="autumn", meta={"season": "cold"})
    hidden = await factory.collection(name="Hidden")
    await factory.add(CollectionListings, collection_id=hidden.id, channel_id=us.id)
    await factory.collection(name="Nowhere")
    staff = await client.as_staff([Permission.MANAGE_PRODUCTS])

    async def found(by: Client, **given: object) -> tuple[list[str], int]:
        answer = (await by.run(LIST, **given))["collections"]
        return [edge["node"]["name"] for edge in answer["edges"]], answer["totalCount"]

    assert await found(client, channel="us") == (["Autumn", "Summer"], 2)
    assert await found(client, channel="pl") == (["Summer"], 1)
    assert await found(staff, channel="us") == (["Autumn", "Hidden", "Summer"], 3)
    assert await found(staff) == (["Autumn", "Hidden", "Nowhere", "Summer"], 4)
    assert await found(client, channel="us", filter={"search": "SUM"}) == (["Summer"], 1)
    assert await found(client, channel="us", filter={"slugs": ["autumn"]}) == (["Autumn"], 1)
    assert await found(client, channel="us", filter={"ids": [to_global("Collection", autumn.id)]}) == (
        ["Autumn"],
        1,
    )
    warm = {"metadata": [{"key": "season", "value": "warm"}]}
    assert await found(client, channel="us", filter=warm) == (["Summer"], 1)
    first = await client.run(LIST, channel="us", first=1)
    after = first["collections"]["pageInfo"]["endCursor"]
    assert await found(client, channel="us", first=1, after=after) == (["Summer"], 2)


async def test_products_stand_in_the_merchants_order_unless_sorted(client: Client, factory: Factory) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl")
    rug, mug, art = [await factory.product(us, name=name) for name in ("Rug", "Mug", "Art")]
    hidden = await factory.product(us, name="Hidden", listing={"is_published": False})
    await factory.collection(us, pl, slug="summer", products=[rug, hidden, mug, art])
    by_name = {"field": "NAME", "direction": "ASC"}

    async def found(**given: object) -> tuple[list[str], int, str]:
        answer = (await client.run(PRODUCTS, slug="summer", **given))["collection"]["products"]
        names = [edge["node"]["name"] for edge in answer["edges"]]
        return names, answer["totalCount"], answer["pageInfo"]["endCursor"]

    first = await found(channel="us", first=2)
    rest = await found(channel="us", first=2, after=first[2])
    assert (first[:2], rest[:2]) == ((["Rug", "Mug"], 3), (["Art"], 3))
    assert (await found(channel="us", sortBy=by_name))[0] == ["Art", "Mug", "Rug"]
    assert (await found(channel="pl"))[:2] == ([], 0)


@pytest.mark.parametrize("rows", [1, 50])
async def test_collections_with_products_cost_four_statements(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    us = await factory.channel("us")
    product = await factory.product(us)
    for _ in range(rows):
        await factory.collection(us, products=[product])
    document = """{ collections(channel: "us", first: 50) {
      edges { node { products(first: 1) { totalCount edges { node { name } } } } }
    } }"""

    async with statements.recording() as sent:
        answer = await client.run(document)

    shown = {"products": {"totalCount": 1, "edges": [{"node": {"name": "Mug"}}]}}
    assert [edge["node"] for edge in answer["collections"]["edges"]] == [shown] * rows
    # The channel, the collections, a page of products for each, and how many there are in each.
    assert len(sent) == 4
