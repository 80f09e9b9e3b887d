"""Imported credit notes, and what they change about the orders they are for."""

from collections.abc import Iterable
from typing import Any

from db.imports.staging import stage
from db.statements import Connection, Statement

CREDITS = {"credit": "int", "invoice": "text", "at": "timestamptz", "customer": "text"}
LINES = {
    "credit": "int",
    "position": "int",
    "kind": "text",
    "code": "text",
    "name": "text",
    "quantity": "int",
    "price": "numeric",
    "sale": "text",
    "sale_position": "int",
}
FIND_ORDERS = Statement("""
    update staged_credit_lines as line
       set order_id = orders.id
      from orders
     where orders.external_reference = 'online-retail:' || line.sale
""")
FIND_LINES = Statement("""
    update staged_credit_lines as line
       set order_line_id = sold.id
      from order_lines as sold
     where sold.order_id = line.order_id and sold.position = line.sale_position
""")
NOTES = Statement("""
    insert into credit_notes (
        number, channel_id, user_id, currency, total_amount, external_reference, created_at
    )
    select credit.invoice, :channel_id, person.user_id, :currency,
           (select sum(quantity * price) from staged_credit_lines as line where line.credit = credit.credit),
           'online-retail:' || credit.invoice, credit.at
      from staged_credits as credit
      left join staged_people as person on person.customer = credit.customer
     order by credit.credit
""")
NOTE_LINES = Statement("""
    insert into credit_lines (
        credit_note_id, position, kind, order_id, order_line_id, variant_id, name, sku, quantity, unit_amount,
        total_amount
    )
    select note.id, line.position, line.kind, line.order_id, line.order_line_id, article.variant_id,
           line.name, line.code, line.quantity, line.price, line.quantity * line.price
      from staged_credit_lines as line
      join staged_credits as credit using (credit)
      join credit_notes as note on note.external_reference = 'online-retail:' || credit.invoice
      left join staged_articles as article on article.code = line.code and line.kind = 'PRODUCT'
     order by line.credit, line.position
""")
# Goods that came back move from what was sent to a return of their own, one for each order and credit note.
RETURNS = Statement("""
    with back as (
        select line.credit, line.order_id, line.order_line_id, sum(line.quantity) as quantity
          from staged_credit_lines as line
         where line.kind = 'PRODUCT' and line.order_line_id is not null
         group by line.credit, line.order_id, line.order_line_id
    ),
    parcel as materialized (
        select gen_random_uuid() as id, one.order_id, one.credit, credit.at,
               (select max(number) from fulfillments as sent where sent.order_id = one.order_id)
                   + row_number() over (partition by one.order_id order by one.credit) as number
          from (select distinct order_id, credit from back) as one
          join staged_credits as credit using (credit)
    ),
    made as (
        insert into fulfillments (id, order_id, number, status, created_at)
        select id, order_id, number, 'RETURNED', at from parcel
    ),
    told as (
        insert into order_events (order_id, kind, created_at)
        select order_id, 'FULFILLMENT_RETURNED', at from parcel
    )
    insert into fulfillment_lines (fulfillment_id, order_line_id, quantity)
    select parcel.id, back.order_line_id, back.quantity
      from back join parcel using (order_id, credit)
""")
BACK = """
    select order_line_id, sum(quantity) as quantity
      from staged_credit_lines
     where kind = 'PRODUCT' and order_line_id is not null
     group by order_line_id
"""
LEFT_WITH_NOTHING = Statement(f"""
    delete from fulfillment_lines as sent
     using ({BACK}) as back, fulfillments as parcel
     where sent.order_line_id = back.order_line_id and parcel.id = sent.fulfillment_id
       and parcel.status = 'FULFILLED' and sent.quantity = back.quantity
""")
LEFT_WITH_FEWER = Statement(f"""
    update fulfillment_lines as sent
       set quantity = sent.quantity - back.quantity
      from ({BACK}) as back, fulfillments as parcel
     where sent.order_line_id = back.order_line_id and parcel.id = sent.fulfillment_id
       and parcel.status = 'FULFILLED' and sent.quantity > back.quantity
""")
EMPTY_PARCELS = Statement("""
    delete from fulfillments as parcel
     where parcel.order_id in (select order_id from staged_credit_lines) and parcel.status = 'FULFILLED'
       and not exists (select from fulfillment_lines as line where line.fulfillment_id = parcel.id)
""")
ORDERS = Statement("""
    update orders
       set refunded_amount = orders.refunded_amount + back.amount,
           charged_amount = orders.charged_amount - back.amount,
           updated_at = greatest(orders.updated_at, back.at),
           status = case
               when not back.goods then orders.status
               when exists (
                   select from fulfillments where order_id = orders.id and fulfillments.status = 'FULFILLED'
               ) then 'PARTIALLY_RETURNED'
               else 'RETURNED'
           end
      from (
               select line.order_id, sum(line.quantity * line.price) as amount, max(credit.at) as at,
                      bool_or(line.kind = 'PRODUCT' and line.order_line_id is not null) as goods
                 from staged_credit_lines as line join staged_credits as credit using (credit)
                where line.order_id is not null
                group by line.order_id
           ) as back
     where orders.id = back.order_id
""")
REFUNDS = Statement("""
    with back as (
        select payment.id, payment.order_id, credit.invoice, credit.at, payment.currency,
               sum(line.quantity * line.price) as amount
          from staged_credit_lines as line
          join staged_credits as credit using (credit)
          join transactions as payment on payment.order_id = line.order_id and payment.gateway = 'import'
         group by payment.id, payment.order_id, credit.invoice, credit.at, payment.currency
        having sum(line.quantity * line.price) > 0
    ),
    told as (
        insert into transaction_events (transaction_id, kind, reference, amount, currency, created_at)
        select id, 'REFUND_SUCCESS', invoice, amount, currency, at from back
    ),
    granted as (
        insert into granted_refunds (
            order_id, transaction_id, asked_under, attempts, amount, reason, created_at
        )
        select order_id, id, invoice, 1, amount, invoice, at from back
        returning order_id, amount
    ),
    lowered as (
        update orders
           set granted_amount = orders.granted_amount + sums.amount
          from (select order_id, sum(amount) as amount from granted group by order_id) as sums
         where orders.id = sums.order_id
    )
    update transactions as payment
       set charged_amount = payment.charged_amount - summed.amount,
           refunded_amount = payment.refunded_amount + summed.amount,
           updated_at = greatest(payment.updated_at, summed.at)
      from (select id, sum(amount) as amount, max(at) as at from back group by id) as summed
     where payment.id = summed.id
""")


async def put_down(
    tx: Connection, credits: Iterable[tuple[Any, ...]], lines: Iterable[tuple[Any, ...]]
) -> None:
    """Stage credits (numbered from 0) and their lines."""
    await stage(tx, "staged_credits", CREDITS, credits)
    found = {"order_id": "uuid", "order_line_id": "uuid"}
    await stage(tx, "staged_credit_lines", LINES, lines, filled=found)


async def bring_in(tx: Connection, channel_id: int, currency: str) -> None:
    """Make a credit note of every staged credit; what is given back for a known order is refunded from it."""
    await FIND_ORDERS.run(tx)
    await FIND_LINES.run(tx)
    await NOTES.run(tx, channel_id=channel_id, currency=currency)
    for statement in (
        *(NOTE_LINES, RETURNS, LEFT_WITH_NOTHING, LEFT_WITH_FEWER, EMPTY_PARCELS),
        *(ORDERS, REFUNDS),
    ):
        await statement.run(tx)
