"""Turning a checkout that is locked into an order: whole statements, each for all lines at once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.carts import CartVoucher, PricedCart
from domain.completing import LineFigures
from domain.languages import LanguageCode, widening
from domain.order_events import HistoryEntry
from domain.orders import DiscountKind, OrderStatus
from domain.payment_states import AuthorizeStatus, ChargeStatus


class PaidRow(Row):
    """What was paid for a checkout, over all its payments; ``charged`` is less what went back."""

    authorized: Decimal
    charged: Decimal
    refunded: Decimal


class PlacedLineRow(Row):
    product_name: str
    variant_name: str
    quantity: int
    total_gross: Decimal


PAID = Statement("""
    with payment as (
        select authorized_amount, charged_amount, refunded_amount
          from transactions
         where checkout_id = :checkout_id
         order by id
           for update
    )
    select coalesce(sum(authorized_amount), 0) as authorized, coalesce(sum(charged_amount), 0) as charged,
           coalesce(sum(refunded_amount), 0) as refunded
      from payment
""")
INSERT = Statement("""
    insert into orders (
        id, checkout_id, channel_id, user_id, email, status, origin, currency, language_code,
        shipping_address_id, billing_address_id, shipping_method_id, shipping_method_name,
        collection_point_id, is_shipping_required, shipping_net, shipping_gross,
        undiscounted_shipping_net, undiscounted_shipping_gross, shipping_tax_rate, subtotal_net,
        subtotal_gross, undiscounted_total_net, undiscounted_total_gross, total_net, total_gross,
        gift_card_amount, charged_amount, authorized_amount, refunded_amount, charge_status,
        authorize_status, voucher_id, voucher_code, customer_note, created_at, updated_at, meta,
        private_meta
    )
    select cast(:id as uuid), checkout.id, checkout.channel_id, checkout.user_id, checkout.email, :status,
           'CHECKOUT', checkout.currency, checkout.language_code, checkout.shipping_address_id,
           checkout.billing_address_id, method.id, method.name, checkout.collection_point_id,
           :is_shipping_required, :shipping_net, :shipping_gross, :undiscounted_shipping_net,
           :undiscounted_shipping_gross, :shipping_tax_rate, :subtotal_net, :subtotal_gross,
           :undiscounted_total_net, :undiscounted_total_gross, :total_net, :total_gross, :gift_card_amount,
           :charged, :authorized, :refunded, :charge_status, :authorize_status, cast(:voucher_id as bigint),
           cast(:voucher_code as text), checkout.note, cast(:now as timestamptz), cast(:now as timestamptz),
           checkout.meta || cast(:meta as jsonb), checkout.private_meta
      from checkouts as checkout
      left join checkout_deliveries as delivery
        on delivery.id = checkout.delivery_id
       and checkout.collection_point_id is null
       and :is_shipping_required
      left join shipping_methods as method on method.id = delivery.shipping_method_id
     where checkout.id = :checkout_id
 returning number
""")
TRANSLATED = """
    coalesce((
        select said.name
          from translations as said
          join unnest(cast(:languages as text[])) with ordinality as candidate (language, distance)
            on candidate.language = said.language
         where said.kind = '{kind}' and said.object_id = {key} and said.name is not null
         order by candidate.distance
         limit 1
    ), '')
"""
INSERT_LINES = Statement(f"""
    insert into order_lines (
        id, order_id, position, variant_id, product_name, variant_name, translated_product_name,
        translated_variant_name, sku, is_shipping_required, quantity, currency, unit_net, unit_gross,
        undiscounted_unit_net, undiscounted_unit_gross, total_net, total_gross, undiscounted_total_net,
        undiscounted_total_gross, unit_discount_amount, unit_discount_reason, tax_rate, tax_class_name,
        meta, private_meta
    )
    select line.id, cast(:order_id as uuid), row_number() over (order by line.position, line.id), variant.id,
           product.name, variant.name, {TRANSLATED.format(kind="Product", key="product.id")},
           {TRANSLATED.format(kind="ProductVariant", key="variant.id")}, variant.sku,
           figures.is_shipping_required, line.quantity, :currency, figures.unit_net, figures.unit_gross,
           figures.undiscounted_unit_net, figures.undiscounted_unit_gross, figures.total_net,
           figures.total_gross, figures.undiscounted_total_net, figures.undiscounted_total_gross,
           figures.unit_discount_amount,
           coalesce(figures.unit_discount_reason, line.price_override_reason), figures.tax_rate,
           figures.tax_class_name, line.meta, line.private_meta
      from jsonb_to_recordset(cast(:figures as jsonb)) as figures (
               id uuid, is_shipping_required boolean, unit_net numeric, unit_gross numeric,
               undiscounted_unit_net numeric, undiscounted_unit_gross numeric, total_net numeric,
               total_gross numeric, undiscounted_total_net numeric, undiscounted_total_gross numeric,
               unit_discount_amount numeric, unit_discount_reason text, tax_rate numeric, tax_class_name text
           )
      join checkout_lines as line on line.id = figures.id and line.checkout_id = :checkout_id
      join product_variants as variant on variant.id = line.variant_id
      join products as product on product.id = variant.product_id
     order by line.position, line.id
 returning product_name, variant_name, quantity, total_gross
