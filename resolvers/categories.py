"""Categories: root fields."""

from enum import Enum
from functools import partial
from typing import Annotated

import strawberry

from db import categories as statements
from db.lists import Keyset
from domain.languages import LanguageCode
from engine.words import seen
from loaders.categories import CategoryLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.categories import Category, CategoryCountableConnection, CategoryFilterInput, category_condition
from schema.connections import connection, requested
from schema.context import Info
from schema.filters import OrderDirection
from schema.lookups import exactly_one, id_by_slug
from schema.paging import After, Before, First, Last


@strawberry.enum(description="What lists of categories can be sorted by.")
class CategorySortField(Enum):
    NAME = strawberry.enum_value("NAME", description="By name.")


@strawberry.input(description="How to sort a list of categories.")
class CategorySortingInput:
    direction: OrderDirection = strawberry.field(description="Which way.")
    field: CategorySortField = strawberry.field(description="The field to sort by.")


@strawberry.field(
    description="Categories, page by page: the upper ones first, unless sorted otherwise.",
    directives=[CATALOGUE],
)
async def categories(
    info: Info,
    *,
    filter: Annotated[
        CategoryFilterInput | None, strawberry.argument(description="Which categories.")
    ] = None,
    sort_by: Annotated[CategorySortingInput | None, strawberry.argument(description="How to sort.")] = None,
    level: Annotated[int | None, strawberry.argument(description="Only this deep: 0 for the top.")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> CategoryCountableConnection | None:
    condition = category_condition(filter, level)
    request = requested(first, after, last, before)
    page = await info.context.read(statements.page, condition, _order(sort_by), request)
    count = partial(info.context.read, statements.count, condition)
    return seen(CategoryCountableConnection, connection(page, count))


@strawberry.field(description="One category, by its id or its slug.", directives=[CATALOGUE])
async def category(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The category's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The category's slug.")] = None,
    slug_language_code: Annotated[
        LanguageCode | None,
        strawberry.argument(description="The language of the slug; the category's own slug is found too."),
    ] = None,
) -> Category | None:
    exactly_one(id=id, slug=slug)
    if slug is None:
        key: int | None = ids.parse("Category", ids.required(id))
    else:
        key = await id_by_slug(info.context, "Category", slug, slug_language_code, statements.id_by_slug)
    if key is None:
        return None
    return seen(Category, await info.context.loading.load(CategoryLoaders.by_id, key))


def _order(given: CategorySortingInput | None) -> Keyset:
    if given is None:
        return statements.BY_TREE
    return statements.BY_NAME_DOWN if given.direction is OrderDirection.DESC else statements.BY_NAME
