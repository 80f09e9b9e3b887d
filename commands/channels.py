"""How a channel sells, as staff wants it."""

from commands.shop import Shop
from db import channels, outbox
from domain.access import Permission, Viewer
from domain.channels import AutomaticCompletion, ChannelUpdated
from domain.refusals import NotFound


async def complete_automatically(
    shop: Shop, viewer: Viewer, channel_id: int, completion: AutomaticCompletion
) -> None:
    """Say whether and when the channel's paid checkouts become orders by themselves, from now on.

    Raises ``Denied``, ``Invalid`` and ``NotFound``. Records ``ChannelUpdated``.
    """
    viewer.require(Permission.MANAGE_CHANNELS)
    completion.check()
    async with shop.db.transaction() as tx:
        if not await channels.complete_automatically(tx, channel_id, completion):
            raise NotFound("There is no such channel.", field="id")
        await outbox.record(tx, ChannelUpdated(channel_id), by=viewer)
