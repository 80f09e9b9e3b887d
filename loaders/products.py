"""Products. Keys are (id, channel id), the latter null where no channel was asked for."""

from db import prices as price_statements
from db import products
from db import variants as variant_statements
from loaders.batching import many, many_seen, one, one_seen


class ProductLoaders:
    """``any_by_key`` shows what is not published too, to whoever came by something that may be seen."""

    by_key = one_seen(products.by_keys, key="id, channel_id")
    any_by_key = one(products.any_by_keys, key="id, channel_id")
    available = one(products.available_by_keys, key="id, channel_id")
    prices = one(price_statements.of_products, key="product_id, channel_id")
    variants = many_seen(variant_statements.by_products, key="product_id, channel_id")
    variant_count = one_seen(variant_statements.counts_by_products, key="product_id, channel_id")
    media = many(products.media_by_product_ids, key="product_id")
    first_picture = one(products.first_pictures_by_product_ids, key="product_id")
    medium = one(products.media_by_ids, key="id")


class ProductTypeLoaders:
    by_id = one(products.types_by_ids, key="id")
