"""Jobs."""

from db import jobs
from loaders.batching import one


class JobLoaders:
    """They do not ask who is looking: ``subscriptions.jobs`` does."""

    by_id = one(jobs.by_ids, key="id")
