"""Menus, through the API."""

from typing import Any

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import Factory
from tests.statements import Statements

MENU = """
query ($slug: String, $channel: String) {
  menu(slug: $slug, channel: $channel) {
    name
    items {
      name level url
      translation(languageCode: PL) { name language { code } }
      category { slug } collection { slug } page { slug }
      children { name level parent { name } menu { slug } category { slug } page { slug } children { name } }
    }
  }
}
"""


async def test_a_menu_is_a_tree_in_the_merchants_order(client: Client, factory: Factory) -> None:
    await factory.channel("us")
    menu = await factory.menu("top")
    category = await factory.category("Mugs", slug="mugs")
    shop = await factory.menu_item(menu, "Shop", category_id=category.id)
    await factory.menu_item(menu, "Blog", url="https://blog.example.com/")
    large = await factory.menu_item(menu, "Large", shop, position=2)
    await factory.menu_item(menu, "Small", shop, position=1)
    await factory.menu_item(menu, "Very large", large)
    await factory.translation("MenuItem", shop, "PL", name="Sklep")

    answer = await client.run(MENU, slug="top", channel="us")

    nothing = {"category": None, "page": None}
    below = {"level": 1, "parent": {"name": "Shop"}, "menu": {"slug": "top"}, **nothing}
    assert answer["menu"] == {
        "name": "Top",
        "items": [
            {
                "name": "Shop",
                "level": 0,
                "url": None,
                "translation": {"name": "Sklep", "language": {"code": "PL"}},
                "category": {"slug": "mugs"},
                "collection": None,
                "page": None,
                "children": [
                    {"name": "Small", "children": [], **below},
                    {"name": "Large", "children": [{"name": "Very large"}], **below},
                ],
            },
            {
                "name": "Blog",
                "level": 0,
                "url": "https://blog.example.com/",
                "translation": None,
                "collection": None,
                "children": [],
                **nothing,
            },
        ],
    }


async def test_a_link_to_what_may_not_be_seen_leads_nowhere(client: Client, factory: Factory) -> None:
    us, pl = await factory.channel("us"), await factory.channel("pl")
    summer = await factory.collection(us, slug="summer")
    draft = await factory.page("Draft", slug="draft", is_published=False)
    menu = await factory.menu("top")
    await factory.menu_item(menu, "Summer", collection_id=summer.id)
    await factory.menu_item(menu, "Draft", page_id=draft.id)
    staff = await client.as_staff()

    in_us = await client.run(MENU, slug="top", channel=us.slug)
    in_pl = await client.run(MENU, slug="top", channel=pl.slug)
    to_staff = await staff.run(MENU, slug="top", channel=pl.slug)

    assert _targets(in_us) == [("Summer", {"slug": "summer"}, None), ("Draft", None, None)]
    assert _targets(in_pl) == [("Summer", None, None), ("Draft", None, None)]
    assert _targets(to_staff) == [("Summer", {"slug": "summer"}, None), ("Draft", None, {"slug": "draft"})]


async def test_a_menu_is_found_by_id_slug_and_name(client: Client, factory: Factory) -> None:
    await factory.channel("us")
    menu = await factory.menu("top", name="The top")
    document = (
        "query ($id: ID, $slug: String, $name: String) { menu(id: $id, slug: $slug, name: $name) { id } }"
    )
    expected = {"menu": {"id": to_global("Menu", menu.id)}}

    assert await client.run(document, id=to_global("Menu", menu.id)) == expected
    assert await client.run(document, slug="top") == expected
    assert await client.run(document, name="The top") == expected
    assert await client.run(document, slug="bottom") == {"menu": None}
    assert await client.refused(document) == ["INVALID"]
    assert await client.refused(document, slug="top", name="The top") == ["INVALID"]


@pytest.mark.parametrize("rows", [1, 50])
async def test_a_level_of_a_menu_costs_the_same_however_wide(
    client: Client, factory: Factory, statements: Statements, rows: int
) -> None:
    us = await factory.channel("us")
    menu = await factory.menu("top")
    category, page, collection = (
        await factory.category("Mugs"),
        await factory.page(),
        await factory.collection(us),
    )
    for number in range(rows):
        top = await factory.menu_item(
            menu, f"Top {number}", category_id=category.id, collection_id=collection.id
        )
        await factory.menu_item(menu, f"Below {number}", top, page_id=page.id)

    async with statements.recording() as sent:
        await client.run(MENU, slug="top", channel="us")

    # The menu's id, the channel, the menu; the links, their translations, categories and collections; the
    # links below, their parents, menu, pages, and what is below them.
    assert len(sent) == 11


def _targets(answer: Any) -> list[tuple[str, object, object]]:
    items = answer["menu"]["items"]
    return [(item["name"], item["collection"], item["page"]) for item in items]
