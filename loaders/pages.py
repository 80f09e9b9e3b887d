"""Pages and their types. Keys of pages are (id, channel id), the latter null where none was asked for."""

from db import pages
from loaders.batching import one, one_seen


class PageLoaders:
    by_key = one_seen(pages.by_keys, key="id, channel_id")


class PageTypeLoaders:
    by_id = one(pages.types_by_ids, key="id")
