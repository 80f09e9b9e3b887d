"""Promotions start and end by the clock: prices follow."""

from commands.shop import Shop
from db import outbox, promotions
from domain.events import ProductPriceChanged


async def refresh_prices(shop: Shop) -> int:
    """Set every price that is asked to what is asked now; how many variants' prices have changed.

    To be run whenever a promotion starts or ends (``db.promotions.next_change``) or is edited. Records
    ``ProductPriceChanged``, once for a product in a channel.
    """
    async with shop.db.transaction() as tx:
        changed = await promotions.reprice(tx, shop.clock())
        places = sorted({(row.product_id, row.channel_id) for row in changed})
        await outbox.record(
            tx, *(ProductPriceChanged(product_id, channel_id) for product_id, channel_id in places)
        )
    return len(changed)
