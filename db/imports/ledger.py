"""What the shop has of an imported file: known papers, what of them can still be given back, and the sums."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from db.codecs import as_binary
from db.imports.staging import stage
from db.rows import Row
from db.statements import Connection, Statement


class OpenLineRow(Row):
    """``position`` is null for an order's shipping, whose ``price`` is then all of it that is left."""

    customer: str
    code: str
    invoice: str
    position: int | None
    at: datetime
    price: Decimal
    units: int


class SumRow(Row):
    invoice: str
    amount: Decimal


class FiguresRow(Row):
    orders: int
    order_lines: int
    sold: Decimal
    shipping: Decimal
    customers: int
    products: int
    credit_notes: int
    shipping_rows: int
    credit_rows: int
    returned_lines: int
    credited: Decimal
    refunded: Decimal


class SetAsideRow(Row):
    reason: str
    rows: int
    amount: Decimal


KNOWN = Statement("""
    select substr(external_reference, 15) as invoice
      from orders
     where external_reference like 'online-retail:%'
     union
    select substr(external_reference, 15) from credit_notes where external_reference like 'online-retail:%'
     union
    select reference from rows_set_aside where source = 'online-retail'
""")
ELSEWHERE = Statement("""
    select channel.slug
      from staged_invoices as given
      join orders on orders.external_reference = 'online-retail:' || given.invoice
      join channels as channel on channel.id = orders.channel_id
     where orders.channel_id <> :channel_id
     limit 1
""")
OPEN = Statement("""
    select substr(users.external_reference, 15) as customer, line.sku as code, orders.number as invoice,
           line.position, orders.created_at as at, line.unit_gross as price,
           (line.quantity - coalesce(back.quantity, 0))::int as units
      from orders
      join users on users.id = orders.user_id and users.external_reference like 'online-retail:%'
      join order_lines as line on line.order_id = orders.id
      left join (
               select order_line_id, sum(quantity) as quantity from credit_lines group by order_line_id
           ) as back on back.order_line_id = line.id
     where orders.channel_id = :channel_id and orders.external_reference like 'online-retail:%'
       and substr(users.external_reference, 15) = any(:customers)
     union all
    select substr(users.external_reference, 15), 'SHIPPING', orders.number, null, orders.created_at,
           orders.shipping_gross - coalesce(back.amount, 0), 1
      from orders
      join users on users.id = orders.user_id and users.external_reference like 'online-retail:%'
      left join (
               select order_id, sum(total_amount) as amount
                 from credit_lines where kind = 'SHIPPING' group by order_id
           ) as back on back.order_id = orders.id
     where orders.channel_id = :channel_id and orders.external_reference like 'online-retail:%'
       and substr(users.external_reference, 15) = any(:customers) and orders.shipping_gross > 0
     order by at, invoice, position
""")
SUMS = Statement("""
    with given as (select invoice, 'online-retail:' || invoice as reference from staged_invoices)
    select part.invoice, sum(part.amount) as amount
      from (
               select given.invoice, orders.shipping_gross as amount
                 from given join orders on orders.external_reference = given.reference
                union all
               select given.invoice, line.total_gross
                 from given
                 join orders on orders.external_reference = given.reference
                 join order_lines as line on line.order_id = orders.id
                union all
               select given.invoice, -line.total_amount
                 from given
                 join credit_notes as note on note.external_reference = given.reference
                 join credit_lines as line on line.credit_note_id = note.id
                union all
               select given.invoice, aside.amount
                 from given
                 join rows_set_aside as aside
                   on aside.source = 'online-retail' and aside.reference = given.invoice
           ) as part
     group by part.invoice
""")
FIGURES = Statement("""
    with given as materialized (select 'online-retail:' || invoice as reference from staged_invoices),
    sold as materialized (
        select orders.id, orders.user_id, orders.shipping_gross,
               jsonb_array_length((orders.private_meta ->> 'shipping')::jsonb) as shipping_rows
          from given join orders on orders.external_reference = given.reference
    ),
    line as materialized (
        select line.variant_id, line.total_gross
          from sold join order_lines as line on line.order_id = sold.id
    ),
    note as materialized (
        select note.id, note.user_id
          from given join credit_notes as note on note.external_reference = given.reference
    ),
    back as materialized (
        select note.id, line.position, line.kind, line.variant_id, line.order_id, line.order_line_id,
               line.total_amount
          from note join credit_lines as line on line.credit_note_id = note.id
    )
    select (select count(*) from sold) as orders,
           (select count(*) from line) as order_lines,
           (select coalesce(sum(total_gross), 0) from line) as sold,
           (select coalesce(sum(shipping_gross), 0) from sold) as shipping,
           (select count(*) from (select user_id from sold union select user_id from note) as who
             where user_id is not null) as customers,
           (select count(*) from (select variant_id from line union select variant_id from back) as what
             where variant_id is not null) as products,
           (select count(*) from note) as credit_notes,
           (select coalesce(sum(shipping_rows), 0)::int from sold) as shipping_rows,
           (select count(distinct (id, position)) from back) as credit_rows,
           (select count(*) from back where order_line_id is not null and kind = 'PRODUCT') as returned_lines,
           (select coalesce(sum(total_amount), 0) from back) as credited,
           (select coalesce(sum(total_amount), 0) from back where order_id is not null) as refunded
""")
SET_ASIDE = Statement("""
    select aside.reason, count(*) as rows, sum(aside.amount) as amount
      from staged_invoices as given
      join rows_set_aside as aside on aside.source = 'online-retail' and aside.reference = given.invoice
     group by aside.reason
     order by aside.reason
""")
ASIDE = ("source", "reference", "line", "reason", "amount", "facts")


class _InvoiceRow(Row):
    invoice: str


async def known_invoices(connection: Connection) -> frozenset[str]:
    """Every invoice that was brought in before, whatever became of it."""
    return frozenset(row.invoice for row in await KNOWN.rows(connection, _InvoiceRow))


async def put_down(tx: Connection, invoices: Iterable[str], channel_id: int) -> str | None:
    """Stage the file's invoices. The slug of another channel that has one of them, if any."""
    await stage(tx, "staged_invoices", {"invoice": "text"}, ((invoice,) for invoice in invoices))
    elsewhere: str | None = await ELSEWHERE.value(tx, channel_id=channel_id)
    return elsewhere


async def open_lines(connection: Connection, channel_id: int, customers: Sequence[str]) -> list[OpenLineRow]:
    """What these customers may still give back of earlier imports, in the order of time."""
    return await OPEN.rows(connection, OpenLineRow, channel_id=channel_id, customers=customers)


async def set_aside(tx: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep rows as ``ASIDE`` names their columns."""
    async with as_binary(tx):
        await tx.copy_records_to_table("rows_set_aside", records=rows, columns=ASIDE)


async def sums(tx: Connection) -> dict[str, Decimal]:
    """What each staged invoice comes to in the shop."""
    return {row.invoice: row.amount for row in await SUMS.rows(tx, SumRow)}


async def figures(tx: Connection) -> tuple[FiguresRow, list[SetAsideRow]]:
    """What the shop has of the staged invoices."""
    found = await FIGURES.row(tx, FiguresRow)
    assert found is not None, "a select of sums has one row"
    return found, await SET_ASIDE.rows(tx, SetAsideRow)
