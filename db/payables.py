"""What is paid for, a checkout or an order, as a payment sees it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain.payment_states import AuthorizeStatus, ChargeStatus
from domain.payments import Subject


class PayableRow(Row):
    """``user_id`` is null for a guest's. ``total`` is null for a checkout, whose price is computed.

    An order's is what it costs less what was granted back.
    """

    id: UUID
    channel_id: int
    user_id: int | None
    currency: str
    total: Decimal | None
    status: str | None
    charge_status: str | None
    is_active: bool
    channel_slug: str
    payment_gateways: list[str]
    flow: str


class PaidRow(Row):
    """What an order's payments add up to."""

    authorized: Decimal
    charged: Decimal
    refunded: Decimal


CHECKOUT = """
    select paid.id, paid.channel_id, paid.user_id, paid.currency, cast(null as numeric) as total,
           cast(null as text) as status, cast(null as text) as charge_status, channel.is_active,
           channel.slug as channel_slug, channel.payment_gateways,
           channel.default_transaction_flow as flow
      from checkouts as paid
      join channels as channel on channel.id = paid.channel_id
     where paid.id = :id
"""
ORDER = """
    select paid.id, paid.channel_id, paid.user_id, paid.currency,
           greatest(paid.total_gross - paid.granted_amount, 0) as total, paid.status, paid.charge_status,
           channel.is_active, channel.slug as channel_slug, channel.payment_gateways,
           channel.default_transaction_flow as flow
      from orders as paid
      join channels as channel on channel.id = paid.channel_id
     where paid.id = :id
"""
FIND = {Subject.CHECKOUT: Statement(CHECKOUT), Subject.ORDER: Statement(ORDER)}
LOCK = {
    Subject.CHECKOUT: Statement(f"{CHECKOUT} for update of paid"),
    Subject.ORDER: Statement(f"{ORDER} for update of paid"),
}
SPOKEN_FOR = Statement("""
    select coalesce(
               sum(authorized_amount + authorize_pending_amount + charged_amount + charge_pending_amount), 0
           )
      from transactions
     where checkout_id = :id or order_id = :id
""")
PAID = Statement("""
    select coalesce(sum(authorized_amount), 0) as authorized, coalesce(sum(charged_amount), 0) as charged,
           coalesce(sum(refunded_amount), 0) as refunded
      from transactions
     where order_id = :order_id
""")
STORE = Statement("""
    update orders
       set authorized_amount = :authorized,
           charged_amount = :charged,
           refunded_amount = :refunded,
           authorize_status = :authorize_status,
           charge_status = :charge_status,
           updated_at = :now
     where id = :order_id
""")


async def find(connection: Connection, subject: Subject, id: UUID) -> PayableRow | None:
    return await FIND[subject].row(connection, PayableRow, id=id)


async def lock(tx: Connection, subject: Subject, id: UUID) -> PayableRow | None:
    """As ``find``, held until the transaction ends. It is locked before any of its payments."""
    return await LOCK[subject].row(tx, PayableRow, id=id)


async def spoken_for(connection: Connection, id: UUID) -> Decimal:
    """What needs no further payment: promised, charged, or asked for and not yet answered."""
    amount: Decimal = await SPOKEN_FOR.value(connection, id=id)
    return amount


async def paid(connection: Connection, order_id: UUID) -> PaidRow:
    """What the payments of an order add up to."""
    row = await PAID.row(connection, PaidRow, order_id=order_id)
    assert row is not None, "sums without a group are one row"
    return row


async def store_paid(
    tx: Connection,
    order_id: UUID,
    sums: PaidRow,
    *,
    authorize_status: AuthorizeStatus,
    charge_status: ChargeStatus,
    now: datetime,
) -> None:
    """Keep on the order, which is locked, how far it is paid."""
    await STORE.run(
        tx,
        order_id=order_id,
        authorized=sums.authorized,
        charged=sums.charged,
        refunded=sums.refunded,
        authorize_status=authorize_status.value,
        charge_status=charge_status.value,
        now=now,
    )
