"""The goods of a checkout are held while it is being paid, and longer once money was taken."""

from datetime import datetime, timedelta

from db import carts, outbox, stocks
from db.payables import PayableRow
from db.statements import Connection
from domain.access import Viewer
from domain.carts import Cart
from domain.events import StockChanged
from domain.payments import TAKEN, EventKind
from domain.stocks import PAID_HOLD, InsufficientStock, plan, summed


async def reserve(
    tx: Connection, payable: PayableRow, cart: Cart, *, by: Viewer, now: datetime, length: timedelta
) -> None:
    """Hold all that is in the checkout, which is locked. Locks the shelves.

    Raises ``InsufficientStock``: what was held before is held on. Records ``StockChanged``.
    """
    wanted = summed([(line.variant_id, line.quantity) for line in cart.lines])
    shelves = await stocks.lock(tx, payable.channel_id, list(wanted), now=now, checkout_id=payable.id)
    takes = plan(wanted, shelves)
    await stocks.reserve(tx, payable.id, takes, now + length)
    products = {line.variant_id: line.product_id for line in cart.lines}
    taken = sorted({one.variant_id for one in takes})
    await outbox.record(tx, *(StockChanged(key, products[key]) for key in taken), by=by)


async def keep(
    tx: Connection, payable: PayableRow | None, told: EventKind, *, by: Viewer, now: datetime
) -> None:
    """Hold a checkout's goods on, where what was told of its payment means that there is money.

    Where they were no longer held they are taken again; where they have gone meanwhile, the payment stands
    all the same, to be given back.
    """
    if payable is None or payable.total is not None or told not in TAKEN:
        return
    if await stocks.extend(tx, payable.id, now + PAID_HOLD, now=now):
        return
    (cart,) = await carts.carts(tx, [payable.id])
    try:
        await reserve(tx, payable, cart, by=by, now=now, length=PAID_HOLD)
    except InsufficientStock:
        return
