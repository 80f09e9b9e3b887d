"""Collections: root fields."""

from functools import partial
from typing import Annotated

import strawberry

from db import collections as statements
from domain.languages import LanguageCode
from engine.words import seen
from loaders.collections import CollectionLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.channel_choice import ChannelSlug, choose_channel
from schema.collections import (
    Collection,
    CollectionCountableConnection,
    CollectionFilterInput,
    collection_condition,
)
from schema.connections import connection, requested
from schema.context import Info
from schema.lookups import exactly_one, id_by_slug
from schema.paging import After, Before, First, Last


@strawberry.field(
    description="Collections by name, page by page. Shoppers see what is published in the channel.",
    directives=[CATALOGUE],
)
async def collections(
    info: Info,
    *,
    filter: Annotated[
        CollectionFilterInput | None, strawberry.argument(description="Which collections.")
    ] = None,
    channel: ChannelSlug = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> CollectionCountableConnection | None:
    context = info.context
    condition = collection_condition(filter)
    request = requested(first, after, last, before)
    chosen = await choose_channel(context, channel)
    if chosen is None:
        return None
    page = await context.read(statements.page, condition, chosen.id, context.viewer, request)
    count = partial(context.read, statements.count, condition, chosen.id, context.viewer)
    return seen(CollectionCountableConnection, connection(page, count))


@strawberry.field(description="One collection, by its id or its slug.", directives=[CATALOGUE])
async def collection(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The collection's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The collection's slug.")] = None,
    slug_language_code: Annotated[
        LanguageCode | None,
        strawberry.argument(description="The language of the slug; the collection's own slug is found too."),
    ] = None,
    channel: ChannelSlug = None,
) -> Collection | None:
    exactly_one(id=id, slug=slug)
    chosen = await choose_channel(info.context, channel)
    if chosen is None:
        return None
    if slug is None:
        key: int | None = ids.parse("Collection", ids.required(id))
    else:
        key = await id_by_slug(info.context, "Collection", slug, slug_language_code, statements.id_by_slug)
    if key is None:
        return None
    return seen(Collection, await info.context.loading.load(CollectionLoaders.by_key, (key, chosen.id)))
