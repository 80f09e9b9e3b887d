"""Completing a checkout: the money is promised, the stock is taken, the voucher is spent, or nothing is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import structlog

from adapters.mail import MailUndelivered, Message
from commands.shop import Shop
from db import (
    address_books,
    buying,
    carts,
    channels,
    checkout_lines,
    checkouts,
    orders,
    outbox,
    placing,
    redemptions,
    shipping,
    snapshots,
    stocks,
    transactions,
    warehouses,
)
from db.channels import ChannelRow
from db.checkouts import CheckoutRow
from db.placing import PaidRow
from db.redemptions import VoucherRow
from db.snapshots import SnapshotRow
from db.statements import Connection
from domain import emails
from domain.access import Permission, Viewer
from domain.accounts import MAX_ADDRESSES
from domain.carts import Cart, PricedCart
from domain.checkouts import Offer, limited, may_touch, refusals_to_sell, refusals_to_sell_again
from domain.completing import (
    Standing,
    first_history,
    line_figures,
    payment_refusals,
    refusals_to_complete,
)
from domain.events import OrderCreated, OrderPaid, StockChanged
from domain.letters import Letter
from domain.links import redirect_problems
from domain.metadata import metadata_problems
from domain.money import rounded
from domain.order_letters import order_placed
from domain.orders import first_status
from domain.payment_states import PAID, authorize_status, charge_status
from domain.pricing import price
from domain.refusals import NotFound, Refusal, Refused, refuse_all
from domain.shipping import Parcel, takes
from domain.snapshots import fingerprint, is_another
from domain.stocks import InsufficientStock, LineWanted, Take, assign, plan, summed

log = structlog.get_logger(__name__)
MOST = 50  # checkouts that are completed by themselves in one go
ITSELF = Viewer(permissions=frozenset({Permission.HANDLE_CHECKOUTS}))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A checkout with everything that was locked and found good: nothing stands in the way of its order."""

    checkout: CheckoutRow
    channel: ChannelRow
    email: str
    cart: Cart
    priced: PricedCart
    paid: PaidRow
    voucher: VoucherRow | None
    takes: Sequence[Take]
    now: datetime


async def complete(
    shop: Shop,
    viewer: Viewer,
    checkout_id: UUID,
    *,
    meta: Mapping[str, str] | None = None,
    redirect_url: str | None = None,
) -> UUID:
    """Turn a checkout into an order; the order's id.

    Done again, or at once by several, it gives the same order. Raises ``NotFound``, or ``Refused`` naming
    every reason at once. Records ``OrderCreated``, ``OrderPaid`` and ``StockChanged``; mails the confirmation
    when all that is done.

    Locked in this order: the checkout, its payments, the voucher and its code, gift cards by id, stock by
    (warehouse, variant), and the customer's address book.
    """
    wrong = metadata_problems(meta or {})
    refuse_all([*wrong, *(redirect_problems(redirect_url, shop.redirect_hosts) if redirect_url else [])])
    async with shop.db.transaction() as tx:
        checkout = await checkouts.lock(tx, checkout_id)
        if checkout is None:
            return await _order_of(tx, viewer, checkout_id)
        _check_viewer(viewer, checkout.user_id)
        ready = await _check(tx, checkout, shop.clock())
        order_id, letter = await _place(tx, ready, viewer, meta or {}, redirect_url)
    await _tell(shop, Message(ready.email, letter.subject, letter.text))
    return order_id


async def complete_left(shop: Shop) -> int:
    """Complete what shoppers have paid and left; how many orders that made.

    To be run every minute, by one process at a time or by several. Where something stands in the way the
    checkout stays as it is, until its shopper is back or its money goes back. Records what ``complete`` does.
    """
    made = 0
    async with shop.db.read() as connection:
        found = await transactions.left(connection, shop.clock(), MOST)
    for checkout_id in found:
        try:
            made += await _complete_left(shop, checkout_id)
        except Refused as no:
            codes = [refusal.code for refusal in no.refusals]
            log.info("paid_and_not_completed", checkout=str(checkout_id), codes=codes)
        except Exception:  # the others' orders are to be made all the same
            log.exception("left_uncompleted", checkout=str(checkout_id))
    return made


