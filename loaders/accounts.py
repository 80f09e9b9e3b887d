"""Users."""

from db import accounts
from loaders.batching import one_seen


class AccountLoaders:
    by_id = one_seen(accounts.by_ids, key="id")
