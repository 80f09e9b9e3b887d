"""The shop's promises as queries, each of which finds what breaks one. On a sound shop all find nothing."""

from dataclasses import dataclass

from db.rows import Row
from db.statements import Connection, Statement


class BreachRow(Row):
    """What breaks a promise: the object by name, and what is wrong with it."""

    subject: str
    what: str


@dataclass(frozen=True, slots=True)
class Promise:
    """``text`` says what always holds; ``breaches`` selects (subject, what) for all of which it does not."""

    text: str
    breaches: Statement


PROMISES = (
    Promise(
        "What is promised of a stock is there: 0 <= allocated <= on hand.",
        Statement("""
            select 'stock ' || id as subject, allocated || ' of ' || on_hand as what
              from stocks where allocated not between 0 and on_hand
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
    ),
    Promise(
        "No order line goes below zero, and none is dearer with its discount than without.",
        Statement("""
            select 'order line ' || id as subject, total_net || ' / ' || total_gross as what
              from order_lines
             where least(total_net, total_gross, unit_net, unit_gross) < 0
                or total_gross < total_net or total_gross > undiscounted_total_gross
        """),
    ),
    Promise(
        "A voucher is used as often as it was redeemed, and never beyond its limit.",
        Statement("""
            select 'voucher ' || voucher.id as subject,
                   voucher.used || ' used, ' || count(redeemed.id) || ' redeemed, limit '
                       || coalesce(voucher.usage_limit::text, 'none') as what
              from vouchers as voucher
              left join voucher_redemptions as redeemed on redeemed.voucher_id = voucher.id
             group by voucher.id
            having voucher.used < count(redeemed.id) or voucher.used > voucher.usage_limit
        """),
    ),
    Promise(
        "A gift card's balance is what it began with less what was taken.",
        Statement("""
            select 'gift card ' || card.id as subject,
                   card.balance_amount || ' of ' || card.initial_amount as what
              from gift_cards as card
              left join (
                  select gift_card_id, sum(amount) as taken from gift_card_uses group by gift_card_id
              ) as used on used.gift_card_id = card.id
             where card.balance_amount > card.initial_amount - coalesce(used.taken, 0)
        """),
    ),
)


async def breaches(connection: Connection, promise: Promise) -> list[BreachRow]:
    """Everything that breaks ``promise``."""
    return await promise.breaches.rows(connection, BreachRow)
