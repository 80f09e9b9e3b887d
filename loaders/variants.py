"""Variants. Keys are (id, channel id), the latter null where no channel was asked for."""

from db import prices, products, variants
from loaders.batching import many, one, one_seen


class VariantLoaders:
    """``any_by_key`` as for products: a line of a checkout shows its variant in any case."""

    by_key = one_seen(variants.by_keys, key="id, channel_id")
    any_by_key = one(variants.any_by_keys, key="id, channel_id")
    price = one(prices.of_variants, key="variant_id, channel_id")
    media = many(products.media_by_variant_ids, key="variant_id")
