"""Categories, through the API."""

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.statements import Statements

LIST = """
query (
  $filter: CategoryFilterInput, $level: Int, $sortBy: CategorySortingInput, $first: Int, $after: String
) {
  categories(filter: $filter, level: $level, sortBy: $sortBy, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { name } }
  }
}
"""
ONE = """
query ($id: ID, $slug: String, $language: LanguageCodeEnum) {
  category(id: $id, slug: $slug, slugLanguageCode: $language) { id name }
}
"""
TREE = """
{
  categories(level: 1, first: 50) {
    edges {
      node {
        name
        parent { name }
        ancestors(first: 5) { totalCount edges { node { name level } } }
        children(first: 2) { totalCount pageInfo { hasNextPage } edges { node { name level } } }
      }
    }
  }
}
"""


def names(answer: dict[str, dict[str, list[dict[str, dict[str, str]]]]]) -> list[str]:
    return [edge["node"]["name"] for edge in answer["categories"]["edges"]]


async def tree(factory: Factory) -> dict[str, AnyRow]:
    """Kitchen (Mugs (Large)) and Art, in the merchant's order."""
    kitchen = await factory.category("Kitchen", position=0, meta={"shelf": "a", "season": "all"})
    art = await factory.category("Art", position=1, meta={"shelf": "b"})
    mugs = await factory.category("Mugs", kitchen)
    return {"Kitchen": kitchen, "Art": art, "Mugs": mugs, "Large": await factory.category("Large", mugs)}


async def test_the_upper_ones_come_first_in_the_merchants_order(client: Client, factory: Factory) -> None:
    await tree(factory)

    first = await client.run(LIST, first=3)
    rest = await client.run(LIST, first=3, after=first["categories"]["pageInfo"]["endCursor"])

    assert names(first) == ["Kitchen", "Art", "Mugs"]
    assert first["categories"]["totalCount"] == 4
    assert first["categories"]["pageInfo"]["hasNextPage"] is True
    assert names(rest) == ["Large"]
    assert rest["categories"]["pageInfo"]["hasNextPage"] is False


async def test_every_filter_narrows_the_list(client: Client, factory: Factory) -> None:
    rows = await tree(factory)
    kitchen = rows["Kitchen"]
    long_ago, soon = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"

    async def found(**given: object) -> list[str]:
        return names(await client.run(LIST, filter=given))

    assert await found(search=" ITCH ") == ["Kitchen"]
    assert await found(search="100%") == []
    assert await found(ids=[to_global("Category", kitchen.id), to_global("Category", rows["Large"].id)]) == [
        "Kitchen",
        "Large",
    ]
    assert await found(slugs=[kitchen.slug, "none"]) == ["Kitchen"]
    assert await found(metadata=[{"key": "shelf"}]) == ["Kitchen", "Art"]
    assert await found(metadata=[{"key": "shelf", "value": "b"}]) == ["Art"]
    assert await found(metadata=[{"key": "shelf"}, {"key": "season", "value": "all"}]) == ["Kitchen"]
    assert await found(updatedAt={"gte": long_ago, "lte": soon}) == ["Kitchen", "Art", "Mugs", "Large"]
    assert await found(updatedAt={"gte": soon}) == []
    assert await found(updatedAt={"lte": long_ago}) == []
    assert names(await client.run(LIST, level=1)) == ["Mugs"]
    assert names(await client.run(LIST, level=0, filter={"metadata": [{"key": "season"}]})) == ["Kitchen"]


async def test_a_list_is_sorted_by_name_both_ways(client: Client, factory: Factory) -> None:
    await tree(factory)

    up = await client.run(LIST, sortBy={"field": "NAME", "direction": "ASC"})
    down = await client.run(LIST, sortBy={"field": "NAME", "direction": "DESC"})

    assert names(up) == ["Art", "Kitchen", "Large", "Mugs"]
    assert names(down) == ["Mugs", "Large", "Kitchen", "Art"]


async def test_a_cursor_of_another_order_is_refused(client: Client, factory: Factory) -> None:
    await tree(factory)
    by_name = await client.run(LIST, first=1, sortBy={"field": "NAME", "direction": "ASC"})
    cursor = by_name["categories"]["pageInfo"]["endCursor"]

    assert await client.refused(LIST, after=cursor) == ["INVALID"]


async def test_a_category_knows_what_is_above_and_below(client: Client, factory: Factory) -> None:
    await tree(factory)

    answer = await client.run(TREE)

    assert [edge["node"] for edge in answer["categories"]["edges"]] == [
        {
            "name": "Mugs",
            "parent": {"name": "Kitchen"},
            "ancestors": {"totalCount": 1, "edges": [{"node": {"name": "Kitchen", "level": 0}}]},
            "children": {
                "totalCount": 1,
                "pageInfo": {"hasNextPage": False},
                "edges": [{"node": {"name": "Large", "level": 2}}],
            },
        }
    ]


