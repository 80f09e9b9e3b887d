"""Menus: links in a tree."""

from collections.abc import Sequence

from db.rows import Row
from db.statements import Connection, Statement


class MenuRow(Row):
    """``channel_id`` is the channel that its links lead into; null where none was asked for."""

    id: int
    channel_id: int | None
    name: str
    slug: str
    meta: str
    private_meta: str


class MenuItemRow(Row):
    """A link to a category, a collection, a page or a ``url``; ``level`` is 0 at the top."""

    id: int
    channel_id: int | None
    menu_id: int
    parent_id: int | None
    level: int
    name: str
    url: str | None
    category_id: int | None
    collection_id: int | None
    page_id: int | None
    meta: str
    private_meta: str


# A menu or a link, and the channel it leads into.
Key = tuple[int, int | None]

COLUMNS = "menu.id, wanted.channel_id, menu.name, menu.slug, menu.meta, menu.private_meta"
ITEM_COLUMNS = """
    item.id, wanted.channel_id, item.menu_id, item.parent_id, item.level, item.name, item.url,
    item.category_id, item.collection_id, item.page_id, item.meta, item.private_meta
"""
WANTED = "unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)"
BY_KEYS = Statement(f"select {COLUMNS} from {WANTED} join menus as menu on menu.id = wanted.id")
ITEMS_BY_KEYS = Statement(
    f"select {ITEM_COLUMNS} from {WANTED} join menu_items as item on item.id = wanted.id"
)
ID_BY_NAME = Statement("""
    select id from menus
     where slug = :slug or (cast(:slug as text) is null and name = :name)
     order by id
     limit 1
""")
ROOTS = Statement(f"""
    select {ITEM_COLUMNS}
      from {WANTED}
      join menu_items as item on item.menu_id = wanted.id and item.parent_id is null
     order by item.menu_id, item.position, item.id
""")
CHILDREN = Statement(f"""
    select {ITEM_COLUMNS}
      from {WANTED}
      join menu_items as item on item.parent_id = wanted.id
     order by item.parent_id, item.position, item.id
""")


async def by_keys(connection: Connection, keys: Sequence[Key]) -> list[MenuRow]:
    return await BY_KEYS.rows(connection, MenuRow, **_columns(keys))


async def items_by_keys(connection: Connection, keys: Sequence[Key]) -> list[MenuItemRow]:
    return await ITEMS_BY_KEYS.rows(connection, MenuItemRow, **_columns(keys))


async def id_by_name(connection: Connection, slug: str | None, name: str | None) -> int | None:
    """The menu with the slug, or where that is null, the oldest with the name."""
    found: int | None = await ID_BY_NAME.value(connection, slug=slug, name=name)
    return found


async def roots(connection: Connection, keys: Sequence[Key]) -> list[MenuItemRow]:
    """The links at the top of these menus, in the merchant's order."""
    return await ROOTS.rows(connection, MenuItemRow, **_columns(keys))


async def children(connection: Connection, keys: Sequence[Key]) -> list[MenuItemRow]:
    """The links below these links, in the merchant's order."""
    return await CHILDREN.rows(connection, MenuItemRow, **_columns(keys))


def _columns(keys: Sequence[Key]) -> dict[str, Sequence[int | None]]:
    ids, channel_ids = zip(*keys, strict=True)
    return {"ids": ids, "channel_ids": channel_ids}
