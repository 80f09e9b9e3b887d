"""Voucher codes and gift cards in a cart."""

from uuid import UUID

from commands.checkouts.changing import locked, repriced
from commands.shop import Shop
from db import carts, gift_cards, vouchers
from db.checkouts import CheckoutRow
from db.gift_cards import GiftCardRow
from db.statements import Connection
from domain.access import Viewer
from domain.refusals import Invalid, NotFound
from domain.vouchers import GiftCardNotApplicable, VoucherNotApplicable

MAX_LENGTH = 255


async def add(shop: Shop, viewer: Viewer, checkout_id: UUID, code: str) -> CheckoutRow:
    """The cart with this code's voucher in place of any other, or with this gift card beside the others.

    Adding what is there already changes no price. Raises ``NotFound`` for the checkout, ``Invalid`` for a
    code that nobody knows, ``VoucherNotApplicable``, ``GiftCardNotApplicable``.
    """
    wanted = code.strip()
    if not wanted or "\0" in wanted or len(wanted) > MAX_LENGTH:
        raise _unknown()
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        code_id = await vouchers.code_id(tx, wanted)
        if code_id is not None:
            row = await repriced(tx, viewer, checkout, shop.clock(), voucher_code_id=code_id)
            (cart,) = await carts.carts(tx, [checkout.id])
            if cart.voucher_problem is not None:
                raise VoucherNotApplicable(cart.voucher_problem, field="promoCode")
            return row
        card = await gift_cards.by_code(tx, wanted)
        if card is None:
            raise _unknown()
        await _add_card(tx, checkout, card)
        return await repriced(tx, viewer, checkout, shop.clock())


async def remove(
    shop: Shop,
    viewer: Viewer,
    checkout_id: UUID,
    *,
    code: str | None = None,
    voucher_id: int | None = None,
    gift_card_id: int | None = None,
) -> CheckoutRow:
    """The cart without this code; give one of the three. Raises ``NotFound`` for what is not in it."""
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        if await _is_voucher(tx, checkout, code, voucher_id):
            return await repriced(tx, viewer, checkout, shop.clock(), voucher_code_id=None)
        if code is not None and "\0" not in code:
            card = await gift_cards.by_code(tx, code.strip())
            gift_card_id = card.id if card else None
        if gift_card_id is None or not await gift_cards.remove(tx, checkout.id, gift_card_id):
            raise NotFound(
                "This code is not in the cart.", field="promoCode" if code is not None else "promoCodeId"
            )
        return await repriced(tx, viewer, checkout, shop.clock())


async def _add_card(tx: Connection, checkout: CheckoutRow, card: GiftCardRow) -> None:
    await gift_cards.add(tx, checkout.id, card.id)
    (cart,) = await carts.carts(tx, [checkout.id])
    added = next(one for one in cart.gift_cards if one.id == card.id)
    if not added.is_usable or added.balance <= 0:
        # The same words whatever the reason: a code is a secret, and so is what it is worth.
        raise GiftCardNotApplicable("This gift card cannot be used here.", field="promoCode")


async def _is_voucher(
    tx: Connection, checkout: CheckoutRow, code: str | None, voucher_id: int | None
) -> bool:
    if checkout.voucher_code_id is None or checkout.voucher_code is None:
        return False
    if code is not None:
        return code.strip().upper() == checkout.voucher_code.upper()
    (voucher,) = await vouchers.by_code_ids(tx, [checkout.voucher_code_id])
    return voucher.id == voucher_id


def _unknown() -> Invalid:
    return Invalid("There is no such code.", field="promoCode")
