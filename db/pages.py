"""Pages of text, and their types. A page is the same in every channel; its references are seen in one."""

from collections.abc import Sequence
from datetime import datetime

from db.lists import Keyset, Listing
from db.product_predicates import VALUE_TESTS
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Permission, Viewer
from domain.conditions import Condition, Holds, both
from domain.pages import PageRequest, Slice

# A page, and the channel its references are seen in: null where none was asked for.
Key = tuple[int, int | None]


class PageRow(Row):
    """``content`` is the editor's JSON."""

    id: int
    channel_id: int | None
    page_type_id: int
    title: str
    slug: str
    content: str | None
    seo_title: str | None
    seo_description: str | None
    is_published: bool
    published_at: datetime | None
    created_at: datetime
    meta: str
    private_meta: str


class PageTypeRow(Row):
    id: int
    name: str
    slug: str
    meta: str
    private_meta: str


# Written over ``page`` and ``wanted.channel_id``.
COLUMNS = """
    page.id, wanted.channel_id, page.page_type_id, page.title, page.slug, page.content, page.seo_title,
    page.seo_description, page.is_published, page.published_at, page.created_at, page.meta, page.private_meta
"""
PUBLISHED = "page.is_published and (page.published_at is null or page.published_at <= now())"
# A value that the page has.
HELD = """
    exists (
        select
          from page_attribute_values as held
          join attribute_values as value on value.id = held.value_id
          join attributes as attribute on attribute.id = value.attribute_id
         where held.page_id = page.id
           and (cast(:slug as text) is null or attribute.slug = cast(:slug as text))
           and ({test})
    )
"""
PREDICATES = {
    "published": PUBLISHED,
    "ids": "page.id = any(cast(:ids as bigint[]))",
    "slugs": "page.slug = any(cast(:texts as text[]))",
    "page_types": "page.page_type_id = any(cast(:ids as bigint[]))",
    "metadata": "page.meta @> jsonb_build_object(cast(:key as text), cast(:value as text))",
    "has_metadata": "jsonb_exists(page.meta, cast(:key as text))",
} | {name: HELD.format(test=test) for name, test in VALUE_TESTS.items()}
BY_TITLE = Keyset((("page.title", "text"), ("page.id", "bigint")))
LISTING = Listing(
    PageRow,
    COLUMNS,
    "(select cast(:channel_id as bigint) as channel_id) as wanted cross join pages as page",
    PREDICATES,
)
BY_KEYS = Statement(f"""
    select {COLUMNS}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join pages as page on page.id = wanted.id
     where :all or {PUBLISHED}
""")
ID_BY_SLUG = Statement("select id from pages where slug = :slug")
TYPES = Statement("select id, name, slug, meta, private_meta from page_types where id = any(:ids)")


async def by_keys(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[PageRow]:
    """Those the viewer may see: shoppers see what is published."""
    ids, channel_ids = zip(*keys, strict=True)
    return await BY_KEYS.rows(
        connection, PageRow, ids=ids, channel_ids=channel_ids, all=_sees_unpublished(viewer)
    )


async def id_by_slug(connection: Connection, slug: str) -> int | None:
    found: int | None = await ID_BY_SLUG.value(connection, slug=slug)
    return found


async def page(
    connection: Connection, condition: Condition, channel_id: int | None, viewer: Viewer, request: PageRequest
) -> Slice[PageRow]:
    """By title."""
    return await LISTING.page(
        connection, both(condition, _seen(viewer)), BY_TITLE, request, channel_id=channel_id
    )


async def count(connection: Connection, condition: Condition, channel_id: int | None, viewer: Viewer) -> int:
    return await LISTING.count(connection, both(condition, _seen(viewer)), channel_id=channel_id)


async def types_by_ids(connection: Connection, ids: Sequence[int]) -> list[PageTypeRow]:
    return await TYPES.rows(connection, PageTypeRow, ids=ids)


def _sees_unpublished(viewer: Viewer) -> bool:
    return viewer.may(Permission.MANAGE_PAGES)


def _seen(viewer: Viewer) -> Condition:
    return both() if _sees_unpublished(viewer) else Holds("published", {})
