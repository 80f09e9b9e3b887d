"""The channel that an import sells in, and the warehouse that its goods lie in."""

from dataclasses import dataclass

from db.channels import ChannelRow
from db.imports import places
from db.statements import Connection
from domain.refusals import NotFound


@dataclass(frozen=True, slots=True)
class NewChannel:
    """What to make a channel with.

    A currency by ISO 4217, and the country its shoppers are taken to be in.
    """

    currency: str
    country: str


class ChannelUnknown(NotFound):
    """Names the channels there are."""

    def __init__(self, slug: str, known: list[str]) -> None:
        there = f"There are: {', '.join(known)}." if known else "There is none yet."
        how = "To make it, add: --create-channel CURRENCY COUNTRY"
        super().__init__(f"There is no channel {slug!r}. {there} {how}")


async def open_channel(tx: Connection, slug: str, new: NewChannel | None) -> ChannelRow:
    """The channel; made as ``new`` says where there is none. Raises ``ChannelUnknown``."""
    found = await places.channel(tx, slug)
    if found is None and new is not None:
        await places.make_channel(tx, slug, new.currency, new.country)
        found = await places.channel(tx, slug)
    if found is None:
        raise ChannelUnknown(slug, [channel.slug for channel in await places.every_channel(tx)])
    return found


async def open_warehouse(tx: Connection, channel: ChannelRow) -> int:
    """The first warehouse of the channel; made where it has none."""
    found = await places.first_warehouse(tx, channel.id)
    if found is not None:
        return found
    return await places.make_warehouse(
        tx, channel.id, f"{channel.name} warehouse", f"{channel.slug}-warehouse"
    )
