"""Carts with everything that their price depends on, many at once in three statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain import vouchers
from domain.carts import Cart, CartGiftCard, CartLine, ValueKind, VoucherKind
from domain.pricing import subtotal_as_entered
from domain.vouchers import Occasion, Terms


class _HeadRow(Row):
    """``now`` is the transaction's time. Columns of the voucher are null without one."""

    id: UUID
    currency: str
    country: str
    now: datetime
    with_tax: bool
    is_staff: bool
    shipping_price: Decimal | None
    shipping_tax_rate: Decimal
    voucher_id: int | None
    code: str
    code_used: int
    code_is_active: bool
    voucher_name: str
    kind: str
    value_kind: str
    value: Decimal | None
    minimum_spent: Decimal | None
    minimum_quantity: int
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    used: int
    single_use: bool
    once_per_customer: bool
    used_by_customer: bool
    once_per_order: bool
    only_for_staff: bool
    countries: list[str]


class _LineRow(Row):
    id: UUID
    checkout_id: UUID
    variant_id: int
    product_id: int
    quantity: int
    full_price: Decimal
    price: Decimal
    tax_rate: Decimal
    tax_class_name: str | None
    is_shipping_required: bool
    in_voucher: bool


class _GiftCardRow(Row):
    checkout_id: UUID
    id: int
    balance: Decimal
    is_usable: bool


# A class that the country does not know has the country's rate for goods without a class.
RATE = """
    case when channel.charge_taxes then coalesce((
        select known.rate from tax_rates as known
         where known.country = checkout.country
           and (known.tax_class_id = {tax_class} or known.tax_class_id is null)
         order by known.tax_class_id nulls last
         limit 1
    ), 0) else 0 end
"""
HEADS = Statement(f"""
    select checkout.id, checkout.currency, checkout.country, now() as now,
           channel.prices_entered_with_tax as with_tax,
           coalesce(person.is_staff, false) as is_staff,
           case when checkout.collection_point_id is null then chosen.price_amount else 0 end
               as shipping_price,
           {RATE.format(tax_class="method.tax_class_id")} as shipping_tax_rate,
           voucher.id as voucher_id, code.code, code.used as code_used, code.is_active as code_is_active,
           voucher.name as voucher_name, voucher.kind, voucher.value_kind, listing.discount_value as value,
           listing.minimum_spent_amount as minimum_spent, voucher.minimum_quantity, voucher.starts_at,
           voucher.ends_at, voucher.usage_limit, voucher.used, voucher.single_use, voucher.once_per_customer,
           exists (
               select from voucher_redemptions as earlier
                where earlier.voucher_id = voucher.id and earlier.customer = checkout.email
           ) as used_by_customer,
           voucher.once_per_order, voucher.only_for_staff, voucher.countries
      from checkouts as checkout
      join channels as channel on channel.id = checkout.channel_id
      left join users as person on person.id = checkout.user_id
      left join checkout_deliveries as chosen on chosen.id = checkout.delivery_id
      left join shipping_methods as method on method.id = chosen.shipping_method_id
      left join voucher_codes as code on code.id = checkout.voucher_code_id
      left join vouchers as voucher on voucher.id = code.voucher_id
      left join voucher_listings as listing
        on listing.voucher_id = voucher.id and listing.channel_id = checkout.channel_id
     where checkout.id = any(:ids)
""")
LINES = Statement(f"""
    select line.id, line.checkout_id, line.variant_id, variant.product_id, line.quantity,
           coalesce(line.price_override, listing.price_amount, 0) as full_price,
           coalesce(line.price_override, listing.discounted_amount, 0) as price,
           {RATE.format(tax_class="class.id")} as tax_rate, class.name as tax_class_name,
           kind.is_shipping_required,
           exists (
               select from voucher_targets as target
                where target.voucher_id = code.voucher_id
                  and case target.kind
                          when 'PRODUCT' then target.target_id = product.id
                          when 'VARIANT' then target.target_id = variant.id
                          when 'CATEGORY' then target.target_id = any(category.path)
                          when 'COLLECTION' then exists (
                              select from collection_products as member
                               where member.product_id = product.id
                                 and member.collection_id = target.target_id
                          )
                      end
           ) as in_voucher
      from checkout_lines as line
      join checkouts as checkout on checkout.id = line.checkout_id
      join channels as channel on channel.id = checkout.channel_id
      join product_variants as variant on variant.id = line.variant_id
      join products as product on product.id = variant.product_id
      join product_types as kind on kind.id = product.product_type_id
      left join categories as category on category.id = product.category_id
      left join tax_classes as class on class.id = coalesce(product.tax_class_id, kind.tax_class_id)
      left join variant_listings as listing
        on listing.variant_id = variant.id and listing.channel_id = checkout.channel_id
      left join voucher_codes as code on code.id = checkout.voucher_code_id
     where line.checkout_id = any(:ids)
     order by line.checkout_id, line.position, line.id
""")
GIFT_CARDS = Statement("""
    select added.checkout_id, card.id, card.balance_amount as balance,
           card.is_active and card.currency = checkout.currency
               and (card.expires_on is null or card.expires_on >= current_date) as is_usable
      from checkout_gift_cards as added
      join checkouts as checkout on checkout.id = added.checkout_id
      join gift_cards as card on card.id = added.gift_card_id
     where added.checkout_id = any(:ids)
     order by added.checkout_id, added.position, card.id
""")


