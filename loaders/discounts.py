"""Vouchers and gift cards."""

from db import gift_cards, vouchers
from loaders.batching import many, one


class DiscountLoaders:
    voucher = one(vouchers.by_ids, key="id")
    voucher_of_code = one(vouchers.by_code_ids, key="voucher_code_id")
    gift_card = one(gift_cards.by_ids, key="id")
    gift_cards_of_checkout = many(gift_cards.by_checkout_ids, key="checkout_id")
