"""Apps."""

from db import apps
from loaders.batching import many, one_seen


class AppLoaders:
    by_id = one_seen(apps.by_ids, key="id")
    tokens = many(apps.tokens_by_app_ids, key="app_id")