async def carts(connection: Connection, checkout_ids: Sequence[UUID]) -> list[Cart]:
    """The carts of these checkouts, in no order; one that does not exist is missing.

    A variant that the channel does not list costs nothing: it cannot be bought. Shipping has no price while
    nothing in the cart is shipped.
    """
    heads = await HEADS.rows(connection, _HeadRow, ids=checkout_ids)
    lines: dict[UUID, list[CartLine]] = defaultdict(list)
    for line in await LINES.rows(connection, _LineRow, ids=checkout_ids):
        lines[line.checkout_id].append(_line(line))
    gift_cards: dict[UUID, list[CartGiftCard]] = defaultdict(list)
    for card in await GIFT_CARDS.rows(connection, _GiftCardRow, ids=checkout_ids):
        gift_cards[card.checkout_id].append(CartGiftCard(card.id, card.balance, is_usable=card.is_usable))
    return [_cart(head, lines[head.id], gift_cards[head.id]) for head in heads]


def _cart(head: _HeadRow, lines: Sequence[CartLine], gift_cards: Sequence[CartGiftCard]) -> Cart:
    terms = None if head.voucher_id is None else _terms(head, head.voucher_id)
    problem = None if terms is None else vouchers.why_not(terms, _occasion(head, lines))
    return Cart(
        id=head.id,
        currency=head.currency,
        with_tax=head.with_tax,
        lines=lines,
        shipping_price=head.shipping_price if any(line.is_shipping_required for line in lines) else None,
        shipping_tax_rate=head.shipping_tax_rate,
        voucher=None if terms is None or problem else vouchers.granted(terms),
        gift_cards=gift_cards,
        voucher_problem=problem,
    )


def _occasion(head: _HeadRow, lines: Sequence[CartLine]) -> Occasion:
    subtotal = subtotal_as_entered(lines, head.currency)
    return Occasion(head.now, head.country, head.is_staff, lines, subtotal)


def _terms(head: _HeadRow, voucher_id: int) -> Terms:
    return Terms(
        voucher_id=voucher_id,
        code=head.code,
        name=head.voucher_name,
        kind=VoucherKind(head.kind),
        value_kind=ValueKind(head.value_kind),
        value=head.value,
        minimum_spent=head.minimum_spent,
        minimum_quantity=head.minimum_quantity,
        starts_at=head.starts_at,
        ends_at=head.ends_at,
        usage_limit=head.usage_limit,
        used=head.used,
        single_use=head.single_use,
        code_used=head.code_used,
        code_is_active=head.code_is_active,
        once_per_customer=head.once_per_customer,
        used_by_customer=head.used_by_customer,
        once_per_order=head.once_per_order,
        only_for_staff=head.only_for_staff,
        countries=head.countries,
    )


def _line(row: _LineRow) -> CartLine:
    return CartLine(
        id=row.id,
        variant_id=row.variant_id,
        product_id=row.product_id,
        quantity=row.quantity,
        full_price=row.full_price,
        price=row.price,
        tax_rate=row.tax_rate,
        tax_class_name=row.tax_class_name,
        is_shipping_required=row.is_shipping_required,
        in_voucher=row.in_voucher,
    )
