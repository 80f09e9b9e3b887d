"""What may be sold of a stock before it is there."""

from commands.shop import Shop
from db import outbox, shelves, stocks
from domain.access import Permission, Viewer
from domain.events import StockChanged
from domain.refusals import NotFound
from domain.stocks import check_backorder_limit


async def limit_backorders(
    shop: Shop, viewer: Viewer, warehouse_id: int, variant_id: int, limit: int
) -> None:
    """Let so many units of the variant be promised from the warehouse beyond what is on hand there.

    Raises ``Denied``, ``NotFound`` and ``Invalid``. Records ``StockChanged``.
    """
    viewer.require(Permission.MANAGE_PRODUCTS)
    async with shop.db.transaction() as tx:
        key = (warehouse_id, variant_id)
        places = await shelves.lock(tx, [], [key], now=shop.clock(), opened=True)
        if not places:
            raise NotFound("There is no such variant, or no such warehouse.", field="stock")
        (place,) = places
        check_backorder_limit(limit, place.free)
        await stocks.limit_backorders(tx, place.stock_id, limit)
        await outbox.record(tx, StockChanged(variant_id), by=viewer)
