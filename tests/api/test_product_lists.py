"""Lists of products, through the API: orders, searches, pages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory

PRODUCTS = """
query ($first: Int, $after: String, $last: Int, $before: String, $sortBy: ProductOrder, $search: String,
       $filter: ProductFilterInput, $channel: String) {
  products(first: $first, after: $after, last: $last, before: $before, sortBy: $sortBy, search: $search,
           filter: $filter, channel: $channel) {
    edges { node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def names(client: Client, **variables: Any) -> list[str]:
    answer = await client.run(PRODUCTS, **variables)
    return [edge["node"]["name"] for edge in answer["products"]["edges"]]


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


async def sorted_shop(factory: Factory) -> AnyRow:
    """Three products that each order puts differently, and the attribute by which they can be sorted."""
    us = await factory.channel("us")
    colour = await factory.attribute("Colour")
    facts = [
        # name, full price, asked price, published, changed, rating, type, colour
        ("a", "30", "10", 2, 3, "1.5", "Z", "red"),
        ("b", "20", "20", 3, 1, None, "Y", "blue"),
        ("c", "10", "5", 1, 2, "4", "X", None),
    ]
    for name, full, asked, published, changed, rating, kind, shade in facts:
        product = await factory.product(
            us,
            name=name,
            listing={"published_at": day(published)},
            updated_at=day(changed),
            created_at=day(changed) + timedelta(days=published * 10),
            rating=rating and Decimal(rating),
            product_type_id=(await factory.product_type(name=kind)).id,
        )
        await factory.variant(product, us, price=full, discounted=asked)
        if shade is not None:
            await factory.give(await factory.attribute_value(colour, shade), product=product)
    return colour


@pytest.mark.parametrize(
    ("field", "upward", "downward"),
    [
        ("NAME", "abc", "cba"),
        ("PRICE", "cba", "abc"),
        ("MINIMAL_PRICE", "cab", "bac"),
        ("TYPE", "cba", "abc"),
        ("PUBLISHED_AT", "cab", "bac"),
        ("PUBLISHED", "cab", "bac"),
        ("LAST_MODIFIED_AT", "bca", "acb"),
        ("CREATED_AT", "cab", "bac"),
        ("RATING", "acb", "cab"),
        ("ATTRIBUTE", "bac", "abc"),
    ],
)
async def test_a_list_is_sorted_either_way_with_what_is_missing_last(
    client: Client, factory: Factory, field: str, upward: str, downward: str
) -> None:
    colour = await sorted_shop(factory)
    by = {"attributeId": to_global("Attribute", colour.id)} if field == "ATTRIBUTE" else {"field": field}

    up = await names(client, sortBy={"direction": "ASC", **by})
    down = await names(client, sortBy={"direction": "DESC", **by})

    assert ("".join(up), "".join(down)) == (upward, downward)


@pytest.mark.parametrize(
    "sort_by",
    [
        {"direction": "ASC"},
        {"direction": "ASC", "field": "NAME", "attributeId": to_global("Attribute", 1)},
        {"direction": "ASC", "field": "RANK"},
        {"direction": "ASC", "field": "COLLECTION"},
        {"direction": "ASC", "attributeId": to_global("Product", 1)},
    ],
)
async def test_an_order_that_does_not_fit_is_refused(
    client: Client, factory: Factory, sort_by: dict[str, str]
) -> None:
    await factory.channel("us")

    assert await client.refused(PRODUCTS, sortBy=sort_by) == ["INVALID"]


async def test_staff_has_to_name_a_channel_for_what_differs_by_channel(
    client: Client, factory: Factory
) -> None:
    staff = await client.as_staff()
    us = await factory.channel("us")
    await factory.product(us, name="Mug")
    await factory.product(name="Unlisted")

    assert await staff.refused(PRODUCTS, sortBy={"direction": "ASC", "field": "PRICE"}) == ["INVALID"]
    assert await staff.refused(PRODUCTS, filter={"isPublished": True}) == ["INVALID"]
    assert await names(staff) == ["Mug", "Unlisted"]
    assert await names(staff, channel="us") == ["Mug"]


async def test_what_is_hidden_from_lists_is_shown_to_staff_and_on_its_own(
    client: Client, factory: Factory
) -> None:
    us = await factory.channel("us")
    await factory.product(us, name="Hidden", slug="hidden", listing={"visible_in_listings": False})
    staff = await client.as_staff()

    assert await names(client) == []
    assert await names(staff) == ["Hidden"]
    assert await client.run('{ product(slug: "hidden") { name } }') == {"product": {"name": "Hidden"}}


async def test_pages_lead_forward_and_back_again(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    for name in "abcde":
        await factory.product(us, name=name)

    async def page(**variables: Any) -> tuple[str, dict[str, Any]]:
        found = (await client.run(PRODUCTS, **variables))["products"]
        return "".join(edge["node"]["name"] for edge in found["edges"]), found["pageInfo"]

    first, one = await page(first=2)
    second, two = await page(first=2, after=one["endCursor"])
    third, three = await page(first=2, after=two["endCursor"])
    back, before = await page(last=2, before=three["startCursor"])
    last, end = await page(last=3)
    between, _ = await page(first=9, after=one["startCursor"], before=three["startCursor"])

    assert (first, second, third, back, last, between) == ("ab", "cd", "e", "cd", "cde", "bcd")
    assert (one["hasPreviousPage"], one["hasNextPage"]) == (False, True)
    assert (two["hasPreviousPage"], two["hasNextPage"]) == (True, True)
    assert (three["hasPreviousPage"], three["hasNextPage"]) == (True, False)
    assert (before["hasPreviousPage"], before["hasNextPage"]) == (True, True)
    assert (end["hasPreviousPage"], end["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(
    "cursor", ["WyJhIl0=", "WzEsMl0=", "WyJhXHUwMDAwIiwxXQ==", "WyJhIiwiMSJd", "nonsense"]
)
async def test_a_cursor_of_something_else_is_refused(client: Client, factory: Factory, cursor: str) -> None:
    await factory.channel("us")

    assert await client.refused(PRODUCTS, first=1, after=cursor) == ["INVALID"]


async def test_a_list_in_a_collection_follows_the_collection(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    products = [await factory.product(us, name=name) for name in "abc"]
    await factory.product(us, name="other")
    hidden = await factory.product(us, name="hidden", listing={"visible_in_listings": False})
    collection = await factory.collection(us, products=[products[1], hidden, products[0]])
    document = """
    query ($id: ID!, $sortBy: ProductOrder) {
      collection(id: $id, channel: "us") { products(first: 9, sortBy: $sortBy) { edges { node { name } } } }
    }
    """

    async def listed(**variables: Any) -> list[str]:
        answer = await client.run(document, id=to_global("Collection", collection.id), **variables)
        return [edge["node"]["name"] for edge in answer["collection"]["products"]["edges"]]

    assert await listed() == ["b", "hidden", "a"]
    assert await listed(sortBy={"direction": "DESC", "field": "COLLECTION"}) == ["a", "hidden", "b"]
    assert await listed(sortBy={"direction": "ASC", "field": "NAME"}) == ["a", "b", "hidden"]


async def test_names_are_sorted_without_regard_to_capitals(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    for name in ("cup", "Bowl", "apron", "Dish"):
        await factory.product(us, name=name)

    assert await names(client, sortBy={"direction": "ASC", "field": "NAME"}) == [
        "apron",
        "Bowl",
        "cup",
        "Dish",
    ]


async def searchable(factory: Factory) -> None:
    us = await factory.channel("us")
    for name, text in (
        ("Blue sneaker", "blue sneaker running shoe sku 17 cotton"),
        ("Red shoe", "red shoe for the office leather"),
        ("Sock", "sock goes with every blue shoe"),
        ("Lamp", "lamp light"),
    ):
        await factory.product(us, name=name, search_text=text)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("shoe", ["Red shoe", "Sock", "Blue sneaker"]),
        ("SHOES", ["Red shoe", "Sock", "Blue sneaker"]),
        ("blue shoe", ["Blue sneaker", "Sock"]),
        ("the shoe", ["Red shoe", "Sock", "Blue sneaker"]),
        ("snea", ["Blue sneaker"]),
        ("sneeker", ["Blue sneaker"]),
        ("lether shoe", ["Red shoe"]),
        ("blúe sneaker", ["Blue sneaker"]),
        ("17", ["Blue sneaker"]),
        ("xylophone", []),
        ("!?", []),
        ("  ", ["Blue sneaker", "Lamp", "Red shoe", "Sock"]),
    ],
)
async def test_a_search_finds_words_their_beginnings_and_their_misspellings(
    client: Client, factory: Factory, typed: str, found: list[str]
) -> None:
    await searchable(factory)

    by_argument = await names(client, search=typed)
    by_filter = await names(client, filter={"search": typed})

    assert sorted(by_argument) == sorted(found)
    assert by_filter == by_argument


async def test_the_best_match_of_a_search_comes_first(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    for name, text in (("Cup", "cup like a mug"), ("Mug", "mug"), ("Mug rack", "mug rack for a mug")):
        await factory.product(us, name=name, search_text=text)

    usual = await names(client, search="mug")
    upward = await names(client, search="mug", sortBy={"direction": "ASC", "field": "RANK"})
    by_name = await names(client, search="mug", sortBy={"direction": "ASC", "field": "NAME"})

    assert usual[-1] == "Cup"
    assert upward == usual[::-1]
    assert by_name == ["Cup", "Mug", "Mug rack"]
