"""What an order consists of: its lines, discounts, history, shipments and gift cards."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement


class OrderLineRow(Row):
    """``channel_id`` is the order's; ``variant_id`` is null when the variant is gone."""

    id: UUID
    order_id: UUID
    channel_id: int
    position: int
    variant_id: int | None
    product_name: str
    variant_name: str
    translated_product_name: str
    translated_variant_name: str
    sku: str | None
    is_shipping_required: bool
    quantity: int
    quantity_fulfilled: int
    currency: str
    unit_net: Decimal
    unit_gross: Decimal
    undiscounted_unit_net: Decimal
    undiscounted_unit_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    undiscounted_total_net: Decimal
    undiscounted_total_gross: Decimal
    unit_discount_amount: Decimal
    unit_discount_reason: str | None
    tax_rate: Decimal | None
    tax_class_name: str | None
    meta: str
    private_meta: str


class PictureRow(Row):
    variant_id: int
    file_key: str
    alt: str


class OrderDiscountRow(Row):
    """``value`` is an amount or a percentage by ``value_kind``; ``amount`` is what came off the order."""

    id: int
    order_id: UUID
    kind: str
    name: str
    reason: str | None
    value_kind: str
    value: Decimal
    amount: Decimal
    currency: str


class OrderEventRow(Row):
    """``facts`` is JSON."""

    id: int
    order_id: UUID
    kind: str
    user_id: int | None
    app_id: int | None
    facts: str
    created_at: datetime


class FulfillmentRow(Row):
    """``number`` counts within the order, from 1."""

    id: UUID
    order_id: UUID
    number: int
    status: str
    tracking_number: str
    created_at: datetime
    meta: str
    private_meta: str


class FulfillmentLineRow(Row):
    id: int
    fulfillment_id: UUID
    order_line_id: UUID
    quantity: int


class CardUseRow(Row):
    order_id: UUID
    gift_card_id: int


COLUMNS = """
    line.id, line.order_id, placed.channel_id, line.position, line.variant_id, line.product_name,
    line.variant_name, line.translated_product_name, line.translated_variant_name, line.sku,
    line.is_shipping_required, line.quantity, line.quantity_fulfilled, line.currency, line.unit_net,
    line.unit_gross, line.undiscounted_unit_net, line.undiscounted_unit_gross, line.total_net,
    line.total_gross, line.undiscounted_total_net, line.undiscounted_total_gross,
    line.unit_discount_amount, line.unit_discount_reason, line.tax_rate, line.tax_class_name, line.meta,
    line.private_meta
"""
BY_IDS = Statement(f"""
    select {COLUMNS}
      from order_lines as line
      join orders as placed on placed.id = line.order_id
     where line.id = any(:ids)
""")
BY_ORDER_IDS = Statement(f"""
    select {COLUMNS}
      from order_lines as line
      join orders as placed on placed.id = line.order_id
     where line.order_id = any(:order_ids)
     order by line.order_id, line.position, line.id
""")
PICTURES = Statement("""
    select variant.id as variant_id, picture.file_key, picture.alt
      from product_variants as variant
     cross join lateral (
         select media.file_key, media.alt
           from product_media as media
           left join variant_media as own on own.media_id = media.id and own.variant_id = variant.id
          where media.product_id = variant.product_id and media.kind = 'IMAGE' and media.file_key is not null
          order by own.media_id is null, media.position, media.id
          limit 1
     ) as picture
     where variant.id = any(:variant_ids)
""")
DISCOUNTS = Statement("""
    select id, order_id, kind, name, reason, value_kind, value, amount, currency
      from order_discounts
     where order_id = any(:order_ids)
     order by order_id, id
""")
EVENTS = Statement("""
    select id, order_id, kind, user_id, app_id, facts, created_at
      from order_events
     where order_id = any(:order_ids)
     order by order_id, id
""")
FULFILLMENTS = Statement("""
    select id, order_id, number, status, tracking_number, created_at, meta, private_meta
      from fulfillments
     where order_id = any(:order_ids)
     order by order_id, number, id
""")
FULFILLMENTS_BY_IDS = Statement("""
    select id, order_id, number, status, tracking_number, created_at, meta, private_meta
      from fulfillments
     where id = any(:ids)
""")
FULFILLMENT_LINES = Statement("""
    select id, fulfillment_id, order_line_id, quantity
      from fulfillment_lines
     where fulfillment_id = any(:fulfillment_ids)
     order by fulfillment_id, id
""")
CARD_USES = Statement("""
    select order_id, gift_card_id
      from gift_card_uses
     where order_id = any(:order_ids)
     order by order_id, gift_card_id
""")


async def by_ids(connection: Connection, ids: Sequence[UUID]) -> list[OrderLineRow]:
    return await BY_IDS.rows(connection, OrderLineRow, ids=ids)


async def by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[OrderLineRow]:
    """As they stood in the cart."""
    return await BY_ORDER_IDS.rows(connection, OrderLineRow, order_ids=order_ids)


async def pictures_by_variant_ids(connection: Connection, variant_ids: Sequence[int]) -> list[PictureRow]:
    """The first picture of each variant, else of its product; no row where there is none."""
    return await PICTURES.rows(connection, PictureRow, variant_ids=variant_ids)


async def discounts_by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[OrderDiscountRow]:
    return await DISCOUNTS.rows(connection, OrderDiscountRow, order_ids=order_ids)


async def events_by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[OrderEventRow]:
    """Oldest first."""
    return await EVENTS.rows(connection, OrderEventRow, order_ids=order_ids)


async def fulfillments_by_order_ids(
    connection: Connection, order_ids: Sequence[UUID]
) -> list[FulfillmentRow]:
    """By number."""
    return await FULFILLMENTS.rows(connection, FulfillmentRow, order_ids=order_ids)


async def fulfillments_by_ids(connection: Connection, ids: Sequence[UUID]) -> list[FulfillmentRow]:
    return await FULFILLMENTS_BY_IDS.rows(connection, FulfillmentRow, ids=ids)


async def lines_by_fulfillment_ids(
    connection: Connection, fulfillment_ids: Sequence[UUID]
) -> list[FulfillmentLineRow]:
    return await FULFILLMENT_LINES.rows(connection, FulfillmentLineRow, fulfillment_ids=fulfillment_ids)


async def card_uses_by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[CardUseRow]:
    """Which gift cards an order was paid with."""
    return await CARD_USES.rows(connection, CardUseRow, order_ids=order_ids)
