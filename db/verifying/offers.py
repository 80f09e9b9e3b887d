"""Promises about vouchers and gift cards."""

from db.statements import Statement
from db.verifying.promises import Promise

PROMISES = (
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
        "A voucher's code is used as often as it was redeemed, and once where that is all it is for.",
        Statement("""
            select 'voucher code ' || code.id as subject,
                   code.used || ' used, ' || count(redeemed.id) || ' redeemed' as what
              from voucher_codes as code
              join vouchers as voucher on voucher.id = code.voucher_id
              left join voucher_redemptions as redeemed on redeemed.voucher_code_id = code.id
             group by code.id, voucher.single_use
            having code.used < count(redeemed.id) or (voucher.single_use and code.used > 1)
        """),
    ),
    Promise(
        "A voucher that is once per customer was redeemed once by each.",
        Statement("""
            select 'voucher ' || redeemed.voucher_id as subject,
                   count(*) || ' times by one customer' as what
              from voucher_redemptions as redeemed
              join vouchers as voucher on voucher.id = redeemed.voucher_id and voucher.once_per_customer
             where redeemed.customer is not null
             group by redeemed.voucher_id, redeemed.customer
            having count(*) > 1
        """),
    ),
    Promise(
        "An order that was called off has given its voucher back.",
        Statement("""
            select 'order ' || orders.number as subject, 'voucher ' || redeemed.voucher_id as what
              from voucher_redemptions as redeemed
              join orders on orders.id = redeemed.order_id
             where orders.status in ('CANCELED', 'EXPIRED') and orders.checkout_id is not null
        """),
    ),
    Promise(
        "A gift card's balance is what it began with, less what was taken and not given back.",
        Statement("""
            select 'gift card ' || card.id as subject,
                   card.balance_amount || ' of ' || card.initial_amount || ', '
                       || coalesce(used.taken, 0) || ' taken' as what
              from gift_cards as card
              left join (
                  select gift_card_id, sum(amount - returned_amount) as taken
                    from gift_card_uses group by gift_card_id
              ) as used on used.gift_card_id = card.id
             where card.balance_amount <> card.initial_amount - coalesce(used.taken, 0)
        """),
    ),
    Promise(
        "What gift cards paid of an order is what was taken from them for it.",
        Statement("""
            select 'order ' || orders.number as subject,
                   orders.gift_card_amount || ', not ' || coalesce(used.taken, 0) as what
              from orders
              left join (
                  select order_id, sum(amount) as taken from gift_card_uses group by order_id
              ) as used on used.order_id = orders.id
             where orders.gift_card_amount <> coalesce(used.taken, 0)
        """),
        same=(("orders.by_cards", "gift_card_uses.taken"),),
    ),
)
