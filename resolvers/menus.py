"""Menus: root fields."""

from typing import Annotated

import strawberry

from db import menus as statements
from engine.words import seen
from loaders.menus import MenuLoaders
from schema import ids
from schema.cache_hints import CATALOGUE
from schema.context import Info
from schema.lookups import LinkChannel, exactly_one, linked_channel
from schema.menus import Menu


@strawberry.field(description="One menu, by its id, its slug or its name.", directives=[CATALOGUE])
async def menu(
    info: Info,
    *,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The menu's id.")] = None,
    slug: Annotated[str | None, strawberry.argument(description="The menu's slug.")] = None,
    name: Annotated[str | None, strawberry.argument(description="The menu's name.")] = None,
    channel: LinkChannel = None,
) -> Menu | None:
    exactly_one(id=id, slug=slug, name=name)
    if id is not None:
        key: int | None = ids.parse("Menu", id)
    else:
        key = await info.context.read(statements.id_by_name, slug, name)
    if key is None:
        return None
    channel_id = await linked_channel(info.context, channel)
    return seen(Menu, await info.context.loading.load(MenuLoaders.by_key, (key, channel_id)))
