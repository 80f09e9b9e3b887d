"""Money granted back for orders, and what came of it. The order is locked by whoever changes any."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from domain.refunds import Grant, RefundLine


class GrantedRow(Row):
    """``told`` are the kinds of events that were told of what its gateway was asked last."""

    id: int
    order_id: UUID
    transaction_id: UUID
    asked_under: str | None
    attempts: int
    amount: Decimal
    includes_shipping: bool
    reason: str
    user_id: int | None
    created_at: datetime
    currency: str
    told: list[str]


class _LineRow(Row):
    id: UUID
    quantity: int
    total_gross: Decimal
    granted: int


COLUMNS = """
    granted.id, granted.order_id, granted.transaction_id, granted.asked_under, granted.attempts,
    granted.amount, granted.includes_shipping, granted.reason, granted.user_id, granted.created_at,
    placed.currency,
    array(
        select distinct told.kind
          from transaction_events as asked
          join transaction_events as told
            on told.transaction_id = asked.transaction_id and told.reference = asked.reference
         where asked.transaction_id = granted.transaction_id and asked.asked_under = granted.asked_under
    ) as told
"""
ORDER = "join orders as placed on placed.id = granted.order_id"
BY_IDS = Statement(f"select {COLUMNS} from granted_refunds as granted {ORDER} where granted.id = any(:ids)")
BY_ORDER_IDS = Statement(f"""
    select {COLUMNS}
      from granted_refunds as granted {ORDER}
     where granted.order_id = any(:order_ids)
     order by granted.id
""")
LINES = Statement("""
    select line.id, line.quantity, line.total_gross, coalesce(sum(granted.quantity), 0)::int as granted
      from order_lines as line
      left join granted_refund_lines as granted on granted.order_line_id = line.id
     where line.order_id = :order_id
     group by line.id
     order by line.position, line.id
""")
INSERT = Statement("""
    insert into granted_refunds (
        order_id, transaction_id, amount, includes_shipping, reason, user_id, created_at
    ) values (:order_id, :transaction_id, :amount, :includes_shipping, :reason, :user_id, :now)
    returning id
""")
INSERT_LINES = Statement("""
    insert into granted_refund_lines (granted_refund_id, order_line_id, quantity)
    select :id, given.line_id, given.quantity
      from unnest(cast(:line_ids as uuid[]), cast(:quantities as int[])) as given (line_id, quantity)
""")
SUM_UP = Statement("""
    update orders
       set granted_amount = (
               select coalesce(sum(amount), 0) from granted_refunds where order_id = :order_id
           ),
           updated_at = :now
     where id = :order_id
""")
ASK = Statement("""
    update granted_refunds set asked_under = :asked_under, attempts = :attempts where id = :id
""")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[GrantedRow]:
    return await BY_IDS.rows(connection, GrantedRow, ids=ids)


async def by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[GrantedRow]:
    """Oldest first."""
    return await BY_ORDER_IDS.rows(connection, GrantedRow, order_ids=order_ids)


async def lines(tx: Connection, order_id: UUID) -> list[RefundLine]:
    """The order's lines, with the units of each that were granted back."""
    rows = await LINES.rows(tx, _LineRow, order_id=order_id)
    return [RefundLine(row.id, row.quantity, row.total_gross, row.granted) for row in rows]


async def insert(
    tx: Connection,
    order_id: UUID,
    transaction_id: UUID,
    grant: Grant,
    amount: Decimal,
    *,
    user_id: int | None,
    now: datetime,
) -> int:
    """Grant the amount back, and count it on the order; the grant's id."""
    granted_id: int = await INSERT.value(
        tx,
        order_id=order_id,
        transaction_id=transaction_id,
        amount=amount,
        includes_shipping=grant.shipping,
        reason=grant.reason,
        user_id=user_id,
        now=now,
    )
    await INSERT_LINES.run(
        tx, id=granted_id, line_ids=list(grant.units), quantities=list(grant.units.values())
    )
    await SUM_UP.run(tx, order_id=order_id, now=now)
    return granted_id


async def ask(tx: Connection, id: int, asked_under: str, attempts: int) -> None:
    """The gateway is about to be asked under this name, for the so-manieth time."""
    await ASK.run(tx, id=id, asked_under=asked_under, attempts=attempts)
