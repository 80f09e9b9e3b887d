"""Promises about orders: what they are made of, and what they cost."""

from db.statements import Statement
from db.verifying.broken import ORDER_LINES, ORDERS
from db.verifying.promises import Promise

PROMISES = (
    Promise(
        "An order's subtotal is the sum of its lines, net and gross.",
        Statement("""
            select 'order ' || orders.number as subject,
                   orders.subtotal_net || ' / ' || orders.subtotal_gross || ', not '
                       || coalesce(lines.net, 0) || ' / ' || coalesce(lines.gross, 0) as what
              from orders
              left join (
                  select order_id, sum(total_net) as net, sum(total_gross) as gross
                    from order_lines group by order_id
              ) as lines on lines.order_id = orders.id
             where (orders.subtotal_net, orders.subtotal_gross)
                   is distinct from (coalesce(lines.net, 0), coalesce(lines.gross, 0))
        """),
        same=(
            ("orders.subtotal_net", "order_lines.net"),
            ("orders.subtotal_gross", "order_lines.gross"),
        ),
    ),
    Promise(
        "An order's total is its subtotal and its shipping, less what gift cards paid.",
        Statement(f"""
            select 'order ' || number as subject,
                   total_gross || ', not ' || subtotal_gross || ' + ' || shipping_gross || ' - '
                       || gift_card_amount as what
              from orders where {ORDERS["wrong_total"]}
        """),
        none=("orders.wrong_total",),
    ),
    Promise(
        "Gross is never below net, and no figure of an order is below nothing.",
        Statement(f"""
            select 'order ' || number as subject, total_net || ' / ' || total_gross as what
              from orders where {ORDERS["below"]}
        """),
        none=("orders.below",),
    ),
    Promise(
        "No order line goes below zero, and none is dearer with its discount than without.",
        Statement(f"""
            select 'order line ' || id as subject, total_net || ' / ' || total_gross as what
              from order_lines where {ORDER_LINES["below"]}
        """),
        none=("order_lines.below",),
    ),
    Promise(
        # What was imported keeps the figures of its source, to the last digit.
        "Every amount of an order that was placed here is of its currency's smallest units.",
        Statement(f"""
            select 'order ' || number as subject, total_gross || ' ' || currency as what
              from orders where {ORDERS["broken_units"]}
        """),
        none=("orders.broken_units",),
    ),
    Promise(
        "Every amount of a line of such an order is of its currency's smallest units.",
        Statement(f"""
            select 'order line ' || line.id as subject, line.total_gross || ' ' || line.currency as what
              from (select * from order_lines where {ORDER_LINES["broken_units"]}) as line
              join orders on orders.id = line.order_id and orders.origin = 'CHECKOUT'
        """),
        none=("order_lines.broken_units",),
    ),
    Promise(
        "A checkout that became an order is gone, and became no other.",
        Statement("""
            select 'checkout ' || checkout.id as subject, 'order ' || orders.number as what
              from orders join checkouts as checkout on checkout.id = orders.checkout_id
             union all
            select 'checkout ' || checkout_id as subject, count(*) || ' orders' as what
              from orders where checkout_id is not null group by checkout_id having count(*) > 1
        """),
    ),
    Promise(
        "An order has a history that begins with how it came to be.",
        Statement("""
            select 'order ' || orders.number as subject, 'no history' as what
              from orders
             where orders.origin = 'CHECKOUT' and orders.checkout_id is not null
               and not exists (
                   select
                     from order_events as told
                    where told.order_id = orders.id
                      and told.kind in ('PLACED', 'PLACED_AUTOMATICALLY_FROM_PAID_CHECKOUT')
               )
        """),
        same=(("orders.placed", "order_events.placed"),),
    ),
)
