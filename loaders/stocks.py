"""Stock."""

from db import stocks
from loaders.batching import one


class StockLoaders:
    available = one(stocks.available, key="variant_id, channel_id")
