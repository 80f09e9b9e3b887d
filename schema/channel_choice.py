"""In which channel a catalogue is looked at."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from db import channels
from domain.refusals import Required
from loaders.channels import ChannelLoaders
from schema.context import Context

ChannelSlug = Annotated[
    str | None,
    strawberry.argument(
        description="The channel's slug. It may be left out by staff, and where only one channel is active."
    ),
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """``id`` is null for staff that asks for no channel: it sees everything, and no prices."""

    id: int | None


async def choose_channel(context: Context, slug: str | None) -> Chosen | None:
    """The channel to look at; None where there is nothing to see, for it does not exist or is not open.

    Raises ``Required`` for a shopper who names none where several are active.
    """
    whole = context.viewer.sees_unpublished
    if slug is not None:
        row = await context.loading.load(ChannelLoaders.by_slug, slug)
        return Chosen(row.id) if row is not None and (row.is_active or whole) else None
    if whole:
        return Chosen(None)
    active = [row for row in await context.read(channels.every) if row.is_active]
    if len(active) > 1:
        raise Required("There are several channels: name one.", field="channel")
    return Chosen(active[0].id) if active else None
