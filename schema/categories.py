"""Categories."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import strawberry

from db import categories
from db.categories import AncestorRow, CategoryRow
from domain.conditions import ALWAYS, Condition, Holds, both
from domain.pages import Key
from domain.products import Scope
from engine.words import attribute, batch_field, edge, inline
from loaders.categories import CategoryLoaders
from loaders.translations import TranslationLoaders
from schema.cache_hints import AS_ABOVE, CATALOGUE
from schema.channel_choice import ChannelSlug, choose_channel
from schema.conditions import Table, between, condition_of, metadata, some, some_ids
from schema.connections import ConnectionRow, PageInfo, connection, connection_of, counts, requested
from schema.context import Context
from schema.filters import DateTimeRangeInput, MetadataFilter
from schema.ids import global_id
from schema.media import Image, background_image
from schema.metadata import Node, ObjectWithMetadata
from schema.paging import After, Before, First, Last
from schema.product_extras import LISTED, Asked
from schema.product_lists import Filter, ProductArguments, SortBy, Where, product_connections
from schema.products import ProductCountableConnection
from schema.scalars import DateTime, JSONString
from schema.translations import CategoryTranslation, translation


async def children(
    rows: Sequence[CategoryRow],
    context: Context,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[ConnectionRow]:
    """One statement for the pages of all categories."""
    request = requested(first, after, last, before)
    parent_ids = list({row.id: None for row in rows})
    pages = await context.read(categories.children, parent_ids, request)
    return [connection(pages[row.id], partial(_count_children, context, row.id)) for row in rows]


async def _count_children(context: Context, parent_id: int) -> int:
    found = await context.loading.load(CategoryLoaders.child_count, parent_id)
    return 0 if found is None else found.number


async def ancestors(
    rows: Sequence[CategoryRow],
    context: Context,
    *,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[ConnectionRow]:
    request = requested(first, after, last, before)
    found = await context.loading.load_many(CategoryLoaders.ancestors, [row.id for row in rows])
    return [connection_of(above, _place, request) for above in found]


def _place(row: CategoryRow) -> Key:
    return row.level, row.id


async def products(
    rows: Sequence[CategoryRow],
    context: Context,
    *,
    channel: ChannelSlug = None,
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
    """One statement for the pages of all categories, with what is asked of the products."""
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
    chosen = await choose_channel(context, channel)
    return await product_connections(context, chosen, Scope.BRANCH, [row.id for row in rows], arguments)


@strawberry.type(description="A branch of the shop's catalogue.", directives=[CATALOGUE])
class Category(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (CategoryRow, AncestorRow)

    id: strawberry.ID = global_id("Category")
    name: str = attribute("The name.")
    slug: str = attribute("The name that clients ask by.")
    description: JSONString | None = attribute("The description, in the editor's JSON.")
    seo_title: str | None = attribute("The title for search engines.")
    seo_description: str | None = attribute("The description for search engines.")
    background_image: Image | None = inline(
        background_image, "image_key", "image_alt", description="A picture to show behind it."
    )
    level: int = attribute("How deep it lies: 0 at the top.")
    parent: "Category | None" = edge(
        CategoryLoaders.by_id, key="parent_id", description="The category it lies in; null at the top."
    )
    ancestors: "CategoryCountableConnection | None" = batch_field(
        ancestors, description="The categories it lies in, from the top down."
    )
    children: "CategoryCountableConnection | None" = batch_field(
        children, description="The categories that lie directly in it, in the merchant's order."
    )
    products: ProductCountableConnection | None = batch_field(
        products,
        description="The products in it and in all below it, page by page.",
        lookahead=LISTED,
    )
    translation: CategoryTranslation | None = translation(TranslationLoaders.category)
    updated_at: DateTime = attribute("When it was last changed.")


@strawberry.type(description="A category in a list.", directives=[AS_ABOVE])
class CategoryCountableEdge:
    node: Category = attribute("The category.")
    cursor: str = attribute("Where it stands.")


@strawberry.type(description="A page of categories.", directives=[AS_ABOVE])
class CategoryCountableConnection:
    edges: list[CategoryCountableEdge] = attribute("The categories.")
    page_info: PageInfo = attribute("Where the page stands.")
    total_count: int | None = batch_field(counts, description="How many there are on all pages.")


@strawberry.input(description="Which categories; every condition given has to hold.")
class CategoryFilterInput:
    search: str | None = strawberry.field(description="Part of the name, in any case.", default=None)
    metadata: list[MetadataFilter] | None = strawberry.field(description="Public metadata.", default=None)
    ids: list[strawberry.ID] | None = strawberry.field(description="One of these.", default=None)
    slugs: list[str] | None = strawberry.field(description="One of these slugs.", default=None)
    updated_at: DateTimeRangeInput | None = strawberry.field(description="When last changed.", default=None)


FILTER: Table = {
    "search": lambda text: Holds("search", {"text": text.strip()}),
    "metadata": metadata,
    "ids": some_ids("ids", "Category", "ids"),
    "slugs": some("slugs"),
    "updated_at": between("updated_between"),
}


def category_condition(given: CategoryFilterInput | None, level: int | None) -> Condition:
    """In the predicates of ``db.categories``. Raises ``InvalidId``."""
    return both(
        ALWAYS if level is None else Holds("level", {"level": level}),
        ALWAYS if given is None else condition_of(given, FILTER),
    )
