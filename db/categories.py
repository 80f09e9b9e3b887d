"""Categories: a tree that shoppers walk down."""

from collections.abc import Sequence
from datetime import datetime

from db.lists import Keyset, Listing
from db.product_predicates import MOMENT_BETWEEN
from db.rows import Row
from db.statements import Connection, Statement
from domain.conditions import Condition
from domain.pages import PageRequest, Slice, cut


class CategoryRow(Row):
    """``level`` is 0 for a root; ``description`` is the editor's JSON."""

    id: int
    parent_id: int | None
    level: int
    position: int
    name: str
    slug: str
    description: str | None
    seo_title: str | None
    seo_description: str | None
    image_key: str | None
    image_alt: str
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class AncestorRow(CategoryRow):
    of_id: int


class ChildCountRow(Row):
    parent_id: int
    number: int


COLUMNS = """
    category.id, category.parent_id, category.level, category.position, category.name, category.slug,
    category.description, category.seo_title, category.seo_description, category.image_key,
    category.image_alt, category.created_at, category.updated_at, category.meta, category.private_meta
"""
PREDICATES = {
    "level": "category.level = cast(:level as int)",
    "ids": "category.id = any(cast(:ids as bigint[]))",
    "slugs": "category.slug = any(cast(:texts as text[]))",
    "search": "strpos(lower(category.name), lower(cast(:text as text))) > 0",
    "metadata": "category.meta @> jsonb_build_object(cast(:key as text), cast(:value as text))",
    "has_metadata": "jsonb_exists(category.meta, cast(:key as text))",
    "updated_between": MOMENT_BETWEEN.format(moment="category.updated_at"),
}
BY_TREE = Keyset((("category.level", "int"), ("category.position", "int"), ("category.id", "bigint")))
BY_NAME = Keyset((("category.name", "text"), ("category.id", "bigint")))
BY_NAME_DOWN = Keyset(BY_NAME.columns, descending=True)
SIBLINGS = Keyset((("category.position", "int"), ("category.id", "bigint")))
LISTING = Listing(CategoryRow, COLUMNS, "categories as category", PREDICATES)
BY_IDS = Statement(f"select {COLUMNS} from categories as category where category.id = any(:ids)")
ID_BY_SLUG = Statement("select id from categories where slug = :slug")
ANCESTORS = Statement(f"""
    select below.id as of_id, {COLUMNS}
      from categories as below
      join categories as category on category.id = any(below.path) and category.id <> below.id
     where below.id = any(:ids)
     order by below.id, category.level
""")
CHILD_COUNTS = Statement("""
    select parent_id, count(*) as number from categories where parent_id = any(:ids) group by parent_id
""")


def _children(*, backward: bool) -> Statement:
    return Statement(f"""
        select category.*
          from unnest(cast(:ids as bigint[])) as parent (id)
         cross join lateral (
                   select {COLUMNS}
                     from categories as category
                    where category.parent_id = parent.id and {SIBLINGS.beyond(backward=backward)}
                    order by {SIBLINGS.order(backward=backward)}
                    limit cast(:size as int)
               ) as category
         order by {SIBLINGS.order(backward=backward)}
    """)


CHILDREN = {backward: _children(backward=backward) for backward in (False, True)}


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[CategoryRow]:
    return await BY_IDS.rows(connection, CategoryRow, ids=ids)


async def id_by_slug(connection: Connection, slug: str) -> int | None:
    found: int | None = await ID_BY_SLUG.value(connection, slug=slug)
    return found


async def ancestors(connection: Connection, ids: Sequence[int]) -> list[AncestorRow]:
    """Those above each category, the root first."""
    return await ANCESTORS.rows(connection, AncestorRow, ids=ids)


async def child_counts(connection: Connection, ids: Sequence[int]) -> list[ChildCountRow]:
    """One row for each category that has children."""
    return await CHILD_COUNTS.rows(connection, ChildCountRow, ids=ids)


async def page(
    connection: Connection, condition: Condition, order: Keyset, request: PageRequest
) -> Slice[CategoryRow]:
    return await LISTING.page(connection, condition, order, request)


async def count(connection: Connection, condition: Condition) -> int:
    return await LISTING.count(connection, condition)


async def children(
    connection: Connection, ids: Sequence[int], request: PageRequest
) -> dict[int, Slice[CategoryRow]]:
    """The same page of each category's children, by category, in the merchant's order."""
    rows = await CHILDREN[request.backward].rows(
        connection, CategoryRow, ids=ids, size=request.size + 1, **SIBLINGS.values(request)
    )
    found: dict[int, list[CategoryRow]] = {parent_id: [] for parent_id in ids}
    for row in rows:
        assert row.parent_id is not None, "children are found by their parent"
        found[row.parent_id].append(row)
    return {parent_id: cut(below, SIBLINGS.key, request) for parent_id, below in found.items()}
