"""Payments."""

from db import transaction_events, transactions
from loaders.batching import many, one


class TransactionLoaders:
    by_id = one(transactions.by_ids, key="id")
    of_checkout = many(transactions.by_checkout_ids, key="checkout_id")
    of_order = many(transactions.by_order_ids, key="order_id")
    events = many(transaction_events.by_transaction_ids, key="transaction_id")
    event = one(transaction_events.by_ids, key="id")
