"""Money granted back for orders, and what came of it. The order is locked by whoever changes any."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from db.rows import Row
from db.statements import Connection, Statement
from db.transaction_events import COLUMNS as EVENT_COLUMNS
from db.transaction_events import PAYMENT, EventRow
from domain.access import Viewer
from domain.refunds import Grant, Granted, GrantedLine, GrantStatus, Purse, RefundLine, grant_status


class GrantedRow(Row):
    """``told`` are the kinds of events that were told of what its gateway was asked last.

    It is for a payment or for a gift card.
    """

    id: int
    order_id: UUID
    transaction_id: UUID | None
    gift_card_id: int | None
    asked_under: str | None
    attempts: int
    amount: Decimal
    includes_shipping: bool
    reason: str
    user_id: int | None
    app_id: int | None
    paid_at: datetime | None
    created_at: datetime
    updated_at: datetime
    currency: str
    told: list[str]

    @property
    def purse(self) -> Purse:
        """Where the money goes back to."""
        found = self.gift_card_id if self.transaction_id is None else self.transaction_id
        assert found is not None, "it is one of the two"
        return found

    @property
    def status(self) -> GrantStatus:
        """What came of it."""
        return grant_status(self.told, is_paid=self.paid_at is not None)


class GrantedLineRow(Row):
    id: int
    granted_refund_id: int
    order_line_id: UUID
    quantity: int
    amount: Decimal
    reason: str


class GrantedEventRow(EventRow):
    """What was told of a payment when it was asked to pay out this grant."""

    granted_refund_id: int


class SumsRow(Row):
    """What the payments of an order come to: given back, on its way back, and still taken or promised."""

    order_id: UUID
    refunded: Decimal
    refund_pending: Decimal
    taken: Decimal


class _LineRow(Row):
    id: UUID
    quantity: int
    total_gross: Decimal
    granted: int
    paid: Decimal


# A request has a name of ours until the gateway gives it one: what was told bears either.
TOLD = """
    told.transaction_id = granted.transaction_id
    and (
        told.reference = granted.asked_under
        or told.reference in (
               select asked.reference
                 from transaction_events as asked
                where asked.transaction_id = granted.transaction_id
                  and asked.asked_under = granted.asked_under
           )
    )
"""
COLUMNS = f"""
    granted.id, granted.order_id, granted.transaction_id, granted.gift_card_id, granted.asked_under,
    granted.attempts, granted.amount, granted.includes_shipping, granted.reason, granted.user_id,
    granted.app_id, granted.paid_at, granted.created_at, granted.updated_at, placed.currency,
    array(select distinct told.kind from transaction_events as told where {TOLD}) as told
"""
ORDER = "join orders as placed on placed.id = granted.order_id"
BY_IDS = Statement(f"select {COLUMNS} from granted_refunds as granted {ORDER} where granted.id = any(:ids)")
BY_ORDER_IDS = Statement(f"""
    select {COLUMNS}
      from granted_refunds as granted {ORDER}
     where granted.order_id = any(:order_ids)
     order by granted.id
""")
LINES_BY_IDS = Statement("""
    select id, granted_refund_id, order_line_id, quantity, amount, reason
      from granted_refund_lines
     where granted_refund_id = any(:ids)
     order by id
""")
EVENTS_BY_IDS = Statement(f"""
    select granted.id as granted_refund_id, {EVENT_COLUMNS}
      from granted_refunds as granted
      join transaction_events as told on {TOLD}
      join transaction_events as event on event.id = told.id {PAYMENT}
     where granted.id = any(:ids)
     order by event.created_at, event.id
""")
SUMS = Statement("""
    select order_id, sum(refunded_amount) as refunded, sum(refund_pending_amount) as refund_pending,
           sum(authorized_amount + authorize_pending_amount + charged_amount + charge_pending_amount) as taken
      from transactions
     where order_id = any(:order_ids)
     group by order_id
""")
LINES = Statement("""
    select line.id, line.quantity, line.total_gross, coalesce(sum(granted.quantity), 0)::int as granted,
           coalesce(sum(granted.amount), 0) as paid
      from order_lines as line
      left join granted_refund_lines as granted
        on granted.order_line_id = line.id
       and granted.granted_refund_id is distinct from cast(:but_for as bigint)
     where line.order_id = :order_id
     group by line.id
     order by line.position, line.id
""")
INSERT = Statement("""
    insert into granted_refunds (
        order_id, transaction_id, gift_card_id, amount, includes_shipping, reason, user_id, app_id,
        created_at, updated_at
    ) values (
        :order_id, cast(:transaction_id as uuid), cast(:gift_card_id as bigint), :amount, :includes_shipping,
        :reason, :user_id, :app_id, :now, :now
    )
    returning id
""")
UPDATE = Statement("""
    update granted_refunds
       set transaction_id = cast(:transaction_id as uuid), gift_card_id = cast(:gift_card_id as bigint),
           amount = :amount, includes_shipping = :includes_shipping, reason = :reason, updated_at = :now
     where id = :id
