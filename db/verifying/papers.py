"""Promises about what is given back and the papers that say so."""

from db.statements import Statement
from db.verifying.promises import Promise

PROMISES = (
    Promise(
        "What is granted back of an order's payments is the sum of its grants.",
        Statement("""
            select 'order ' || placed.number as subject,
                   placed.granted_amount || ', not ' || coalesce(given.amount, 0) as what
              from orders as placed
              left join (
                  select order_id, sum(amount) as amount
                    from granted_refunds where transaction_id is not null group by order_id
              ) as given on given.order_id = placed.id
             where placed.granted_amount <> coalesce(given.amount, 0)
        """),
        same=(("orders.granted", "granted_refunds.granted"),),
    ),
    Promise(
        "No more units of an order line are granted back than were bought.",
        Statement("""
            select 'order line ' || line.id as subject, given.units || ' of ' || line.quantity as what
              from (
                  select order_line_id, sum(quantity) as units
                    from granted_refund_lines group by order_line_id
              ) as given
              join order_lines as line on line.id = given.order_line_id
             where given.units > line.quantity
        """),
    ),
    Promise(
        "What went back onto a gift card was granted and paid out, or is of an order called off.",
        Statement("""
            select 'order ' || placed.number as subject,
                   used.returned_amount || ' on gift card ' || used.gift_card_id || ', not '
                       || coalesce(given.amount, 0) as what
              from gift_card_uses as used
              join orders as placed on placed.id = used.order_id
              left join (
                  select order_id, gift_card_id, sum(amount) as amount
                    from granted_refunds where paid_at is not null group by order_id, gift_card_id
              ) as given on given.order_id = used.order_id and given.gift_card_id = used.gift_card_id
             where used.returned_amount < coalesce(given.amount, 0)
                or (used.returned_amount > coalesce(given.amount, 0)
                    and placed.status not in ('CANCELED', 'EXPIRED'))
             union all
            select 'granted refund ' || given.id as subject,
                   'onto gift card ' || given.gift_card_id || ', which did not pay' as what
              from granted_refunds as given
              left join gift_card_uses as used
                on used.order_id = given.order_id and used.gift_card_id = given.gift_card_id
             where given.gift_card_id is not null and used.order_id is null
        """),
    ),
    Promise(
        "An order that was called off has given back what it took from gift cards.",
        Statement("""
            select 'order ' || placed.number as subject, 'gift card ' || used.gift_card_id as what
              from gift_card_uses as used
              join orders as placed on placed.id = used.order_id
             where placed.status in ('CANCELED', 'EXPIRED') and placed.checkout_id is not null
               and used.returned_amount < used.amount
        """),
    ),
    Promise(
        "The numbers of a channel's invoices, and of its credit notes, have no gaps.",
        Statement("""
            select 'channel ' || channel_id as subject,
                   kind || ': ' || count(*) || ' numbers from ' || min(serial) || ' to ' || max(serial)
                       as what
              from invoices
             group by channel_id, kind
            having min(serial) <> 1 or max(serial) <> count(*)
        """),
    ),
)
