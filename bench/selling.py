"""A shop with a past: orders that were paid, sent, given up or refunded, made in a few statements.

Every promise of the shop holds for it, so that looking for what is broken has to look at everything.
"""

from typing import Final

import asyncpg

LINES: Final = 3  # of an order, of one to three units each: six units in all
RECENT: Final = 100_000  # orders whose events the outbox still has
PATIENCE: Final = 1_800.0  # seconds for one statement

# Of a hundred orders ninety were sent, six wait, two were called off, and a unit of two came back.
STATEMENTS: Final = (
    # What they refer to is there: looking each up would take longer than all else.
    "set session_replication_role = replica",
    "set synchronous_commit = off",
    "set work_mem = '256MB'",
    "update stocks set on_hand = 0",
    """
    create temporary table sold as
    select n, gen_random_uuid() as id, gen_random_uuid() as payment_id, gen_random_uuid() as shipment_id,
           case when n % 100 < 90 then 'FULFILLED' when n % 100 < 96 then 'UNFULFILLED'
                when n % 100 < 98 then 'CANCELED' else 'FULFILLED' end as status,
           case n % 50 when 1 then 5 else 0 end as by_card, n % 3 = 0 as was_promised,
           now() - ($orders - n) * interval '20 seconds' as at
      from generate_series(1, $orders) as n
    """,
    """
    alter table sold add column paid numeric(20, 4), add column back numeric(20, 4)
    """,
    """
    update sold set paid = 65 - by_card,
           back = case when status = 'CANCELED' then 65 - by_card when n % 100 >= 98 then 10 else 0 end
    """,
    """
    insert into orders (
        id, checkout_id, channel_id, user_id, email, status, currency, shipping_method_name, shipping_net,
        shipping_gross, undiscounted_shipping_net, undiscounted_shipping_gross, subtotal_net, subtotal_gross,
        undiscounted_total_net, undiscounted_total_gross, total_net, total_gross, gift_card_amount,
        charged_amount, refunded_amount, granted_amount, charge_status, authorize_status, created_at,
        updated_at
    )
    select s.id, gen_random_uuid(), c.id, u.first + n % 1000, 'customer-' || n % 1000 || '@example.com',
           s.status, 'USD', 'Post', 4.63, 5, 4.63, 5, 55.56, 60, 60.19, 65, 60.19 - by_card, paid, by_card,
           paid - back, back, back, 'FULL', 'FULL', at, at
      from sold as s, channels as c, (select min(id) as first from users) as u
     order by n
    """,
    """
    create temporary table bought as
    select s.n, s.id as order_id, s.shipment_id, s.status, s.at, k as position, gen_random_uuid() as id,
           v.first + (s.n * 3 + k) % v.number as variant_id, 1 + (s.n + k) % 3 as quantity
      from sold as s, generate_series(1, 3) as k,
           (select min(id) as first, count(*) as number from product_variants) as v
     order by s.n, k
    """,
    "analyze sold, bought, stocks",
    """
    insert into order_lines (
        id, order_id, position, variant_id, product_name, variant_name, sku, quantity, quantity_fulfilled,
        currency, unit_net, unit_gross, undiscounted_unit_net, undiscounted_unit_gross, total_net,
        total_gross, undiscounted_total_net, undiscounted_total_gross, tax_rate
    )
    select id, order_id, position, variant_id, 'Product ' || variant_id, 'Size ' || position,
           'SKU-' || variant_id, quantity, case status when 'FULFILLED' then quantity else 0 end, 'USD', 9.26,
           10, 9.26, 10, 9.26 * quantity, 10 * quantity, 9.26 * quantity, 10 * quantity, 0.08
      from bought order by n, position
    """,
    """
    insert into allocations (order_line_id, stock_id, quantity)
    select b.id, s.id, b.quantity
      from bought as b join stocks as s on s.variant_id = b.variant_id
     where b.status = 'UNFULFILLED'
     order by b.n
    """,
    """
    insert into fulfillments (id, order_id, number, created_at)
    select shipment_id, id, 1, at from sold where status = 'FULFILLED' order by n
    """,
    """
    insert into fulfillment_lines (fulfillment_id, order_line_id, stock_id, quantity)
    select b.shipment_id, b.id, s.id, b.quantity
      from bought as b join stocks as s on s.variant_id = b.variant_id
     where b.status = 'FULFILLED'
     order by b.n
    """,
    """
    insert into stock_movements (stock_id, quantity, cause, reference, created_at)
    select s.id, -b.quantity, 'SENT', b.shipment_id, b.at
      from bought as b join stocks as s on s.variant_id = b.variant_id
     where b.status = 'FULFILLED'
     order by b.n
    """,
    """
    insert into stock_movements (stock_id, quantity, cause)
    select s.id, 1000 + coalesce(sum(b.quantity), 0), 'RECEIVED'
      from stocks as s left join bought as b on b.variant_id = s.variant_id
     group by s.id
    """,
    "analyze stock_movements, allocations",
    """
    update stocks
       set on_hand = (select sum(quantity) from stock_movements as m where m.stock_id = stocks.id),
           allocated = (select coalesce(sum(quantity), 0) from allocations as a where a.stock_id = stocks.id)
    """,
    """
    insert into order_events (order_id, kind, facts, created_at)
    select s.id, kind, '{}', s.at
      from sold as s, unnest(array['PLACED', 'ORDER_FULLY_PAID', 'FULFILLMENT_FULFILLED_ITEMS']) as kind
     order by s.n
    """,
    """
    insert into transactions (
        id, order_id, gateway, name, reference, idempotency_key, fingerprint, currency, charged_amount,
        refunded_amount, available_actions, created_at, updated_at
    )
    select payment_id, id, 'matvis.dummy', 'Dummy', 'dummy-' || n, 'key-' || n, md5(n::text), 'USD',
           paid - back, back, array['REFUND'], at, at
      from sold order by n
    """,
    # One of ten was declined at first.
    """
    insert into transactions (
        id, order_id, gateway, name, reference, idempotency_key, fingerprint, currency, created_at, updated_at
    )
    select gen_random_uuid(), id, 'matvis.dummy', 'Dummy', 'declined-' || n, 'declined-' || n, md5(n::text),
           'USD', at, at
      from sold where n % 10 = 0 order by n
    """,
    """
    insert into transaction_events (transaction_id, kind, reference, amount, currency, created_at)
    select payment_id, kind, case when kind like 'REFUND%' then 'refund-' || n else 'dummy-' || n end,
           case when kind like 'REFUND%' then back else paid end, 'USD',
           at + nth * interval '1 second'
      from sold,
           unnest(array[
               'AUTHORIZATION_REQUEST', 'AUTHORIZATION_SUCCESS', 'CHARGE_REQUEST', 'CHARGE_SUCCESS',
               'REFUND_REQUEST', 'REFUND_SUCCESS'
           ]) with ordinality as told (kind, nth)
     where (was_promised or kind not like 'AUTHORIZATION%') and (back > 0 or kind not like 'REFUND%')
     order by n, nth
    """,
    """
    insert into transaction_events (transaction_id, kind, reference, amount, currency, created_at)
    select id, kind, reference, 65, 'USD', created_at + nth * interval '1 second'
      from transactions,
           unnest(array['CHARGE_REQUEST', 'CHARGE_FAILURE']) with ordinality as told (kind, nth)
     where reference like 'declined-%'
    """,
    """
    insert into granted_refunds (order_id, transaction_id, asked_under, attempts, amount)
    select id, payment_id, 'refund-' || n, 1, back from sold where back > 0 order by n
    """,
    "analyze granted_refunds, transactions",
    """
    insert into granted_refund_lines (granted_refund_id, order_line_id, quantity)
    select g.id, b.id, 1
      from granted_refunds as g join bought as b on b.order_id = g.order_id and b.position = 1
    """,
    """
    insert into gift_cards (code, currency, initial_amount, balance_amount)
    select 'CARD-' || n, 'USD', 50, 45 from sold where by_card > 0
    """,
    """
    insert into gift_card_uses (gift_card_id, order_id, amount)
    select c.id, s.id, 5 from sold as s join gift_cards as c on c.code = 'CARD-' || s.n
    """,
    "insert into vouchers (name, used) select 'Voucher', count(*) from sold where n % 20 = 1",
    """
    insert into voucher_codes (voucher_id, code, used)
    select v.id, 'CODE-' || n, (select count(*) from sold where sold.n % 20 = 1 and sold.n / 20 % 10 = k.n)
      from vouchers as v, generate_series(0, 9) as k (n)
    """,
    """
    insert into voucher_redemptions (voucher_id, voucher_code_id, order_id)
    select c.voucher_id, c.id, s.id
      from sold as s join voucher_codes as c on c.code = 'CODE-' || s.n / 20 % 10
     where s.n % 20 = 1
    """,
    """
    insert into invoices (channel_id, order_id, kind, serial, number, facts)
    select c.id, s.id, 'INVOICE', s.n / 2, 'INV-' || s.n / 2, jsonb_build_object('lines', repeat('x', 300))
      from sold as s, channels as c where s.n % 2 = 0
    """,
    """
    insert into outbox (kind, subject, subject_id, facts, created_at, published_at)
    select kind, 'Order', s.id, '{}', s.at, s.at
      from sold as s, unnest(array['OrderCreated', 'OrderPaid', 'OrderUpdated']) as kind
     where s.n > $orders - $recent
     order by s.n
    """,
    "update outbox set position = id",
    "set session_replication_role = origin",
)


async def sell(database_url: str, orders: int) -> None:
    """So many orders in a shop that was grown, and has none."""
    connection = await asyncpg.connect(database_url)
    try:
        for statement in STATEMENTS:
            text = statement.replace("$orders", str(orders)).replace("$recent", str(RECENT))
            await connection.execute(text, timeout=PATIENCE)
        await connection.execute("vacuum analyze", timeout=PATIENCE)
    finally:
        await connection.close()