""")
INSERT_DISCOUNT = Statement("""
    insert into order_discounts (order_id, kind, name, reason, value_kind, value, amount, currency)
    values (:order_id, :kind, :name, :reason, :value_kind, :value, :amount, :currency)
""")
INSERT_HISTORY = Statement("""
    insert into order_events (order_id, kind, user_id, app_id, facts, created_at)
    select cast(:order_id as uuid), entry.kind, cast(:user_id as bigint), cast(:app_id as bigint),
           cast(entry.facts as jsonb), :now
      from unnest(cast(:kinds as text[]), cast(:facts as text[]))
           with ordinality as entry (kind, facts, place)
     order by entry.place
""")
MOVE_PAYMENTS = Statement("""
    update transactions set order_id = :order_id, checkout_id = null where checkout_id = :checkout_id
""")
DELETE_CHECKOUT = Statement("delete from checkouts where id = :checkout_id")


async def lock_payments(tx: Connection, checkout_id: UUID) -> PaidRow:
    """What was paid for the checkout; its payments are held until the transaction ends."""
    row = await PAID.row(tx, PaidRow, checkout_id=checkout_id)
    assert row is not None, "a sum without a group has one row"
    return row


async def insert(
    tx: Connection,
    id: UUID,
    checkout_id: UUID,
    *,
    status: OrderStatus,
    priced: PricedCart,
    is_shipping_required: bool,
    voucher: CartVoucher | None,
    paid: PaidRow,
    charge_status: ChargeStatus,
    authorize_status: AuthorizeStatus,
    meta: Mapping[str, str],
    now: datetime,
) -> str:
    """Make the order from what the checkout holds and what ``priced`` says; the order's number.

    The order takes over the checkout's addresses, which are nobody else's. ``meta`` is added to its metadata.
    """
    number: str = await INSERT.value(
        tx,
        id=id,
        checkout_id=checkout_id,
        status=status,
        is_shipping_required=is_shipping_required,
        shipping_net=priced.shipping.net,
        shipping_gross=priced.shipping.gross,
        undiscounted_shipping_net=priced.undiscounted_shipping.net,
        undiscounted_shipping_gross=priced.undiscounted_shipping.gross,
        shipping_tax_rate=priced.shipping_tax_rate,
        subtotal_net=priced.subtotal.net,
        subtotal_gross=priced.subtotal.gross,
        undiscounted_total_net=priced.undiscounted_total.net,
        undiscounted_total_gross=priced.undiscounted_total.gross,
        total_net=priced.to_pay.net,
        total_gross=priced.to_pay.gross,
        gift_card_amount=priced.total.gross - priced.to_pay.gross,
        charged=paid.charged,
        authorized=paid.authorized,
        refunded=paid.refunded,
        charge_status=charge_status,
        authorize_status=authorize_status,
        voucher_id=voucher and voucher.voucher_id,
        voucher_code=voucher and voucher.code,
        meta=_json(meta),
        now=now,
    )
    return number


async def insert_lines(
    tx: Connection,
    order_id: UUID,
    checkout_id: UUID,
    figures: Sequence[LineFigures],
    *,
    currency: str,
    language: str,
) -> list[PlacedLineRow]:
    """A line for each of the checkout's, under its id and in its place, named as things are called now."""
    return await INSERT_LINES.rows(
        tx,
        PlacedLineRow,
        order_id=order_id,
        checkout_id=checkout_id,
        figures=orjson.dumps([asdict(one) for one in figures], default=str).decode(),
        currency=currency,
        languages=widening(LanguageCode(language)),
    )


async def insert_voucher(tx: Connection, order_id: UUID, voucher: CartVoucher, priced: PricedCart) -> None:
    """Tell what the voucher took off the order."""
    await INSERT_DISCOUNT.run(
        tx,
        order_id=order_id,
        kind=DiscountKind.VOUCHER,
        name=voucher.name or voucher.code,
        reason=f"Voucher code: {voucher.code}",
        value_kind=voucher.value_kind,
        value=voucher.value,
        amount=priced.discount.amount,
        currency=priced.currency,
    )


async def insert_history(
    tx: Connection, order_id: UUID, by: Viewer, entries: Sequence[HistoryEntry], now: datetime
) -> None:
    """Write these into the order's history, in this order; ``by`` is who did it."""
    await INSERT_HISTORY.run(
        tx,
        order_id=order_id,
        user_id=by.user_id,
        app_id=by.app_id,
        kinds=[entry.kind for entry in entries],
        facts=[_json(entry.facts) for entry in entries],
        now=now,
    )


async def move_payments(tx: Connection, checkout_id: UUID, order_id: UUID) -> None:
    """The checkout's payments are the order's from now on."""
    await MOVE_PAYMENTS.run(tx, checkout_id=checkout_id, order_id=order_id)


async def delete_checkout(tx: Connection, checkout_id: UUID) -> None:
    """The checkout with its lines, its offers, and the units that were held for it."""
    await DELETE_CHECKOUT.run(tx, checkout_id=checkout_id)


def _json(facts: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(facts)).decode()
