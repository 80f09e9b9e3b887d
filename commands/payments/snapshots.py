"""What a payment is for: the checkout as it was when the payment was begun, or was confirmed for it."""

from uuid import UUID

from db import snapshots
from db.statements import Connection
from domain.carts import Cart
from domain.pricing import price
from domain.snapshots import fingerprint, is_another


async def remember(tx: Connection, transaction_id: UUID, cart: Cart) -> None:
    """The payment is for the cart, whose checkout is locked, as it is now.

    It is kept with the payment and not with the checkout, because of a payment that fails: what was paid
    before is then still for the cart of before, which can be put back. The latest payment with money on it
    counts for all, so that paying the rest of a cart that became dearer is enough.
    """
    _, now = await _compared(tx, cart)
    await snapshots.keep(tx, transaction_id, cart.id, now)


async def has_changed(tx: Connection, cart: Cart) -> bool:
    """Whether the money that there is for the cart, whose checkout is locked, is for something else."""
    return is_another(*await _compared(tx, cart))


async def _compared(tx: Connection, cart: Cart) -> tuple[str | None, str]:
    found = await snapshots.find(tx, cart.id)
    return found.paid_for, fingerprint(cart, price(cart).gift_cards, found.arrangement)
