"""Menus and their links. Keys are (id, channel id), the latter null where no channel was asked for."""

from db import menus
from loaders.batching import many, one


class MenuLoaders:
    by_key = one(menus.by_keys, key="id, channel_id")
    roots = many(menus.roots, key="menu_id, channel_id")


class MenuItemLoaders:
    by_key = one(menus.items_by_keys, key="id, channel_id")
    children = many(menus.children, key="parent_id, channel_id")
