"""Collections, each as it is seen in a channel."""

from collections.abc import Sequence
from datetime import datetime

from db.lists import Keyset, Listing
from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.conditions import Condition, Holds, both
from domain.pages import PageRequest, Slice

# A collection, and the channel it is seen in: null where none was asked for.
Key = tuple[int, int | None]


class CollectionRow(Row):
    """``is_published`` and ``published_at`` are the channel's word; null where it is not listed there."""

    id: int
    channel_id: int | None
    name: str
    slug: str
    description: str | None
    seo_title: str | None
    seo_description: str | None
    image_key: str | None
    image_alt: str
    created_at: datetime
    updated_at: datetime
    is_published: bool | None
    published_at: datetime | None
    meta: str
    private_meta: str


class OfProductRow(CollectionRow):
    product_id: int


# Written over ``collection``, its ``listing`` in the channel, and ``wanted.channel_id``.
COLUMNS = """
    collection.id, wanted.channel_id, collection.name, collection.slug, collection.description,
    collection.seo_title, collection.seo_description, collection.image_key, collection.image_alt,
    collection.created_at, collection.updated_at, listing.is_published, listing.published_at, collection.meta,
    collection.private_meta
"""
PUBLISHED = "listing.is_published and (listing.published_at is null or listing.published_at <= now())"
PREDICATES = {
    "published": PUBLISHED,
    "listed": "listing.channel_id is not null",
    "ids": "collection.id = any(cast(:ids as bigint[]))",
    "slugs": "collection.slug = any(cast(:texts as text[]))",
    "search": "strpos(lower(collection.name), lower(cast(:text as text))) > 0",
    "metadata": "collection.meta @> jsonb_build_object(cast(:key as text), cast(:value as text))",
    "has_metadata": "jsonb_exists(collection.meta, cast(:key as text))",
}
BY_NAME = Keyset((("collection.name", "text"), ("collection.id", "bigint")))
LISTING = Listing(
    CollectionRow,
    COLUMNS,
    """(select cast(:channel_id as bigint) as channel_id) as wanted
       cross join collections as collection
       left join collection_listings as listing
         on listing.collection_id = collection.id and listing.channel_id = wanted.channel_id""",
    PREDICATES,
)
BY_KEYS = Statement(f"""
    select {COLUMNS}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join collections as collection on collection.id = wanted.id
      left join collection_listings as listing
        on listing.collection_id = collection.id and listing.channel_id = wanted.channel_id
     where :all or {PUBLISHED}
""")
ID_BY_SLUG = Statement("select id from collections where slug = :slug")
OF_PRODUCTS = Statement(f"""
    select wanted.product_id, {COLUMNS}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (product_id, channel_id)
      join collection_products as held on held.product_id = wanted.product_id
      join collections as collection on collection.id = held.collection_id
      left join collection_listings as listing
        on listing.collection_id = collection.id and listing.channel_id = wanted.channel_id
     where :all or {PUBLISHED}
     order by wanted.product_id, collection.name, collection.id
""")


async def by_keys(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[CollectionRow]:
    """Those the viewer may see: shoppers see what is published in the channel."""
    ids, channel_ids = zip(*keys, strict=True)
    return await BY_KEYS.rows(
        connection, CollectionRow, ids=ids, channel_ids=channel_ids, all=viewer.sees_unpublished
    )


async def of_products(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[OfProductRow]:
    """The collections that hold these products, by name; ``keys`` are products in channels."""
    ids, channel_ids = zip(*keys, strict=True)
    return await OF_PRODUCTS.rows(
        connection, OfProductRow, ids=ids, channel_ids=channel_ids, all=viewer.sees_unpublished
    )


async def id_by_slug(connection: Connection, slug: str) -> int | None:
    found: int | None = await ID_BY_SLUG.value(connection, slug=slug)
    return found


async def page(
    connection: Connection, condition: Condition, channel_id: int | None, viewer: Viewer, request: PageRequest
) -> Slice[CollectionRow]:
    """By name. Shoppers see what is published in the channel; staff what is listed there, without one all."""
    seen = both(condition, _seen(channel_id, viewer))
    return await LISTING.page(connection, seen, BY_NAME, request, channel_id=channel_id)


async def count(connection: Connection, condition: Condition, channel_id: int | None, viewer: Viewer) -> int:
    return await LISTING.count(connection, both(condition, _seen(channel_id, viewer)), channel_id=channel_id)


def _seen(channel_id: int | None, viewer: Viewer) -> Condition:
    if not viewer.sees_unpublished:
        return Holds("published", {})
    return both() if channel_id is None else Holds("listed", {})
