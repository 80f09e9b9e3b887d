"""Imported invoices as orders: sent, and paid for."""

from collections.abc import Callable, Iterable
from typing import Any

from db.imports.staging import stage
from db.statements import Connection, Statement

SALES = {
    "sale": "int",
    "invoice": "text",
    "at": "timestamptz",
    "customer": "text",
    "country": "text",
    "said": "jsonb",
    "shipping": "numeric",
}
LINES = {
    "sale": "int",
    "position": "int",
    "kind": "text",
    "code": "text",
    "name": "text",
    "quantity": "int",
    "price": "numeric",
}
PART = 1_000
"""Orders made at a time: enough for a set, and few enough to show how it goes."""

TAKEN = Statement("""
    select sale.invoice from staged_sales as sale join orders on orders.number = sale.invoice
     order by sale.sale limit 1
""")
# The sequence stays ahead of every number that came from a file, so that no shopper ever hits one.
NUMBERS = Statement("""
    select setval('order_numbers', given.highest)
      from (
               select max(invoice::bigint) as highest from staged_sales where invoice ~ '^[0-9]{1,15}$'
           ) as given, order_numbers
     where given.highest > order_numbers.last_value
""")
ADDRESSES = Statement("""
    with placed as (
        update staged_sales
           set address_id = nextval(pg_get_serial_sequence('addresses', 'id'))
         where country is not null
        returning address_id, country
    )
    insert into addresses (id, country) select address_id, country from placed
""")
ORDERS = Statement("""
    insert into orders (
        id, number, channel_id, user_id, email, status, origin, currency, billing_address_id,
        shipping_net, shipping_gross, undiscounted_shipping_net, undiscounted_shipping_gross,
        shipping_tax_rate, subtotal_net, subtotal_gross,
        undiscounted_total_net, undiscounted_total_gross, total_net, total_gross, charged_amount,
        charge_status, authorize_status, external_reference, created_at, updated_at,
        is_shipping_required, private_meta
    )
    select sale.order_id, sale.invoice, :channel_id, person.user_id, coalesce(person.email, ''),
           'FULFILLED', 'BULK_CREATE', :currency, sale.address_id,
           sale.shipping, sale.shipping, sale.shipping, sale.shipping,
           0, lines.total, lines.total,
           whole.total, whole.total, whole.total, whole.total, whole.total,
           'FULL', 'FULL', 'online-retail:' || sale.invoice, sale.at, sale.at,
           lines.goods, sale.said
      from staged_sales as sale
      left join staged_people as person on person.customer = sale.customer
     cross join lateral (
               select coalesce(sum(line.quantity * line.price), 0) as total,
                      coalesce(bool_or(line.kind = 'PRODUCT'), false) as goods
                 from staged_lines as line where line.sale = sale.sale
           ) as lines
     cross join lateral (select lines.total + sale.shipping as total) as whole
     where sale.sale >= :first and sale.sale < :last
     order by sale.sale
""")
ORDER_LINES = Statement("""
    insert into order_lines (
        id, order_id, position, kind, variant_id, product_name, sku, is_shipping_required, quantity,
        quantity_fulfilled, currency, unit_net, unit_gross, undiscounted_unit_net, undiscounted_unit_gross,
        total_net, total_gross, undiscounted_total_net, undiscounted_total_gross, tax_rate
    )
    select line.id, sale.order_id, line.position, line.kind, article.variant_id, line.name, line.code,
           line.kind = 'PRODUCT', line.quantity, line.quantity, :currency, line.price, line.price, line.price,
           line.price, amount.total, amount.total, amount.total, amount.total, 0
      from staged_lines as line
      join staged_sales as sale using (sale)
      left join staged_articles as article on article.code = line.code and line.kind = 'PRODUCT'
     cross join lateral (select line.quantity * line.price as total) as amount
     where line.sale >= :first and line.sale < :last
     order by line.sale, line.position
""")
FULFILLMENTS = Statement("""
    insert into fulfillments (id, order_id, number, status, created_at)
    select sale.fulfillment_id, sale.order_id, 1, 'FULFILLED', sale.at
      from staged_sales as sale
     where sale.sale >= :first and sale.sale < :last
       and exists (select from staged_lines as line where line.sale = sale.sale and line.kind = 'PRODUCT')
""")
FULFILLMENT_LINES = Statement("""
    insert into fulfillment_lines (fulfillment_id, order_line_id, quantity)
    select sale.fulfillment_id, line.id, line.quantity
      from staged_lines as line
      join staged_sales as sale using (sale)
     where line.sale >= :first and line.sale < :last and line.kind = 'PRODUCT'
     order by line.sale, line.position
""")
PAYMENTS = Statement("""
    with made as (
        insert into transactions (
            id, order_id, gateway, name, reference, idempotency_key, currency, charged_amount, created_at,
            updated_at
        )
        select gen_random_uuid(), orders.id, 'import', 'Invoice ' || orders.number, orders.number,
               orders.external_reference, orders.currency, orders.total_gross, orders.created_at,
               orders.created_at
          from staged_sales as sale
          join orders on orders.id = sale.order_id
         where sale.sale >= :first and sale.sale < :last and orders.total_gross > 0
        returning id, reference, charged_amount, currency, created_at
    )
    insert into transaction_events (transaction_id, kind, reference, amount, currency, created_at)
    select id, 'CHARGE_SUCCESS', reference, charged_amount, currency, created_at from made
""")
HISTORY = Statement("""
    insert into order_events (order_id, kind, user_id, created_at)
    select sale.order_id, 'PLACED', person.user_id, sale.at
      from staged_sales as sale
      left join staged_people as person on person.customer = sale.customer
     where sale.sale >= :first and sale.sale < :last
""")


async def put_down(
    tx: Connection,
    sales: Iterable[tuple[Any, ...]],
    lines: Iterable[tuple[Any, ...]],
    heard: Callable[[int], None],
) -> str | None:
    """Stage sales (numbered from 0) and their lines.

    The first invoice whose number another order has, if any.
    """
    identities = {
        "order_id": "uuid default gen_random_uuid()",
        "fulfillment_id": "uuid default gen_random_uuid()",
        "address_id": "bigint",
    }
    await stage(tx, "staged_sales", SALES, sales, filled=identities)
    await stage(
        tx, "staged_lines", LINES, lines, filled={"id": "uuid default gen_random_uuid()"}, heard=heard
    )
    await tx.execute("create index on staged_lines (sale, position); create index on staged_sales (sale)")
    taken: str | None = await TAKEN.value(tx)
    return taken


async def bring_in(
    tx: Connection, channel_id: int, currency: str, count: int, heard: Callable[[int], None]
) -> None:
    """Make an order of every staged sale: sent as one, its money charged. People and articles are staged."""
    await NUMBERS.value(tx)
    await ADDRESSES.run(tx)
    for first in range(0, count, PART):
        part = {"first": first, "last": first + PART}
        await ORDERS.run(tx, channel_id=channel_id, currency=currency, **part)
        await ORDER_LINES.run(tx, currency=currency, **part)
        for statement in (FULFILLMENTS, FULFILLMENT_LINES, PAYMENTS, HISTORY):
            await statement.run(tx, **part)
        heard(min(first + PART, count))
