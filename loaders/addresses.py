"""Postal addresses."""

from db import addresses
from loaders.batching import many, one


class AddressLoaders:
    by_id = one(addresses.by_ids, key="id")
    of_user = many(addresses.by_user_ids, key="user_id")
