"""Collections. Keys are (id, channel id), the latter null where no channel was asked for."""

from db import collections
from loaders.batching import many_seen, one_seen


class CollectionLoaders:
    by_key = one_seen(collections.by_keys, key="id, channel_id")
    of_product = many_seen(collections.of_products, key="product_id, channel_id")
