"""The history of the shop: a root field."""

from typing import Annotated

import strawberry

from db import outbox
from domain.access import Permission
from domain.events import Announcement
from domain.pages import InvalidCursor
from engine.words import seen
from schema.connections import ConnectionRow, EdgeRow, PageInfoRow, requested
from schema.context import Info
from schema.events import ShopEventConnection
from schema.live import AfterEvent, cursor_at, position_of
from schema.paging import First


@strawberry.field(
    description=(
        "What happened in the shop, the oldest first, as far back as the history goes. Its cursors are "
        "those of live updates. Needs MANAGE_APPS or MANAGE_SETTINGS."
    )
)
async def events(
    info: Info,
    *,
    after: AfterEvent = None,
    types: Annotated[
        list[str] | None,
        strawberry.argument(description="Only events of these types, such as OrderCreated."),
    ] = None,
    first: First = None,
) -> ShopEventConnection:
    context = info.context
    context.viewer.require(Permission.MANAGE_APPS, Permission.MANAGE_SETTINGS)
    size = requested(first=first).size
    place = position_of(context, after) if after else None
    found = await context.read(outbox.everything_since, place or 0, size + 1, types)
    if place is not None and not (await context.read(outbox.reach)).covers(place):
        raise InvalidCursor("The history no longer goes back to this cursor.", field="after")

    def written(event: Announcement) -> str:
        return cursor_at(context, event.position)

    edges = [EdgeRow(event, written) for event in found[:size]]
    first_edge, last_edge = (edges[0], edges[-1]) if edges else (None, None)
    page = PageInfoRow(len(found) > size, place is not None, first_edge, last_edge)

    async def count() -> int:
        return len(edges)

    return seen(ShopEventConnection, ConnectionRow(edges, page, count))
