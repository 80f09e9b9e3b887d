"""Orders as they were placed: every figure is a snapshot in the order's currency."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.shipping import ShippingMethodRow
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.orders import OrderStatus, may_see


class OrderRow(Row):
    """``total_*`` is what remains to be paid after ``gift_card_amount``; ``number`` is unique in the shop."""

    id: UUID
    number: str
    checkout_id: UUID | None
    channel_id: int
    user_id: int | None
    email: str
    status: str
    origin: str
    currency: str
    language_code: str
    shipping_address_id: int | None
    billing_address_id: int | None
    shipping_method_id: int | None
    shipping_method_name: str | None
    collection_point_id: int | None
    is_shipping_required: bool
    shipping_net: Decimal
    shipping_gross: Decimal
    undiscounted_shipping_net: Decimal
    undiscounted_shipping_gross: Decimal
    shipping_tax_rate: Decimal | None
    subtotal_net: Decimal
    subtotal_gross: Decimal
    undiscounted_total_net: Decimal
    undiscounted_total_gross: Decimal
    total_net: Decimal
    total_gross: Decimal
    gift_card_amount: Decimal
    charged_amount: Decimal
    authorized_amount: Decimal
    refunded_amount: Decimal
    granted_amount: Decimal
    voucher_id: int | None
    voucher_code: str | None
    customer_note: str
    external_reference: str | None
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class CountRow(Row):
    user_id: int
    orders: int


COLUMNS = """
    id, number, checkout_id, channel_id, user_id, email, status, origin, currency, language_code,
    shipping_address_id, billing_address_id, shipping_method_id, shipping_method_name, collection_point_id,
    is_shipping_required, shipping_net, shipping_gross, undiscounted_shipping_net,
    undiscounted_shipping_gross, shipping_tax_rate, subtotal_net, subtotal_gross, undiscounted_total_net,
    undiscounted_total_gross, total_net, total_gross, gift_card_amount, charged_amount, authorized_amount,
    refunded_amount, granted_amount, voucher_id, voucher_code, customer_note, external_reference, created_at,
    updated_at, meta, private_meta
"""
BY_IDS = Statement(f"select {COLUMNS} from orders where id = any(:ids)")
LOCK = Statement(f"select {COLUMNS} from orders where id = :id for update")
STAND = Statement("update orders set status = :status, updated_at = :now where id = :id")
BY_CHECKOUT_ID = Statement(f"select {COLUMNS} from orders where checkout_id = :checkout_id")
NEWEST_OF = Statement(f"""
    select placed.*
      from unnest(cast(:user_ids as bigint[])) as customer (id)
     cross join lateral (
         select {COLUMNS}
           from orders
          where user_id = customer.id and status <> 'DRAFT'
            and (created_at, id) < (
                coalesce(cast(:after_at as timestamptz), 'infinity'),
                coalesce(cast(:after_id as uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            )
          order by created_at desc, id desc
          limit :size
     ) as placed
     order by placed.created_at desc, placed.id desc
""")
OLDEST_OF = Statement(f"""
    select placed.*
      from unnest(cast(:user_ids as bigint[])) as customer (id)
     cross join lateral (
         select {COLUMNS}
           from orders
          where user_id = customer.id and status <> 'DRAFT'
            and (created_at, id) > (
                coalesce(cast(:before_at as timestamptz), '-infinity'),
                coalesce(cast(:before_id as uuid), '00000000-0000-0000-0000-000000000000')
            )
          order by created_at, id
          limit :size
     ) as placed
     order by placed.created_at, placed.id
""")
# The key is read by name: the rest is a shipping method as any other.
METHODS = Statement("""
    select placed.id as order_id, method.id, placed.channel_id, cast(null as uuid) as delivery_id,
           coalesce(placed.shipping_method_name, method.name) as name, method.description, method.kind,
           method.minimum_delivery_days, method.maximum_delivery_days,
           cast(null as numeric) as minimum_order_amount, cast(null as numeric) as maximum_order_amount,
           method.is_active,
           case when channel.prices_entered_with_tax then placed.undiscounted_shipping_gross
                else placed.undiscounted_shipping_net
           end as price_amount,
           placed.currency, method.meta, method.private_meta
      from orders as placed
      join shipping_methods as method on method.id = placed.shipping_method_id
      join channels as channel on channel.id = placed.channel_id
     where placed.id = any(:ids)
""")
COUNTS = Statement("""
    select user_id, count(*) as orders
      from orders
     where user_id = any(:user_ids) and status <> 'DRAFT'
     group by user_id
""")


async def by_ids(connection: Connection, ids: Sequence[UUID]) -> list[OrderRow]:
    """For whoever has been allowed to see them already."""
    return await BY_IDS.rows(connection, OrderRow, ids=ids)


async def lock(tx: Connection, id: UUID) -> OrderRow | None:
    """Held until the transaction ends: locked before anything that belongs to it."""
    return await LOCK.row(tx, OrderRow, id=id)


async def stand(tx: Connection, id: UUID, status: OrderStatus, now: datetime) -> None:
    """Where the order, which is locked, stands from now on."""
    await STAND.run(tx, id=id, status=status, now=now)


async def seen_by_ids(connection: Connection, ids: Sequence[UUID], viewer: Viewer) -> list[OrderRow]:
    """Those of these orders that the viewer may see."""
    found = await by_ids(connection, ids)
    return [order for order in found if may_see(viewer, order.user_id, order.status)]


async def by_checkout_id(connection: Connection, checkout_id: UUID) -> OrderRow | None:
    """The order that this checkout became."""
    return await BY_CHECKOUT_ID.row(connection, OrderRow, checkout_id=checkout_id)


async def methods_by_ids(connection: Connection, ids: Sequence[UUID]) -> list[ShippingMethodRow]:
    """How these orders are sent, at the price they were placed at; ``row["order_id"]`` says of which."""
    return await METHODS.rows(connection, ShippingMethodRow, ids=ids)


async def newest_by_user_ids(
    connection: Connection,
    user_ids: Sequence[int],
    *,
    size: int,
    after_at: datetime | None = None,
    after_id: UUID | None = None,
) -> list[OrderRow]:
    """Up to ``size`` orders of each customer after (at, id), the newest first; drafts are left out."""
    return await NEWEST_OF.rows(
        connection, OrderRow, user_ids=user_ids, size=size, after_at=after_at, after_id=after_id
    )


async def oldest_by_user_ids(
    connection: Connection,
    user_ids: Sequence[int],
    *,
    size: int,
    before_at: datetime | None = None,
    before_id: UUID | None = None,
) -> list[OrderRow]:
    """As ``newest_by_user_ids``, travelling the other way: the oldest first."""
    return await OLDEST_OF.rows(
        connection, OrderRow, user_ids=user_ids, size=size, before_at=before_at, before_id=before_id
    )


async def counts_by_user_ids(connection: Connection, user_ids: Sequence[int]) -> list[CountRow]:
    """How many orders a customer has, drafts left out; no row for none."""
    return await COUNTS.rows(connection, CountRow, user_ids=user_ids)