""")
EXPLAIN = Statement("update granted_refunds set reason = :reason, updated_at = :now where id = :id")
# Of a line that is granted for already, only the units and their worth follow.
PUT_LINES = Statement("""
    with given as (
        select line_id, quantity, amount, reason
          from unnest(
                   cast(:line_ids as uuid[]), cast(:quantities as int[]), cast(:amounts as numeric[]),
                   cast(:reasons as text[])
               ) as given (line_id, quantity, amount, reason)
    ),
    gone as (
        delete from granted_refund_lines
         where granted_refund_id = :id
           and (
               id = any(cast(:removed as bigint[]))
               or order_line_id not in (select line_id from given)
           )
        returning id
    ),
    known as (
        update granted_refund_lines as line
           set quantity = given.quantity, amount = given.amount,
               reason = coalesce(given.reason, line.reason)
          from given
         where line.granted_refund_id = :id and line.order_line_id = given.line_id
           and line.id <> all(cast(:removed as bigint[]))
        returning line.order_line_id
    )
    insert into granted_refund_lines (granted_refund_id, order_line_id, quantity, amount, reason)
    select :id, line_id, quantity, amount, coalesce(reason, '')
      from given
     where line_id not in (select order_line_id from known)
""")
SUM_UP = Statement("""
    update orders
       set granted_amount = (
               select coalesce(sum(amount), 0)
                 from granted_refunds
                where order_id = :order_id and transaction_id is not null
           ),
           updated_at = :now
     where id = :order_id
""")
ASK = Statement("""
    update granted_refunds set asked_under = :asked_under, attempts = :attempts where id = :id
""")
PAY = Statement("update granted_refunds set paid_at = :now, updated_at = :now where id = :id")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[GrantedRow]:
    return await BY_IDS.rows(connection, GrantedRow, ids=ids)


async def by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[GrantedRow]:
    """Oldest first."""
    return await BY_ORDER_IDS.rows(connection, GrantedRow, order_ids=order_ids)


async def lines_by_ids(connection: Connection, ids: Sequence[int]) -> list[GrantedLineRow]:
    """The units that each of these grants is for."""
    return await LINES_BY_IDS.rows(connection, GrantedLineRow, ids=ids)


async def events_by_ids(connection: Connection, ids: Sequence[int]) -> list[GrantedEventRow]:
    """What was told of the last request to pay out each of these grants, oldest first."""
    return await EVENTS_BY_IDS.rows(connection, GrantedEventRow, ids=ids)


async def sums_by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[SumsRow]:
    """No row for an order without payments."""
    return await SUMS.rows(connection, SumsRow, order_ids=order_ids)


async def granted_lines(tx: Connection, id: int) -> list[GrantedLine]:
    """As ``lines_by_ids`` of one grant, as values."""
    rows = await lines_by_ids(tx, [id])
    return [GrantedLine(row.id, row.order_line_id, row.quantity, row.amount) for row in rows]


async def lines(tx: Connection, order_id: UUID, *, but_for: int | None = None) -> list[RefundLine]:
    """The order's lines, with the units of each that were granted back, but for one grant."""
    rows = await LINES.rows(tx, _LineRow, order_id=order_id, but_for=but_for)
    return [RefundLine(row.id, row.quantity, row.total_gross, row.granted, row.paid) for row in rows]


async def insert(
    tx: Connection,
    order_id: UUID,
    purse: Purse,
    grant: Grant,
    granted: Granted,
    *,
    by: Viewer,
    now: datetime,
) -> int:
    """Grant it back, and count it on the order; the grant's id."""
    granted_id: int = await INSERT.value(
        tx,
        order_id=order_id,
        **_either(purse),
        amount=granted.amount,
        includes_shipping=grant.shipping,
        reason=grant.reason,
        user_id=by.user_id,
        app_id=by.app_id,
        now=now,
    )
    await _put_lines(tx, granted_id, grant, granted)
    await SUM_UP.run(tx, order_id=order_id, now=now)
    return granted_id


async def update(
    tx: Connection,
    row: GrantedRow,
    purse: Purse,
    grant: Grant,
    granted: Granted,
    *,
    removed: Collection[int],
    now: datetime,
) -> None:
    """Grant this instead, and count it on the order."""
    await UPDATE.run(
        tx,
        id=row.id,
        **_either(purse),
        amount=granted.amount,
        includes_shipping=grant.shipping,
        reason=grant.reason,
        now=now,
    )
    await _put_lines(tx, row.id, grant, granted, removed)
    await SUM_UP.run(tx, order_id=row.order_id, now=now)


async def explain(tx: Connection, id: int, reason: str, now: datetime) -> None:
    """Say why it is given back."""
    await EXPLAIN.run(tx, id=id, reason=reason, now=now)


async def ask(tx: Connection, id: int, asked_under: str, attempts: int) -> None:
    """The gateway is about to be asked under this name, for the so-manieth time."""
    await ASK.run(tx, id=id, asked_under=asked_under, attempts=attempts)


async def pay(tx: Connection, id: int, now: datetime) -> None:
    """The money is back on the gift card."""
    await PAY.run(tx, id=id, now=now)


async def _put_lines(
    tx: Connection, id: int, grant: Grant, granted: Granted, removed: Collection[int] = ()
) -> None:
    await PUT_LINES.run(
        tx,
        id=id,
        removed=list(removed),
        line_ids=list(grant.units),
        quantities=list(grant.units.values()),
        amounts=[granted.worth[line_id] for line_id in grant.units],
        reasons=[grant.reasons.get(line_id) for line_id in grant.units],
    )


def _either(purse: Purse) -> dict[str, Purse | None]:
    is_card = isinstance(purse, int)
    return {"transaction_id": None if is_card else purse, "gift_card_id": purse if is_card else None}
