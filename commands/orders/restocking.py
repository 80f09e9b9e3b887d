"""Goods that were sent go back on a shelf."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from db import shelves, warehouses
from db.fulfillments import PackedRow
from db.statements import Connection
from domain.refusals import NotFound
from domain.sending import Move, joined


async def put_back(
    tx: Connection,
    goods: Sequence[tuple[PackedRow, int]],
    warehouse_id: int | None,
    *,
    promised: bool,
    now: datetime,
    also: Iterable[int] = (),
) -> tuple[list[Move], list[int]]:
    """What that moves, and the variants of it: units of shipments, put on shelves that are locked here.

    In ``warehouse_id``, else where they came from; goods whose stock is not counted move nothing.
    ``promised``: to the same lines again. ``also`` are stocks to lock with them. Raises ``NotFound`` for a
    warehouse that is none.
    """
    if warehouse_id is not None and not await warehouses.by_ids(tx, [warehouse_id]):
        raise NotFound("There is no such warehouse.", field="warehouseId")
    wanted = [
        (row.order_line_id, (warehouse_id or row.warehouse_id, row.variant_id), units)
        for row, units in goods
        if row.warehouse_id is not None and row.variant_id is not None
    ]
    places = await shelves.lock(tx, also, [key for _, key, _ in wanted], now=now, opened=True)
    stock_ids = {(place.warehouse_id, place.variant_id): place.stock_id for place in places}
    moves = [
        Move(line_id, stock_ids[key], promised=units if promised else 0, on_hand=units)
        for line_id, key, units in wanted
    ]
    return joined(moves), [place.variant_id for place in places]
