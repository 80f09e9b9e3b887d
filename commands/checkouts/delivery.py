"""How a cart gets to its customer."""

from collections.abc import Sequence
from uuid import UUID

from commands.checkouts.changing import changed, locked, repriced
from commands.shop import Shop
from db import addresses, carts, checkouts, shipping, warehouses
from db.checkouts import CheckoutRow
from db.shipping import DeliveryRow
from db.statements import Connection
from domain.access import Viewer
from domain.carts import Cart
from domain.checkouts import DeliveryNotApplicable, ShippingAddressNotSet, ShippingNotRequired
from domain.pricing import price
from domain.refusals import NotFound
from domain.shipping import Method, Parcel, options


async def calculate(shop: Shop, viewer: Viewer, checkout_id: UUID) -> list[DeliveryRow]:
    """What the cart may choose from now, cheapest first: nothing without an address, or with nothing to ship.

    The delivery that was chosen is fresh again: at its price of today, or found to be no longer valid. Raises
    ``NotFound``.
    """
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        (cart,) = await carts.carts(tx, [checkout.id])
        methods = await _options(tx, checkout, cart)
        before = await shipping.deliveries_by_ids(tx, [checkout.delivery_id] if checkout.delivery_id else [])
        offered = await shipping.offer(tx, checkout.id, checkout.version, methods)
        after = await shipping.deliveries_by_ids(tx, [row.id for row in before])
        if before != after:
            await changed(tx, viewer, checkout, shop.clock())
    return offered


async def choose(
    shop: Shop,
    viewer: Viewer,
    checkout_id: UUID,
    *,
    delivery_id: UUID | None = None,
    method_id: int | None = None,
) -> CheckoutRow:
    """The checkout with one of its own deliveries, or with a method that it could have one of; give either.

    Raises ``NotFound``, ``ShippingNotRequired``, ``ShippingAddressNotSet``, ``DeliveryNotApplicable``.
    """
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        cart = await _shippable(tx, checkout)
        if checkout.shipping_address_id is None or checkout.collection_point_id is not None:
            raise ShippingAddressNotSet("Say first where the goods are sent.", field="shippingAddress")
        if delivery_id is not None:
            method_id = await _method_of(tx, checkout, delivery_id)
        methods = await _options(tx, checkout, cart)
        if method_id not in [method.id for method in methods]:
            raise DeliveryNotApplicable("The goods cannot be sent this way.", field="deliveryMethodId")
        # The deliveries are of the version that the choice makes, or the choice would make them stale.
        offered = await shipping.offer(tx, checkout.id, checkout.version + 1, methods)
        chosen = next(row for row in offered if row.shipping_method_id == method_id)
        return await repriced(tx, viewer, checkout, shop.clock(), delivery_id=chosen.id)


async def collect(shop: Shop, viewer: Viewer, checkout_id: UUID, warehouse_id: int) -> CheckoutRow:
    """The checkout with its goods fetched at a warehouse, whose address and country it has from now on.

    Raises ``NotFound``, ``ShippingNotRequired``, ``DeliveryNotApplicable``.
    """
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        await _shippable(tx, checkout)
        points = await warehouses.collection_points(tx, [checkout.id])
        address_id = next((point.address_id for point in points if point.id == warehouse_id), None)
        if address_id is None:
            raise DeliveryNotApplicable("The goods cannot be fetched there.", field="deliveryMethodId")
        (address,) = await addresses.by_ids(tx, [address_id])
        row = await repriced(
            tx,
            viewer,
            checkout,
            shop.clock(),
            delivery_id=None,
            collection_point_id=warehouse_id,
            shipping_address_id=await addresses.copy(tx, address_id),
            save_shipping_address=False,
            country=address.country,
        )
        await checkouts.discard_addresses(tx, [checkout.shipping_address_id])
    return row


async def clear(shop: Shop, viewer: Viewer, checkout_id: UUID) -> CheckoutRow:
    """The checkout with no delivery; a collection point's address goes with it. Raises ``NotFound``."""
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        if checkout.collection_point_id is None:
            return await repriced(tx, viewer, checkout, shop.clock(), delivery_id=None)
        row = await repriced(
            tx,
            viewer,
            checkout,
            shop.clock(),
            delivery_id=None,
            collection_point_id=None,
            shipping_address_id=None,
            save_shipping_address=True,
        )
        await checkouts.discard_addresses(tx, [checkout.shipping_address_id])
    return row


async def _shippable(tx: Connection, checkout: CheckoutRow) -> Cart:
    (cart,) = await carts.carts(tx, [checkout.id])
    if not cart.is_shipping_required:
        raise ShippingNotRequired("Nothing in this cart is shipped.", field="deliveryMethodId")
    return cart


async def _options(tx: Connection, checkout: CheckoutRow, cart: Cart) -> Sequence[Method]:
    if not cart.is_shipping_required or checkout.shipping_address_id is None or checkout.collection_point_id:
        return []
    (address,) = await addresses.by_ids(tx, [checkout.shipping_address_id])
    parcel = Parcel(
        value=price(cart).subtotal.gross,
        weight=await shipping.weight(tx, checkout.id),
        postal_code=address.postal_code,
        products=frozenset(line.product_id for line in cart.lines),
    )
    return options(await shipping.candidates(tx, checkout.channel_id, checkout.country), parcel)


async def _method_of(tx: Connection, checkout: CheckoutRow, delivery_id: UUID) -> int:
    found = await shipping.deliveries_by_ids(tx, [delivery_id])
    if not found or found[0].checkout_id != checkout.id:
        raise NotFound("This is no delivery of this checkout.", field="deliveryMethodId")
    return found[0].shipping_method_id
