"""Menus: links in a tree."""

from typing import ClassVar

import strawberry

from db.menus import MenuItemRow, MenuRow
from engine.words import attribute, edge
from loaders.categories import CategoryLoaders
from loaders.collections import CollectionLoaders
from loaders.menus import MenuItemLoaders, MenuLoaders
from loaders.pages import PageLoaders
from loaders.translations import TranslationLoaders
from schema.cache_hints import CATALOGUE
from schema.categories import Category
from schema.collections import Collection
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.pages import Page
from schema.translations import MenuItemTranslation, translation


@strawberry.type(
    description="A link of a menu. It leads to one thing; where that may not be seen, to nothing.",
    directives=[CATALOGUE],
)
class MenuItem(Node, ObjectWithMetadata):
    represents: ClassVar[type] = MenuItemRow

    id: strawberry.ID = global_id("MenuItem")
    name: str = attribute("The text of the link.")
    level: int = attribute("How deep it lies: 0 at the top.")
    menu: "Menu" = edge(MenuLoaders.by_key, key=("menu_id", "channel_id"), description="The menu.")
    parent: "MenuItem | None" = edge(
        MenuItemLoaders.by_key,
        key=("parent_id", "channel_id"),
        description="The link above it; null at the top.",
    )
    children: "list[MenuItem] | None" = edge(
        MenuItemLoaders.children, key=("id", "channel_id"), description="The links below it."
    )
    url: str | None = attribute("The address it leads to.")
    category: Category | None = edge(
        CategoryLoaders.by_id, key="category_id", description="The category it leads to."
    )
    collection: Collection | None = edge(
        CollectionLoaders.by_key,
        key=("collection_id", "channel_id"),
        description="The collection it leads to, if that is published in the channel.",
    )
    page: Page | None = edge(
        PageLoaders.by_key,
        key=("page_id", "channel_id"),
        description="The page it leads to, if that is published.",
    )
    translation: MenuItemTranslation | None = translation(TranslationLoaders.menu_item)


@strawberry.type(description="A menu of the shop front, such as the one at its top.", directives=[CATALOGUE])
class Menu(Node, ObjectWithMetadata):
    represents: ClassVar[type] = MenuRow

    id: strawberry.ID = global_id("Menu")
    name: str = attribute("The name that staff sees.")
    slug: str = attribute("The name that clients ask by.")
    items: list[MenuItem] | None = edge(
        MenuLoaders.roots,
        key=("id", "channel_id"),
        description="The links at the top, in the merchant's order.",
    )
