"""Live fields that tell of events, rather than of objects that have changed."""

from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

import strawberry

from db import orders, stocks
from domain.access import Permission
from domain.events import Announcement, feed, topic
from domain.refusals import Invalid, NotFound, Required
from engine.selected import types_named
from loaders.channels import ChannelLoaders
from loaders.orders import OrderLoaders
from schema import ids
from schema.context import Context, Info
from schema.event_kinds import Event
from schema.events import OrdersFeedFilter, ShopEvent, StockAlert, StockAlertRow
from schema.live import AfterEvent
from schema.told_events import KINDS, Told
from subscriptions.changes import happenings


async def itself(_context: Context, event: Announcement) -> Announcement:
    return event


@strawberry.subscription(
    description=(
        "What happens in the shop, of the kinds that fragments name, each with the permission it needs. "
        "Null says that events were lost."
    )
)
def event(info: Info, after: AfterEvent = None) -> AsyncGenerator[Event | None, None]:
    info.context.viewer.require(*(kind.permission for kind in KINDS.values()))
    kinds = [KINDS[name] for name in sorted(types_named(info) & KINDS.keys())]
    if not kinds:
        raise Required("Name the kinds of events to hear: event { ... on OrderCreated { order { id } } }.")
    wanted = {(kind.kind, kind.subject): kind for kind in kinds}

    async def allow(context: Context) -> None:
        for permission in {kind.permission for kind in kinds}:
            context.viewer.require(permission)

    async def show(_context: Context, event: Announcement) -> Told:
        return wanted[event.kind, event.subject].tell(event)

    async def hears(event: Announcement) -> bool:
        return (event.kind, event.subject) in wanted

    feeds = {feed(kind.subject) for kind in kinds}
    return happenings(info, feeds, show, allow=allow, after=after, hears=hears)


@strawberry.subscription(
    description=(
        "Whatever happens to the order, one event at a time. Null says that events were lost. "
        "Whoever may see the order may listen."
    )
)
def order_events(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The order's id.")],
    after: AfterEvent = None,
) -> AsyncGenerator[ShopEvent | None, None]:
    key = ids.parse_uuid("Order", id)

    async def allow(context: Context) -> None:
        if await context.loading.load(OrderLoaders.by_id, key) is None:
            raise NotFound("There is no order with this id.", field="id")

    return happenings(info, [topic("Order", key)], itself, allow=allow, after=after)


@strawberry.subscription(
    description=(
        "Whatever happens to any order, one event at a time. Null says that events were lost. "
        "Needs MANAGE_ORDERS."
    )
)
def orders_feed(
    info: Info,
    filter: Annotated[OrdersFeedFilter | None, strawberry.argument(description="Which events.")] = None,
    after: AfterEvent = None,
) -> AsyncGenerator[ShopEvent | None, None]:
    wanted = filter or OrdersFeedFilter()

    async def allow(context: Context) -> None:
        context.viewer.require(Permission.MANAGE_ORDERS)

    async def hears(event: Announcement) -> bool:
        if wanted.types is not None and event.kind not in wanted.types:
            return False
        if wanted.channels is None:
            return True
        context = Context.of(info.context.shop, info.context.viewer)  # its own: a stream would keep every row
        found = await context.read(orders.by_ids, [UUID(event.key)])
        channel = await context.loading.load(ChannelLoaders.by_id, found[0].channel_id) if found else None
        return channel is not None and channel.slug in wanted.channels

    return happenings(info, [feed("Order")], itself, allow=allow, after=after, hears=hears)


@strawberry.subscription(
    description=(
        "A variant, whenever its stock changes and no more than `threshold` units are left on hand. "
        "Null says that events were lost. Needs MANAGE_PRODUCTS."
    )
)
def stock_alerts(
    info: Info,
    threshold: Annotated[int, strawberry.argument(description="How few units are few.")],
    after: AfterEvent = None,
) -> AsyncGenerator[StockAlert | None, None]:
    if threshold < 0:
        raise Invalid("The threshold is 0 or more.", field="threshold")

    async def allow(context: Context) -> None:
        context.viewer.require(Permission.MANAGE_PRODUCTS)

    async def show(context: Context, event: Announcement) -> StockAlertRow:
        found = await context.read(stocks.unsold, [int(event.key)])
        return StockAlertRow(int(event.key), found.get(int(event.key), 0))

    async def hears(event: Announcement) -> bool:
        if event.kind != "StockChanged":
            return False
        left = (await info.context.read(stocks.unsold, [int(event.key)])).get(int(event.key))
        return left is not None and left <= threshold

    return happenings(info, [feed("ProductVariant")], show, allow=allow, after=after, hears=hears)
