"""Money granted back."""

from db import refunds
from loaders.batching import many, one


class RefundLoaders:
    by_id = one(refunds.by_ids, key="id")
    of_order = many(refunds.by_order_ids, key="order_id")
    lines = many(refunds.lines_by_ids, key="granted_refund_id")
    events = many(refunds.events_by_ids, key="granted_refund_id")
    sums_of_order = one(refunds.sums_by_order_ids, key="order_id")
