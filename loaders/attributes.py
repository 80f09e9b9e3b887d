"""Attributes, and what is said with them."""

from db import attributes
from loaders.batching import many_seen, one


class AttributeLoaders:
    """``of_product`` and its like: a row for each value, by attribute, and one for an attribute without."""

    by_id = one(attributes.by_ids, key="id")
    of_product = many_seen(attributes.of_products, key="owner_id")
    of_variant = many_seen(attributes.of_variants, key="owner_id")
    of_page = many_seen(attributes.of_pages, key="owner_id")
    of_page_type = many_seen(attributes.of_page_types, key="page_type_id")
