"""Whose cart it is, and how to reach them."""

from uuid import UUID

from commands.checkouts.changing import changed, locked, repriced
from commands.shop import Shop
from db.checkouts import CheckoutRow
from domain import emails
from domain.access import Viewer
from domain.checkouts import email_refusals
from domain.languages import LanguageCode
from domain.refusals import Denied, refuse_all


async def set_email(shop: Shop, viewer: Viewer, checkout_id: UUID, email: str) -> CheckoutRow:
    """The checkout with this e-mail, normalised. Raises ``NotFound``, ``Invalid``."""
    address = emails.normalize(email)
    refuse_all(email_refusals(address))
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        # A voucher may be for one use by each customer, so the e-mail can change the price.
        change = repriced if checkout.voucher_code_id else changed
        return await change(tx, viewer, checkout, shop.clock(), email=address)


async def set_language(
    shop: Shop, viewer: Viewer, checkout_id: UUID, language_code: LanguageCode
) -> CheckoutRow:
    """The checkout in this language: the order's texts will be in it. Raises ``NotFound``."""
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        return await changed(tx, viewer, checkout, shop.clock(), language_code=language_code)


async def set_note(shop: Shop, viewer: Viewer, checkout_id: UUID, note: str) -> CheckoutRow:
    """The checkout with what the customer has to say. Raises ``NotFound``."""
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        return await changed(tx, viewer, checkout, shop.clock(), note=note)


async def attach(shop: Shop, viewer: Viewer, checkout_id: UUID) -> CheckoutRow:
    """The checkout as the viewer's own, with their e-mail.

    Raises ``Unauthenticated`` for a guest, ``NotFound``, and ``Denied`` for staff taking a customer's.
    """
    user_id = viewer.require_login()
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        if checkout.user_id not in (None, user_id):
            raise Denied("This checkout is a customer's.")
        return await repriced(tx, viewer, checkout, shop.clock(), user_id=user_id, email=viewer.email)


async def detach(shop: Shop, viewer: Viewer, checkout_id: UUID) -> CheckoutRow:
    """The checkout as nobody's: from now on whoever holds its id may use it.

    Raises ``Unauthenticated`` for a guest, ``NotFound``.
    """
    viewer.require_login()
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        return await repriced(tx, viewer, checkout, shop.clock(), user_id=None)