async def _complete_left(shop: Shop, checkout_id: UUID) -> bool:
    """Whether that made an order: not where the shopper is back, or the channel has changed meanwhile."""
    async with shop.db.transaction() as tx:
        checkout, now = await checkouts.lock(tx, checkout_id), shop.clock()
        if checkout is None:
            return False
        (channel,) = await channels.by_ids(tx, [checkout.channel_id])
        if not channel.completion.may_complete(checkout.created_at, checkout.updated_at, now):
            return False
        ready = await _check(tx, checkout, now, only_paid=True)
        _, letter = await _place(tx, ready, ITSELF, {}, None, by_itself=True)
    await _tell(shop, Message(ready.email, letter.subject, letter.text))
    return True


async def _order_of(tx: Connection, viewer: Viewer, checkout_id: UUID) -> UUID:
    """The order that a checkout which is gone became. Raises ``NotFound``."""
    order = await orders.by_checkout_id(tx, checkout_id)
    if order is None:
        raise NotFound("There is no such checkout.", field="id")
    _check_viewer(viewer, order.user_id)
    return order.id


def _check_viewer(viewer: Viewer, user_id: int | None) -> None:
    if not may_touch(viewer, user_id):
        raise NotFound("There is no such checkout.", field="id")


async def _check(tx: Connection, checkout: CheckoutRow, now: datetime, *, only_paid: bool = False) -> _Ready:
    """Lock all that the order takes from, then find out whether it may. Raises ``Refused``."""
    (channel,) = await channels.by_ids(tx, [checkout.channel_id])
    paid = await placing.lock_payments(tx, checkout.id)
    code_id = checkout.voucher_code_id
    voucher = None if code_id is None else await redemptions.lock_voucher(tx, code_id)
    await redemptions.lock_cards(tx, checkout.id)
    (cart,) = await carts.carts(tx, [checkout.id])
    priced = price(cart)
    wanted = summed([(line.variant_id, line.quantity) for line in cart.lines])
    offers = await checkout_lines.offers(tx, channel.id, list(wanted))
    beyond = await _beyond(tx, checkout, wanted, offers)
    snapshot = await snapshots.find(tx, checkout.id)
    as_it_is = fingerprint(cart, priced.gift_cards, snapshot.arrangement)
    is_open = await _delivery_is_open(tx, checkout, snapshot, cart, priced)
    standing = _standing(checkout, channel, is_open=is_open)
    taken, shortage = await _plan(tx, checkout, wanted, now)
    covered = paid.authorized + paid.charged
    refuse_all(
        [
            *refusals_to_complete(cart, standing),
            *refusals_to_sell(wanted, offers),
            *beyond,
            *shortage,
            *payment_refusals(
                priced.to_pay.gross,
                rounded(covered, priced.currency),
                priced.currency,
                allows_unpaid=channel.allow_unpaid_orders and not only_paid,
                is_another=is_another(snapshot.paid_for, as_it_is),
            ),
        ]
    )
    assert checkout.email is not None, "refused above"
    return _Ready(checkout, channel, checkout.email, cart, priced, paid, voucher, taken, now)


async def _beyond(
    tx: Connection, checkout: CheckoutRow, wanted: Mapping[int, int], offers: Mapping[int, Offer]
) -> list[Refusal]:
    """The refusal that names what the customer has bought too much of already. Locks the customer."""
    scarce = limited(wanted, offers)
    if not scarce or checkout.email is None:
        return []
    email = emails.normalize(checkout.email)
    await buying.hold(tx, checkout.user_id, email)
    return refusals_to_sell_again(wanted, offers, await buying.bought(tx, checkout.user_id, email, scarce))


async def _plan(
    tx: Connection, checkout: CheckoutRow, wanted: Mapping[int, int], now: datetime
) -> tuple[Sequence[Take], Sequence[Refusal]]:
    """What to take from which shelf, or the refusal that names what falls short."""
    shelves = await stocks.lock(tx, checkout.channel_id, list(wanted), now=now, checkout_id=checkout.id)
    try:
        return plan(wanted, shelves), []
    except InsufficientStock as short:
        return [], [short]


def _standing(checkout: CheckoutRow, channel: ChannelRow, *, is_open: bool) -> Standing:
    return Standing(
        channel_is_active=channel.is_active,
        has_email=bool(checkout.email),
        has_shipping_address=checkout.shipping_address_id is not None,
        has_billing_address=checkout.billing_address_id is not None,
        is_delivery_chosen=checkout.delivery_id is not None,
        is_collected=checkout.collection_point_id is not None,
        delivery_is_open=is_open,
    )


