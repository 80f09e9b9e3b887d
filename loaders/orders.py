"""Orders."""

from operator import itemgetter

from db import order_lines, orders, papers
from loaders.batching import many, one, one_seen


class OrderLoaders:
    by_id = one_seen(orders.seen_by_ids, key="id")
    placed = one(orders.by_ids, key="id")
    count_of_customer = one(orders.counts_by_user_ids, key="user_id")
    shipping_method = one(orders.methods_by_ids, key=itemgetter("order_id"))
    lines = many(order_lines.by_order_ids, key="order_id")
    line = one(order_lines.by_ids, key="id")
    picture_of_variant = one(order_lines.pictures_by_variant_ids, key="variant_id")
    discounts = many(order_lines.discounts_by_order_ids, key="order_id")
    events = many(order_lines.events_by_order_ids, key="order_id")
    fulfillment = one(order_lines.fulfillments_by_ids, key="id")
    fulfillments = many(order_lines.fulfillments_by_order_ids, key="order_id")
    fulfillment_lines = many(order_lines.lines_by_fulfillment_ids, key="fulfillment_id")
    invoice = one(papers.by_ids, key="id")
    invoices = many(papers.by_order_ids, key="order_id")
    card_uses = many(order_lines.card_uses_by_order_ids, key="order_id")
