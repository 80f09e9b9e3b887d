"""Promises about goods: what is there, what is promised, and what was sent."""

from db.statements import Statement
from db.verifying.promises import Promise

PROMISES = (
    Promise(
        "What is promised of a stock is there, or may yet come: 0 <= allocated <= on hand + backorders.",
        Statement("""
            select 'stock ' || id as subject,
                   allocated || ' of ' || on_hand || ' and ' || backorder_limit || ' on backorder' as what
              from stocks where allocated not between 0 and on_hand + backorder_limit
        """),
    ),
    Promise(
        "Nothing is sent that was not there: on hand and backorder limit are not below 0.",
        Statement("""
            select 'stock ' || id as subject,
                   on_hand || ' on hand, ' || backorder_limit || ' on backorder' as what
              from stocks where least(on_hand, backorder_limit) < 0
        """),
    ),
    Promise(
        "A stock's allocated units are the sum of its allocations.",
        Statement("""
            select 'stock ' || stock.id as subject,
                   stock.allocated || ', not ' || coalesce(open.units, 0) as what
              from stocks as stock
              left join (select stock_id, sum(quantity) as units from allocations group by stock_id) as open
                on open.stock_id = stock.id
             where stock.allocated <> coalesce(open.units, 0)
        """),
    ),
    Promise(
        "A stock's units on hand are the sum of its movements.",
        Statement("""
            select 'stock ' || stock.id as subject,
                   stock.on_hand || ', not ' || coalesce(moved.units, 0) as what
              from stocks as stock
              left join (
                  select stock_id, sum(quantity) as units from stock_movements group by stock_id
              ) as moved on moved.stock_id = stock.id
             where stock.on_hand <> coalesce(moved.units, 0)
        """),
    ),
    Promise(
        "What is held for shoppers who pay is there, or on backorder, beside what is promised.",
        Statement("""
            select 'stock ' || stock.id as subject,
                   held.units || ' held and ' || stock.allocated || ' allocated of ' || stock.on_hand
                       || ' and ' || stock.backorder_limit || ' on backorder' as what
              from (
                  select stock_id, sum(quantity) as units
                    from reservations where expires_at > now() group by stock_id
              ) as held
              join stocks as stock on stock.id = held.stock_id
              join product_variants as variant on variant.id = stock.variant_id
             where variant.track_inventory
               and held.units + stock.allocated > stock.on_hand + stock.backorder_limit
        """),
    ),
    Promise(
        "An allocation is of a variant that its order line is for, and of an order that is not called off.",
        Statement("""
            select 'allocation ' || allocation.id as subject,
                   'line ' || line.id || ' of order ' || orders.number || ', ' || orders.status as what
              from allocations as allocation
              join order_lines as line on line.id = allocation.order_line_id
              join orders on orders.id = line.order_id
              join stocks as stock on stock.id = allocation.stock_id
             where stock.variant_id is distinct from line.variant_id
                or orders.status in ('CANCELED', 'EXPIRED', 'FULFILLED', 'RETURNED')
        """),
    ),
    Promise(
        "No more of an order line is promised and sent than was ordered.",
        Statement("""
            select 'order line ' || line.id as subject,
                   open.units || ' promised and ' || line.quantity_fulfilled || ' settled of '
                       || line.quantity as what
              from (
                  select order_line_id, sum(quantity) as units from allocations group by order_line_id
              ) as open
              join order_lines as line on line.id = open.order_line_id
             where open.units + line.quantity_fulfilled > line.quantity
        """),
    ),
    Promise(
        "A line's units that were sent or given up are those in its shipments.",
        Statement("""
            select 'order line ' || line.id as subject,
                   line.quantity_fulfilled || ', not ' || coalesce(packed.units, 0) as what
              from order_lines as line
              left join (
                  select packed.order_line_id, sum(packed.quantity) as units
                    from fulfillment_lines as packed
                    join fulfillments as shipment on shipment.id = packed.fulfillment_id
                   where shipment.status <> 'CANCELED'
                   group by packed.order_line_id
              ) as packed on packed.order_line_id = line.id
             where line.kind = 'PRODUCT' and line.quantity_fulfilled <> coalesce(packed.units, 0)
        """),
        same=(("order_lines.settled", "packed.units"),),
    ),
)
