"""Where a cart is sent, and who is billed."""

from uuid import UUID

from commands.checkouts.changing import changed, locked, repriced
from commands.shop import Shop
from db import addresses, checkouts
from db.checkouts import CheckoutRow
from domain.access import Permission, Viewer
from domain.accounts import AddressUse
from domain.checkouts import AddressWish, ShippingChangeForbidden, read_address
from domain.refusals import refuse_all

STAFF = (Permission.HANDLE_CHECKOUTS, Permission.MANAGE_CHECKOUTS)


async def set_shipping(
    shop: Shop, viewer: Viewer, checkout_id: UUID, wish: AddressWish, *, save: bool = True
) -> CheckoutRow:
    """The checkout with this shipping address; taxes are its country's from now on.

    ``save``: put it into the customer's book when the order is made. Raises ``NotFound``, ``Refused`` with
    all that is wrong with the address, or ``ShippingChangeForbidden`` while the goods are to be fetched.
    """
    if wish.unchecked:
        viewer.require(*STAFF)
    address, refusals = read_address(wish, AddressUse.SHIPPING)
    refuse_all(refusals)
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        if checkout.collection_point_id is not None:
            raise ShippingChangeForbidden(
                "The goods are fetched at a collection point. Give that up first.", field="shippingAddress"
            )
        before = checkout.shipping_address_id
        row = await repriced(
            tx,
            viewer,
            checkout,
            shop.clock(),
            shipping_address_id=await addresses.insert(tx, address, meta=wish.meta),
            save_shipping_address=save,
            country=address.country,
        )
        await checkouts.discard_addresses(tx, [before])
    return row


async def set_billing(
    shop: Shop, viewer: Viewer, checkout_id: UUID, wish: AddressWish, *, save: bool = True
) -> CheckoutRow:
    """The checkout with this billing address. Arguments and refusals as in ``set_shipping``."""
    if wish.unchecked:
        viewer.require(*STAFF)
    address, refusals = read_address(wish, AddressUse.BILLING)
    refuse_all(refusals)
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        before = checkout.billing_address_id
        row = await changed(
            tx,
            viewer,
            checkout,
            shop.clock(),
            billing_address_id=await addresses.insert(tx, address, meta=wish.meta),
            save_billing_address=save,
        )
        await checkouts.discard_addresses(tx, [before])
    return row
