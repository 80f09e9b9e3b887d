"""Pages of text, through the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.worlds import Clock

ONE = """
query ($id: ID, $slug: String, $language: LanguageCodeEnum) {
  page(id: $id, slug: $slug, slugLanguageCode: $language) {
    title slug content seoTitle seoDescription isPublished pageType { slug }
    translation(languageCode: PL) { title slug content seoTitle seoDescription }
  }
}
"""
LIST = """
query ($where: PageWhereInput, $first: Int, $after: String) {
  pages(where: $where, first: $first, after: $after) {
    totalCount pageInfo { endCursor } edges { node { title } }
  }
}
"""


async def titles(client: Client, **where: Any) -> list[str]:
    answer = await client.run(LIST, where=where)
    return [edge["node"]["title"] for edge in answer["pages"]["edges"]]


async def test_a_page_shows_its_texts(client: Client, factory: Factory) -> None:
    kind = await factory.page_type(slug="article")
    page = await factory.page(
        "About", kind, slug="about", content={"blocks": []}, seo_title="About us", seo_description="All of it"
    )
    await factory.translation("Page", page, "PL", name="O nas", slug="o-nas", description={"blocks": [1]})

    answer = await client.run(ONE, slug="about")

    assert answer["page"] == {
        "title": "About",
        "slug": "about",
        "content": '{"blocks": []}',
        "seoTitle": "About us",
        "seoDescription": "All of it",
        "isPublished": True,
        "pageType": {"slug": "article"},
        "translation": {
            "title": "O nas",
            "slug": "o-nas",
            "content": '{"blocks": [1]}',
            "seoTitle": None,
            "seoDescription": None,
        },
    }
    assert await client.run(ONE, id=to_global("Page", page.id)) == answer
    assert await client.run(ONE, slug="o-nas", language="PL") == answer
    assert await client.run(ONE, slug="o-nas") == {"page": None}


async def test_shoppers_see_what_is_published_by_now(client: Client, factory: Factory, clock: Clock) -> None:
    await factory.page("Draft", slug="draft", is_published=False)
    await factory.page("Soon", slug="soon", published_at=clock() + timedelta(days=1))
    await factory.page("Old", slug="old", published_at=clock() - timedelta(days=1))
    editor = await client.as_staff([Permission.MANAGE_PAGES])
    merchant = await client.as_staff([Permission.MANAGE_PRODUCTS])

    assert await titles(client) == await titles(merchant) == ["Old"]
    assert await titles(editor) == ["Draft", "Old", "Soon"]
    for slug in ("draft", "soon"):
        assert await client.run(ONE, slug=slug) == {"page": None}
        assert (await editor.run(ONE, slug=slug))["page"]["slug"] == slug


async def test_pages_are_listed_by_title(client: Client, factory: Factory) -> None:
    for title in ("C", "A", "B", "A"):
        await factory.page(title)

    first = (await client.run(LIST, first=3))["pages"]
    rest = (await client.run(LIST, first=3, after=first["pageInfo"]["endCursor"]))["pages"]

    assert [edge["node"]["title"] for edge in first["edges"] + rest["edges"]] == ["A", "A", "B", "C"]
    assert first["totalCount"] == rest["totalCount"] == 4


async def test_where_asks_for_ids_slugs_types_and_metadata(client: Client, factory: Factory) -> None:
    news, help_type = await factory.page_type(), await factory.page_type()
    a = await factory.page("A", news, slug="a", meta={"x": "1"})
    b = await factory.page("B", news, slug="b", meta={"x": "2", "y": "1"})
    await factory.page("C", help_type, slug="c")
    news_id, help_id = to_global("PageType", news.id), to_global("PageType", help_type.id)

    assert await titles(client, ids=[to_global("Page", a.id), to_global("Page", b.id)]) == ["A", "B"]
    assert await titles(client, slug={"eq": "a"}) == ["A"]
    assert await titles(client, slug={"oneOf": ["a", "c", "d"]}) == ["A", "C"]
    assert await titles(client, pageType={"eq": help_id}) == ["C"]
    assert await titles(client, pageType={"oneOf": [news_id, help_id]}) == ["A", "B", "C"]
    assert await titles(client, metadata={"key": "x"}) == ["A", "B"]
    assert await titles(client, metadata={"key": "x", "value": {"eq": "2"}}) == ["B"]
    assert await titles(client, metadata={"key": "x", "value": {"oneOf": ["1", "2"]}}) == ["A", "B"]
    assert await titles(client, slug={"eq": "a"}, pageType={"eq": help_id}) == []
    assert await titles(client, OR=[{"slug": {"eq": "a"}}, {"slug": {"eq": "c"}}]) == ["A", "C"]
    assert await titles(
        client, AND=[{"pageType": {"eq": news_id}}, {"OR": [{"slug": {"eq": "b"}}, {"slug": {"eq": "c"}}]}]
    ) == ["B"]


async def test_where_asks_for_values_of_attributes(client: Client, factory: Factory) -> None:
    colour = await factory.attribute("Colour", slug="colour")
    size = await factory.attribute("Size", "NUMERIC", slug="size")
    day = await factory.attribute("Day", "DATE", slug="day")
    moment = await factory.attribute("Moment", "DATE_TIME", slug="moment")
    done = await factory.attribute("Done", "BOOLEAN", slug="done")
    red = await factory.attribute_value(colour, "Red", slug="red")
    may = datetime(2026, 5, 1, tzinfo=UTC)
    given = {
        "Red": [red],
        "Two": [await factory.attribute_value(size, "2", numeric=Decimal(2))],
        "May": [await factory.attribute_value(day, date_time=may)],
        "Noon": [await factory.attribute_value(moment, date_time=may + timedelta(hours=12))],
        "Done": [red, await factory.attribute_value(done, boolean=True)],
    }
    for title, values in given.items():
        await factory.page(title, said=values)

    async def found(attribute: str, /, **value: Any) -> list[str]:
        return await titles(client, attributes=[{"slug": attribute} | ({"value": value} if value else {})])

    assert await found("colour") == ["Done", "Red"]
    assert await found("colour", slug={"eq": "red"}) == ["Done", "Red"]
    assert await found("colour", name={"oneOf": ["Red", "Blue"]}) == ["Done", "Red"]
    assert await found("size", slug={"eq": "red"}) == []
    assert await found("size", numeric={"range": {"gte": 1, "lte": 2}}) == ["Two"]
    assert await found("size", numeric={"oneOf": [1, 3]}) == []
    assert await found("day", date={"gte": "2026-05-01", "lte": "2026-05-01"}) == ["May"]
    assert await found("moment", dateTime={"gte": "2026-05-01T11:00:00Z"}) == ["Noon"]
    assert await found("moment", dateTime={"gte": "2026-05-01T13:00:00Z"}) == []
    assert await found("done", boolean=True) == ["Done"]
    assert await found("done", boolean=False) == []
    both = [{"slug": "colour"}, {"slug": "done", "value": {"boolean": True}}]
    assert await titles(client, attributes=both) == ["Done"]


async def test_where_asks_what_attributes_refer_to(client: Client, factory: Factory) -> None:
    us = await factory.channel("us")
    mug = await factory.product(us, slug="mug")
    story, other = await factory.page("Story", slug="story"), await factory.page("Other", slug="other")
    small = await factory.variant(mug, us, sku="small")
    kitchen = await factory.category("Kitchen", slug="kitchen")
    summer = await factory.collection(us, slug="summer")
    about = await factory.attribute("About", "REFERENCE", slug="about", entity="PAGE")

    async def refers(title: str, *pointers: dict[str, Any]) -> AnyRow:
        return await factory.page(
            title, said=[await factory.attribute_value(about, **pointer) for pointer in pointers]
        )

    await refers("To pages", {"page_id": story.id}, {"page_id": other.id})
    await refers("To a page", {"page_id": story.id})
    await refers("To a product", {"product_id": mug.id})
    await refers("To a variant", {"variant_id": small.id})
    await refers("To a category", {"category_id": kitchen.id})
    await refers("To a collection", {"collection_id": summer.id})

    async def found(**reference: Any) -> list[str]:
        return await titles(client, attributes=[{"slug": "about", "value": {"reference": reference}}])

    assert await found(pageSlugs={"containsAny": ["story", "other"]}) == ["To a page", "To pages"]
    assert await found(pageSlugs={"containsAll": ["story", "other"]}) == ["To pages"]
    assert await found(productSlugs={"containsAny": ["mug"]}) == ["To a product"]
    assert await found(productVariantSkus={"containsAll": ["small"]}) == ["To a variant"]
    assert await found(categorySlugs={"containsAny": ["kitchen", "none"]}) == ["To a category"]
    assert await found(collectionSlugs={"containsAny": ["none"]}) == []
    by_id = [to_global("Collection", summer.id), to_global("Page", other.id)]
    assert await found(referencedIds={"containsAny": by_id}) == ["To a collection", "To pages"]
    assert await found(referencedIds={"containsAll": by_id}) == []


@pytest.mark.parametrize(
    "where",
    [
        {"ids": ["nonsense"]},
        {"ids": [to_global("Category", 1)]},
        {"pageType": {"eq": to_global("Page", 1)}},
        {
            "attributes": [
                {"value": {"reference": {"referencedIds": {"containsAny": [to_global("User", 1)]}}}}
            ]
        },
    ],
)
async def test_an_id_of_something_else_is_refused(client: Client, where: dict[str, Any]) -> None:
    assert await client.refused(LIST, where=where) == ["INVALID"]
