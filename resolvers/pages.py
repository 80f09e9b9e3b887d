"""Pages of text: root fields."""

from functools import partial
from typing import Annotated

import strawberry

from db import pages as statements
from domain.languages import LanguageCode
from engine.words import seen
from loaders.pages import PageLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.connections import connection, requested
from schema.context import Info
from schema.lookups import LinkChannel, exactly_one, id_by_slug, linked_channel
from schema.pages import Page, PageCountableConnection, PageWhereInput, page_condition
from schema.paging import After, Before, First, Last


@strawberry.field(
    description="Pages of text by title, so many at a time. Shoppers see what is published.",
    directives=[CATALOGUE],
)
async def pages(
    info: Info,
    *,
    channel: LinkChannel = None,
    where: Annotated[PageWhereInput | None, strawberry.argument(description="Which pages.")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> PageCountableConnection | None:
    context = info.context
    condition = page_condition(where)
    request = requested(first, after, last, before)
    channel_id = await linked_channel(context, channel)
    page = await context.read(statements.page, condition, channel_id, context.viewer, request)
    count = partial(context.read, statements.count, condition, channel_id, context.viewer)
    return seen(PageCountableConnection, connection(page, count))


@strawberry.field(description="One page of text, by its id or its slug.", directives=[CATALOGUE])
async def page(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The page's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The page's slug.")] = None,
    slug_language_code: Annotated[
        LanguageCode | None,
        strawberry.argument(description="The language of the slug; the page's own slug is found too."),
    ] = None,
    channel: LinkChannel = None,
) -> Page | None:
    exactly_one(id=id, slug=slug)
    if slug is None:
        key: int | None = ids.parse("Page", ids.required(id))
    else:
        key = await id_by_slug(info.context, "Page", slug, slug_language_code, statements.id_by_slug)
    if key is None:
        return None
    channel_id = await linked_channel(info.context, channel)
    return seen(Page, await info.context.loading.load(PageLoaders.by_key, (key, channel_id)))
