"""Ways of shipping, and warehouses where goods may be fetched."""

from db import shipping, warehouses
from loaders.batching import many, one


class ShippingLoaders:
    method = one(shipping.methods, key="id, channel_id")
    method_of_delivery = one(shipping.methods_by_delivery_ids, key="delivery_id")
    delivery = one(shipping.deliveries_by_ids, key="id")
    warehouse = one(warehouses.by_ids, key="id")
    collection_points = many(warehouses.collection_points, key="checkout_id")
