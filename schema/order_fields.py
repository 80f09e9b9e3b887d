"""What an order says of itself beyond its own columns."""

from asyncio import gather
from collections.abc import Sequence
from decimal import Decimal

from db.gift_cards import GiftCardRow
from db.order_lines import OrderEventRow
from db.orders import OrderRow
from db.papers import InvoiceRow
from db.refunds import GrantedRow
from db.shipping import ShippingMethodRow
from db.transactions import TransactionRow
from db.warehouses import WarehouseRow
from domain import money
from domain.access import Permission
from domain.orders import payment_status
from domain.payment_states import authorize_status, charge_status
from domain.refunds import remaining_grant
from loaders.channels import ChannelLoaders
from loaders.discounts import DiscountLoaders
from loaders.orders import OrderLoaders
from loaders.refunds import RefundLoaders
from loaders.shipping import ShippingLoaders
from loaders.transactions import TransactionLoaders
from schema.context import Context
from schema.fulfillments import display
from schema.money import make_money
from schema.order_enums import OrderAuthorizeStatusEnum, OrderChargeStatusEnum


def charged_so_far(total: Decimal, charged: Decimal, granted: Decimal) -> OrderChargeStatusEnum:
    return OrderChargeStatusEnum(charge_status(total, charged, granted).value)


def promised_so_far(
    total: Decimal, authorized: Decimal, charged: Decimal, granted: Decimal
) -> OrderAuthorizeStatusEnum:
    return OrderAuthorizeStatusEnum(authorize_status(total, authorized, charged, granted).value)


def is_paid(total: Decimal, charged: Decimal, granted: Decimal) -> bool:
    return charged >= total - granted


def balance(total: Decimal, charged: Decimal, granted: Decimal, currency: str) -> money.Money:
    return make_money(charged - max(total - granted, money.ZERO), currency)


def payment_display(total: Decimal, charged: Decimal, refunded: Decimal) -> str:
    return display(payment_status(total, charged, refunded))


async def events(rows: Sequence[OrderRow], context: Context) -> list[list[OrderEventRow]]:
    """Raises ``Denied`` unless the viewer looks after orders."""
    context.viewer.require(Permission.MANAGE_ORDERS)
    return await context.loading.load_many(OrderLoaders.events, [row.id for row in rows])


async def invoices(rows: Sequence[OrderRow], context: Context) -> list[list[InvoiceRow]]:
    """Raises ``Denied`` unless the viewer looks after orders, or they are all the viewer's own."""
    if any(row.user_id is None or row.user_id != context.viewer.user_id for row in rows):
        context.viewer.require(Permission.MANAGE_ORDERS)
    return await context.loading.load_many(OrderLoaders.invoices, [row.id for row in rows])


async def discount_sums(rows: Sequence[OrderRow], context: Context) -> list[money.Money | None]:
    """Null for an order from which nothing came off."""
    found = await context.loading.load_many(OrderLoaders.discounts, [row.id for row in rows])
    return [
        make_money(sum((one.amount for one in discounts), Decimal(0)), row.currency) if discounts else None
        for row, discounts in zip(rows, found, strict=True)
    ]


async def delivery_methods(
    rows: Sequence[OrderRow], context: Context
) -> list[ShippingMethodRow | WarehouseRow | None]:
    """Where goods are fetched, else how they are sent; null for neither, and where it is no more."""
    points = [row.collection_point_id for row in rows if row.collection_point_id is not None]
    sent = [row.id for row in rows if row.shipping_method_id is not None]
    load = context.loading.load_many
    methods, warehouses = await gather(
        load(OrderLoaders.shipping_method, sent), load(ShippingLoaders.warehouse, points)
    )
    by_point, by_order = dict(zip(points, warehouses, strict=True)), dict(zip(sent, methods, strict=True))
    return [
        by_order.get(row.id) if row.collection_point_id is None else by_point[row.collection_point_id]
        for row in rows
    ]


async def cards(rows: Sequence[OrderRow], context: Context) -> list[list[GiftCardRow]]:
    uses = await context.loading.load_many(OrderLoaders.card_uses, [row.id for row in rows])
    card_ids = sorted({use.gift_card_id for of_order in uses for use in of_order})
    found = await context.loading.load_many(DiscountLoaders.gift_card, card_ids)
    by_id = {card.id: card for card in found if card is not None}
    return [[by_id[use.gift_card_id] for use in of_order] for of_order in uses]


async def payments(rows: Sequence[OrderRow], context: Context) -> list[list[TransactionRow]]:
    """Raises ``Denied`` unless the viewer looks after orders or payments."""
    context.viewer.require(Permission.MANAGE_ORDERS, Permission.HANDLE_PAYMENTS)
    return await context.loading.load_many(TransactionLoaders.of_order, [row.id for row in rows])


async def granted_refunds(rows: Sequence[OrderRow], context: Context) -> list[list[GrantedRow]]:
    """Raises ``Denied`` unless the viewer looks after orders."""
    context.viewer.require(Permission.MANAGE_ORDERS)
    return await context.loading.load_many(RefundLoaders.of_order, [row.id for row in rows])


async def pending_refunds(rows: Sequence[OrderRow], context: Context) -> list[money.Money]:
    """Raises ``Denied`` unless the viewer looks after orders."""
    context.viewer.require(Permission.MANAGE_ORDERS)
    found = await context.loading.load_many(RefundLoaders.sums_of_order, [row.id for row in rows])
    return [
        make_money(one.refund_pending if one else money.ZERO, row.currency)
        for row, one in zip(rows, found, strict=True)
    ]


async def remaining_grants(rows: Sequence[OrderRow], context: Context) -> list[money.Money]:
    """Raises ``Denied`` unless the viewer looks after orders."""
    context.viewer.require(Permission.MANAGE_ORDERS)
    found = await context.loading.load_many(RefundLoaders.sums_of_order, [row.id for row in rows])
    remain = [
        remaining_grant(row.granted_amount, row.total_gross, one.refunded + one.refund_pending, one.taken)
        if one
        else row.granted_amount
        for row, one in zip(rows, found, strict=True)
    ]
    return [make_money(amount, row.currency) for row, amount in zip(rows, remain, strict=True)]


async def shows_gross(rows: Sequence[OrderRow], context: Context) -> list[bool]:
    channels = await context.loading.load_many(ChannelLoaders.by_id, [row.channel_id for row in rows])
    return [channel is None or channel.prices_entered_with_tax for channel in channels]
