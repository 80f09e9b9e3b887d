"""Channels: root fields."""

from typing import Annotated

import strawberry

from commands import channels as commands
from db import channels as statements
from domain.access import Permission
from domain.refusals import NotFound
from engine.words import seen, seen_all
from loaders.channels import ChannelLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.channel_changes import ChannelUpdate, ChannelUpdateInput, completion_of
from schema.channels import Channel
from schema.context import Info
from schema.errors import answers


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


@strawberry.mutation(description="Change how a channel sells. Needs MANAGE_CHANNELS.")
@answers(ChannelUpdate)
async def channel_update(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The channel.")],
    input: Annotated[ChannelUpdateInput, strawberry.argument(description="What it is to be.")],
) -> ChannelUpdate:
    info.context.viewer.require(Permission.MANAGE_CHANNELS)
    channel_id, completion = ids.parse("Channel", id), completion_of(input)
    if completion is not None:
        await commands.complete_automatically(info.context.shop, info.context.viewer, channel_id, completion)
    row = await info.context.loading.load(ChannelLoaders.by_id, channel_id)
    if row is None:
        raise NotFound("There is no such channel.", field="id")
    return ChannelUpdate(channel=seen(Channel, row))
