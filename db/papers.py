"""Papers of record: their numbers without gaps, and what each says."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.papers import Paper, PaperKind


class InvoiceRow(Row):
    """``facts`` is JSON, all that the paper says; ``file_key`` is null until there is a file."""

    id: int
    order_id: UUID
    kind: str
    number: str
    facts: str
    file_key: str | None
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class UnitsRow(Row):
    order_line_id: UUID
    quantity: int


COLUMNS = """
    id, order_id, kind, number, facts, file_key, created_at, updated_at, meta, private_meta
"""
BY_IDS = Statement(f"select {COLUMNS} from invoices where id = any(:ids)")
BY_ORDER_IDS = Statement(f"""
    select {COLUMNS} from invoices where order_id = any(:order_ids) order by created_at, id
""")
OF_ORDER = Statement("select id from invoices where order_id = :order_id and kind = 'INVOICE'")
OF_REFUND = Statement("select id from invoices where granted_refund_id = :granted_refund_id")
GRANTED_UNITS = Statement("""
    select order_line_id, sum(quantity)::int as quantity
      from granted_refund_lines
     where granted_refund_id = :granted_refund_id
     group by order_line_id
""")
NEXT = Statement("""
    insert into invoice_counters as counter (channel_id, kind, last)
    values (:channel_id, :kind, 1)
        on conflict (channel_id, kind) do update set last = counter.last + 1
 returning last
""")
INSERT = Statement("""
    insert into invoices (
        channel_id, order_id, granted_refund_id, kind, serial, number, facts, created_at, updated_at
    ) values (
        :channel_id, :order_id, :granted_refund_id, :kind, :serial, :number, cast(:facts as jsonb), :now, :now
    )
    returning id
""")
FILE = Statement("update invoices set file_key = :file_key, updated_at = :now where id = :id")


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[InvoiceRow]:
    return await BY_IDS.rows(connection, InvoiceRow, ids=ids)


async def by_order_ids(connection: Connection, order_ids: Sequence[UUID]) -> list[InvoiceRow]:
    """Invoices and credit notes, oldest first."""
    return await BY_ORDER_IDS.rows(connection, InvoiceRow, order_ids=order_ids)


async def of_order(connection: Connection, order_id: UUID) -> int | None:
    """The order's invoice, if one was issued."""
    found: int | None = await OF_ORDER.value(connection, order_id=order_id)
    return found


async def of_refund(connection: Connection, granted_refund_id: int) -> int | None:
    """The credit note of what was granted back, if one was issued."""
    found: int | None = await OF_REFUND.value(connection, granted_refund_id=granted_refund_id)
    return found


async def granted_units(connection: Connection, granted_refund_id: int) -> dict[UUID, int]:
    """The units, by line, that money was granted back for."""
    rows = await GRANTED_UNITS.rows(connection, UnitsRow, granted_refund_id=granted_refund_id)
    return {row.order_line_id: row.quantity for row in rows}


async def next_serial(tx: Connection, channel_id: int, kind: PaperKind) -> int:
    """The channel's next number, used or given back when the transaction ends.

    Its counter is held until then: locked last of all.
    """
    serial: int = await NEXT.value(tx, channel_id=channel_id, kind=kind)
    return serial


async def insert(
    tx: Connection,
    channel_id: int,
    order_id: UUID,
    serial: int,
    paper: Paper,
    *,
    granted_refund_id: int | None = None,
    now: datetime,
) -> int:
    """The paper as it was issued, still without a file; its id."""
    paper_id: int = await INSERT.value(
        tx,
        channel_id=channel_id,
        order_id=order_id,
        granted_refund_id=granted_refund_id,
        kind=paper.kind,
        serial=serial,
        number=paper.number,
        facts=orjson.dumps(paper.facts(), default=_text).decode(),
        now=now,
    )
    return paper_id


async def file(tx: Connection, id: int, file_key: str, now: datetime) -> None:
    """Its file is kept under this key."""
    await FILE.run(tx, id=id, file_key=file_key, now=now)


def _text(value: Decimal) -> str:
    return str(value)
