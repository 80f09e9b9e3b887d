"""Channels."""

from db import channels
from loaders.batching import many, one


class ChannelLoaders:
    by_id = one(channels.by_ids, key="id")
    by_slug = one(channels.by_slugs, key="slug")
    countries = many(channels.countries_by_channel_ids, key="channel_id")