async def test_children_are_read_in_pages_both_ways(client: Client, factory: Factory) -> None:
    root = await factory.category("Root", slug="root")
    for name, position in (("C", 3), ("A", 1), ("B", 2)):
        await factory.category(name, root, position=position)
    document = """
    query ($first: Int, $after: String, $last: Int, $before: String) {
      category(slug: "root") {
        children(first: $first, after: $after, last: $last, before: $before) {
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          edges { node { name } }
        }
      }
    }
    """

    async def page(**given: object) -> tuple[list[str], dict[str, object]]:
        answer = (await client.run(document, **given))["category"]["children"]
        return [edge["node"]["name"] for edge in answer["edges"]], answer["pageInfo"]

    first, info = await page(first=2)
    rest, rest_info = await page(first=2, after=info["endCursor"])
    last, last_info = await page(last=2)
    before, _ = await page(last=2, before=last_info["startCursor"])

    assert (first, rest, last, before) == (["A", "B"], ["C"], ["B", "C"], ["A"])
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    assert (rest_info["hasNextPage"], rest_info["hasPreviousPage"]) == (False, True)
    assert (last_info["hasNextPage"], last_info["hasPreviousPage"]) == (False, True)


async def test_a_category_is_found_by_id_and_by_slug_in_any_language(
    client: Client, factory: Factory
) -> None:
    mugs = await factory.category("Mugs", slug="mugs")
    await factory.translation("Category", mugs, "PT", slug="canecas", name="Canecas")
    expected = {"category": {"id": to_global("Category", mugs.id), "name": "Mugs"}}

    assert await client.run(ONE, id=to_global("Category", mugs.id)) == expected
    assert await client.run(ONE, slug="mugs") == expected
    assert await client.run(ONE, slug="canecas", language="PT") == expected
    assert await client.run(ONE, slug="canecas", language="PT_BR") == expected
    assert await client.run(ONE, slug="mugs", language="PT") == expected
    assert await client.run(ONE, slug="canecas", language="PL") == {"category": None}
    assert await client.run(ONE, slug="canecas") == {"category": None}
    assert await client.refused(ONE) == ["INVALID"]
    assert await client.refused(ONE, id=to_global("Page", mugs.id)) == ["INVALID"]


async def test_texts_in_another_language_and_the_picture(client: Client, factory: Factory) -> None:
    row = await factory.category(
        "Mugs",
        slug="mugs",
        description={"blocks": []},
        seo_title="Buy mugs",
        image_key="categories/mugs.webp",
        image_alt="Three mugs",
    )
    await factory.translation("Category", row, "PT", name="Canecas", description={"blocks": [1]})

    answer = await client.run("""{
      category(slug: "mugs") {
        description seoTitle seoDescription
        backgroundImage { url alt }
        pt: translation(languageCode: PT_BR) { id name description seoTitle language { code language } }
        pl: translation(languageCode: PL) { name }
      }
    }""")

    assert answer["category"] == {
        "description": '{"blocks": []}',
        "seoTitle": "Buy mugs",
        "seoDescription": None,
        "backgroundImage": {
            "url": client.shop.files.public_url("categories/mugs.webp"),
            "alt": "Three mugs",
        },
        "pt": {
            "id": to_global("CategoryTranslation:PT", row.id),
            "name": "Canecas",
            "description": '{"blocks": [1]}',
            "seoTitle": None,
            "language": {"code": "PT", "language": "Portuguese"},
        },
        "pl": None,
    }


async def test_products_are_those_of_the_whole_branch_that_the_channel_shows(
    client: Client, factory: Factory
) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl", "PLN", "PL")
    rows = await tree(factory)
    await factory.product(us, name="Plate", category_id=rows["Kitchen"].id)
    await factory.product(us, pl, name="Large mug", category_id=rows["Large"].id)
    await factory.product(us, name="Print", category_id=rows["Art"].id)
    document = """
    query ($channel: String, $first: Int) {
      categories(first: 10) {
        edges { node { name products(channel: $channel, first: $first) {
          totalCount pageInfo { hasNextPage } edges { node { name } }
        } } }
      }
    }
    """

    async def found(**given: object) -> dict[str, tuple[int, bool, list[str]]]:
        answer = await client.run(document, **given)
        nodes = [edge["node"] for edge in answer["categories"]["edges"]]
        return {
            node["name"]: (
                node["products"]["totalCount"],
                node["products"]["pageInfo"]["hasNextPage"],
                [edge["node"]["name"] for edge in node["products"]["edges"]],
            )
            for node in nodes
        }

    assert await found(channel="us", first=1) == {
        "Kitchen": (2, True, ["Large mug"]),
        "Art": (1, False, ["Print"]),
        "Mugs": (1, False, ["Large mug"]),
        "Large": (1, False, ["Large mug"]),
    }
    assert await found(channel="pl", first=5) == {
        "Kitchen": (1, False, ["Large mug"]),
        "Art": (0, False, []),
        "Mugs": (1, False, ["Large mug"]),
        "Large": (1, False, ["Large mug"]),
    }
    assert await found(channel="none", first=5) == dict.fromkeys(rows, (0, False, []))


@pytest.mark.parametrize("rows", [1, 50])
async def test_a_tree_costs_five_statements(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    root = await factory.category("Root")
    for number in range(rows):
        await factory.category("Leaf", await factory.category(f"Branch {number}", root))

    async with statements.recording() as sent:
        answer = await client.run(TREE)

    assert len(answer["categories"]["edges"]) == rows
    # The list, the parents, what is above, a page of what is below, and how much is below.
    assert len(sent) == 5
