"""Collections."""

from collections.abc import Sequence
from typing import ClassVar

import strawberry

from db.collections import CollectionRow, OfProductRow
from domain.conditions import ALWAYS, Condition, Holds
from domain.products import Scope
from engine.words import attribute, batch_field, inline
from loaders.translations import TranslationLoaders
from schema.cache_hints import AS_ABOVE, CATALOGUE
from schema.channel_choice import Chosen
from schema.conditions import Table, condition_of, metadata, some, some_ids
from schema.connections import ConnectionRow, PageInfo, counts
from schema.context import Context
from schema.filters import MetadataFilter
from schema.ids import global_id
from schema.media import Image, background_image
from schema.metadata import Node, ObjectWithMetadata
from schema.paging import After, Before, First, Last
from schema.product_extras import LISTED, Asked
from schema.product_lists import Filter, ProductArguments, SortBy, Where, product_connections
from schema.products import ProductCountableConnection
from schema.scalars import JSONString
from schema.translations import CollectionTranslation, translation


async def products(
    rows: Sequence[CollectionRow],
    context: Context,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    sort_by: SortBy = None,
    filter: Filter = None,
    where: Where = None,
    priced: bool = False,
    pictured: bool = False,
    lean: bool = False,
) -> list[ConnectionRow]:
    """One statement for the pages of all collections that are seen in the same channel."""
    arguments = ProductArguments(
        first=first,
        after=after,
        last=last,
        before=before,
        sort_by=sort_by,
        filter=filter,
        where=where,
        asked=Asked(priced, pictured, lean),
    )
    found: dict[tuple[int, int | None], ConnectionRow] = {}
    for channel_id in dict.fromkeys(row.channel_id for row in rows):
        here = [row.id for row in rows if row.channel_id == channel_id]
        pages = await product_connections(context, Chosen(channel_id), Scope.COLLECTION, here, arguments)
        found |= {(key, channel_id): page for key, page in zip(here, pages, strict=True)}
    return [found[row.id, row.channel_id] for row in rows]


@strawberry.type(
    description="Products that the merchant shows together, as they are seen in a channel.",
    directives=[CATALOGUE],
)
class Collection(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (CollectionRow, OfProductRow)

    id: strawberry.ID = global_id("Collection")
    name: str = attribute("The name.")
    slug: str = attribute("The name that clients ask by.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")
    background_image: Image | None = inline(
        background_image, "image_key", "image_alt", description="A picture to show behind it."
    )
    products: ProductCountableConnection | None = batch_field(
        products,
        description="Its products that are seen in the channel, page by page, in the merchant's order.",
        lookahead=LISTED,
    )
    translation: CollectionTranslation | None = translation(TranslationLoaders.collection)


@strawberry.type(description="A collection in a list.", directives=[AS_ABOVE])
class CollectionCountableEdge:
    node: Collection = attribute("The collection.")
    cursor: str = attribute("Where it stands.")


@strawberry.type(description="A page of collections.", directives=[AS_ABOVE])
class CollectionCountableConnection:
    edges: list[CollectionCountableEdge] = attribute("The collections.")
    page_info: PageInfo = attribute("Where the page stands.")
    total_count: int | None = batch_field(counts, description="How many there are on all pages.")


@strawberry.input(description="Which collections; every condition given has to hold.")
class CollectionFilterInput:
    search: str | None = strawberry.field(description="Part of the name, in any case.", default=None)
    metadata: list[MetadataFilter] | None = strawberry.field(description="Public metadata.", default=None)
    ids: list[strawberry.ID] | None = strawberry.field(description="One of these.", default=None)
    slugs: list[str] | None = strawberry.field(description="One of these slugs.", default=None)


FILTER: Table = {
    "search": lambda text: Holds("search", {"text": text.strip()}),
    "metadata": metadata,
    "ids": some_ids("ids", "Collection", "ids"),
    "slugs": some("slugs"),
}


def collection_condition(given: CollectionFilterInput | None) -> Condition:
    """In the predicates of ``db.collections``. Raises ``InvalidId``."""
    return ALWAYS if given is None else condition_of(given, FILTER)
