"""Promises about orders: what they are made of, and what they cost."""

from babel import Locale
from babel.numbers import get_currency_precision

from db.statements import Statement
from db.verifying.promises import Promise

CENTS = 2
DIGITS = {
    currency: get_currency_precision(currency)
    for currency in sorted(Locale("en").currencies)
    if get_currency_precision(currency) != CENTS
}
OTHERS = ", ".join(f"'{currency}'" for currency in DIGITS)
WHENS = " ".join(f"when '{currency}' then {digits}" for currency, digits in DIGITS.items())
FIGURES = (
    *("subtotal_net", "subtotal_gross", "shipping_net", "shipping_gross", "total_net", "total_gross"),
    *("undiscounted_total_net", "undiscounted_total_gross", "gift_card_amount"),
)
LINE_FIGURES = ("total_net", "total_gross", "undiscounted_total_net", "undiscounted_total_gross")


def _has_broken_units(table: str, columns: tuple[str, ...]) -> str:
    """Whether one of these amounts has more digits than its currency."""

    def any_broken(digits: str) -> str:
        return " or ".join(f"{table}.{column} <> round({table}.{column}, {digits})" for column in columns)

    # Most currencies have cents, and theirs are to be looked at fast.
    return f"""
        case when {table}.currency not in ({OTHERS}) then {any_broken(str(CENTS))}
             else {any_broken(f"case {table}.currency {WHENS} end")}
         end
    """


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
    ),
    Promise(
        "An order's total is its subtotal and its shipping, less what gift cards paid.",
        Statement("""
            select 'order ' || number as subject,
                   total_gross || ', not ' || subtotal_gross || ' + ' || shipping_gross || ' - '
                       || gift_card_amount as what
              from orders
             where total_gross <> subtotal_gross + shipping_gross - gift_card_amount
                or (gift_card_amount = 0 and total_net <> subtotal_net + shipping_net)
        """),
    ),
    Promise(
        "Gross is never below net, and no figure of an order is below nothing.",
        Statement("""
            select 'order ' || number as subject, total_net || ' / ' || total_gross as what
              from orders
             where least(subtotal_net, shipping_net, total_net, gift_card_amount) < 0
                or subtotal_gross < subtotal_net or shipping_gross < shipping_net or total_gross < total_net
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
        # What was imported keeps the figures of its source, to the last digit.
        "Every amount of an order that was placed here is of its currency's smallest units.",
        Statement(f"""
            select 'order ' || orders.number as subject, orders.total_gross || ' ' || orders.currency as what
              from orders where orders.origin = 'CHECKOUT' and {_has_broken_units("orders", FIGURES)}
        """),
    ),
    Promise(
        "Every amount of a line of such an order is of its currency's smallest units.",
        Statement(f"""
            select 'order line ' || line.id as subject, line.total_gross || ' ' || line.currency as what
              from order_lines as line join orders on orders.id = line.order_id
             where orders.origin = 'CHECKOUT' and {_has_broken_units("line", LINE_FIGURES)}
        """),
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
               and not exists (select from order_events as told where told.order_id = orders.id)
        """),
    ),
)
