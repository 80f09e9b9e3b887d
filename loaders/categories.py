"""Categories."""

from db import categories
from loaders.batching import many, one


class CategoryLoaders:
    by_id = one(categories.by_ids, key="id")
    ancestors = many(categories.ancestors, key="of_id")
    child_count = one(categories.child_counts, key="parent_id")
