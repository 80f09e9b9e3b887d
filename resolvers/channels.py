"""Channels: root fields."""

from typing import Annotated

import strawberry

from db import channels as statements
from engine.words import seen, seen_all
from loaders.channels import ChannelLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.channels import Channel
from schema.context import Info


@strawberry.field(description="Every channel of the shop, by slug.", directives=[CATALOGUE])
async def channels(info: Info) -> list[Channel] | None:
    return seen_all(Channel, await info.context.read(statements.every))


@strawberry.field(description="One channel, by its id or its slug.", directives=[CATALOGUE])
async def channel(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The channel's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The channel's slug.")] = None,
) -> Channel | None:
    if id is not None:
        return seen(Channel, await info.context.loading.load(ChannelLoaders.by_id, ids.parse("Channel", id)))
    if slug is not None:
        return seen(Channel, await info.context.loading.load(ChannelLoaders.by_slug, slug))
    return None