async def _delivery_is_open(
    tx: Connection, checkout: CheckoutRow, snapshot: SnapshotRow, cart: Cart, priced: PricedCart
) -> bool:
    """Whether what was chosen is still to be had for what is now in the cart."""
    if checkout.collection_point_id is not None:
        points = await warehouses.collection_points(tx, [checkout.id])
        return any(point.id == checkout.collection_point_id for point in points)
    if checkout.delivery_id is None or snapshot.postal_code is None:
        return True
    parcel = Parcel(
        value=priced.subtotal.gross,
        weight=await shipping.weight(tx, checkout.id),
        postal_code=snapshot.postal_code,
        products=frozenset(line.product_id for line in cart.lines),
    )
    methods = await shipping.candidates(tx, checkout.channel_id, checkout.country)
    return any(one.id == snapshot.shipping_method_id and takes(one, parcel) for one in methods)


async def _place(
    tx: Connection,
    ready: _Ready,
    viewer: Viewer,
    meta: Mapping[str, str],
    redirect_url: str | None,
    *,
    by_itself: bool = False,
) -> tuple[UUID, Letter]:
    """Write the order and all that goes with it, and let the checkout go; the id and the confirmation."""
    checkout, cart, priced, now = ready.checkout, ready.cart, ready.priced, ready.now
    order_id = uuid4()
    status = first_status(confirmed_automatically=ready.channel.automatically_confirm_orders)
    due = priced.to_pay.gross
    charged = charge_status(due, ready.paid.charged)
    number = await placing.insert(
        tx,
        order_id,
        checkout.id,
        status=status,
        priced=priced,
        is_shipping_required=cart.is_shipping_required,
        voucher=cart.voucher,
        paid=ready.paid,
        charge_status=charged,
        authorize_status=authorize_status(due, ready.paid.authorized, ready.paid.charged),
        meta=meta,
        now=now,
    )
    lines = await placing.insert_lines(
        tx,
        order_id,
        checkout.id,
        line_figures(cart, priced),
        currency=priced.currency,
        language=checkout.language_code,
    )
    wanted = [LineWanted(line.id, line.variant_id, line.quantity) for line in cart.lines]
    await stocks.allocate(tx, assign(wanted, ready.takes))
    await _spend(tx, ready, order_id)
    history = first_history(status, charged, by_itself=by_itself)
    await placing.insert_history(tx, order_id, viewer, history, now)
    await placing.move_payments(tx, checkout.id, order_id)
    await _save_addresses(tx, checkout)
    await placing.delete_checkout(tx, checkout.id)
    products = {line.variant_id: line.product_id for line in cart.lines}
    await outbox.record(
        tx,
        OrderCreated(order_id, str(checkout.id)),
        *([OrderPaid(order_id)] if charged in PAID else []),
        *(StockChanged(key, products[key]) for key in sorted({take.variant_id for take in ready.takes})),
        by=viewer,
    )
    named = [(line.product_name, line.variant_name, line.quantity, line.total_gross) for line in lines]
    return order_id, order_placed(number, named, priced, redirect_url)


async def _spend(tx: Connection, ready: _Ready, order_id: UUID) -> None:
    customer = emails.normalize(ready.email)
    if ready.voucher is not None and ready.cart.voucher is not None:
        await redemptions.redeem(tx, ready.voucher, order_id, customer, ready.now)
        await placing.insert_voucher(tx, order_id, ready.cart.voucher, ready.priced)
    await redemptions.take_from_cards(tx, ready.priced.gift_cards, order_id, customer, ready.now)


async def _save_addresses(tx: Connection, checkout: CheckoutRow) -> None:
    asked = (
        (checkout.save_shipping_address, checkout.shipping_address_id),
        (checkout.save_billing_address, checkout.billing_address_id),
    )
    kept = [address_id for save, address_id in asked if save and address_id is not None]
    if checkout.user_id is not None and kept:
        await address_books.save(tx, checkout.user_id, kept, MAX_ADDRESSES)


async def _tell(shop: Shop, message: Message) -> None:
    """Mail the confirmation. The order stands, whether the mail arrives or not."""
    try:
        await shop.mail.send(message)
    except MailUndelivered as failure:
        log.warning("mail_undelivered", subject=message.subject, reason=str(failure))
