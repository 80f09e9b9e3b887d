"""Promotions start and end by the clock: prices follow."""

from commands.shop import Shop
from db import promotions


async def refresh_prices(shop: Shop) -> int:
    """Set every price that is asked to what is asked now; how many variants' prices have changed.

    To be run whenever a promotion starts or ends (``db.promotions.next_change``) or is edited.
    """
    async with shop.db.transaction() as tx:
        return await promotions.refresh(tx, shop.clock())
