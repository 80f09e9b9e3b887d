"""Events of the shop: what happened, as it is told live and read from the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar
from uuid import UUID

import orjson
import strawberry

from db.orders import OrderRow
from domain.events import Announcement
from engine.words import attribute, batch_field, edge, inline
from loaders.orders import OrderLoaders
from loaders.variants import VariantLoaders
from schema.connections import ConnectionRow, EdgeRow, PageInfo
from schema.context import Context
from schema.ids import to_global
from schema.live import cursor_at
from schema.scalars import DateTime, JSONString

if TYPE_CHECKING:
    from schema.orders import Order
    from schema.products import ProductVariant


@dataclass(frozen=True, slots=True)
class StockAlertRow:
    """``quantity`` is what is in the warehouses and not sold; the variant is seen in no channel."""

    variant_id: int
    quantity: int
    channel_id: None = None


def object_id(event: Announcement) -> strawberry.ID:
    return to_global(event.subject, int(event.key) if event.key.isdecimal() else UUID(event.key))


def facts(context: Context, event: Announcement) -> str | None:
    """For staff and apps: who else listens has a right to the object, and not to all that is known of it."""
    return orjson.dumps(event.facts).decode() if context.viewer.works_here else None


def event_cursor(context: Context, event: Announcement) -> str:
    return cursor_at(context, event.position)


async def orders_of(events: Sequence[Announcement], context: Context) -> list[OrderRow | None]:
    """The orders that events happened to; null for an event of anything else."""
    keys = [UUID(event.key) for event in events if event.subject == "Order"]
    found = iter(await context.loading.load_many(OrderLoaders.by_id, keys))
    return [next(found) if event.subject == "Order" else None for event in events]


@strawberry.type(description="Something that happened in the shop.")
class ShopEvent:
    represents: ClassVar[type] = Announcement

    cursor: str = inline(
        event_cursor, description="Its place in the history: give it as `after` to go on from there."
    )
    type: str = attribute("What happened, such as OrderCreated or StockChanged.", column="kind")
    date: DateTime = attribute("When it happened.", column="at")
    object_type: str = attribute("The type of what it happened to.", column="subject")
    object_id: strawberry.ID = inline(object_id, description="The global id of what it happened to.")
    facts: JSONString | None = inline(facts, description="What else is known of it; null for shoppers.")
    order: Annotated["Order", strawberry.lazy("schema.orders")] | None = batch_field(
        orders_of, description="The order it happened to, as it is now."
    )


@strawberry.type(description="An event and its cursor.")
class ShopEventEdge:
    represents: ClassVar[type] = EdgeRow

    node: ShopEvent = attribute("The event.")
    cursor: str = attribute("Its place in the history.")


@strawberry.type(description="A page of the shop's history, the oldest first.")
class ShopEventConnection:
    represents: ClassVar[type] = ConnectionRow

    edges: list[ShopEventEdge] = attribute("The events with their cursors.")
    page_info: PageInfo = attribute("Where the page stands.")


@strawberry.type(description="A variant of which little is left.")
class StockAlert:
    represents: ClassVar[type] = StockAlertRow

    variant: Annotated["ProductVariant", strawberry.lazy("schema.products")] | None = edge(
        VariantLoaders.any_by_key, key=("variant_id", "channel_id"), description="The variant."
    )
    quantity: int = attribute("Units on hand in all warehouses that are not sold.")


@strawberry.input(description="Which events of orders to hear; everything that is given has to hold.")
class OrdersFeedFilter:
    channels: list[str] | None = strawberry.field(
        default=None, description="Orders of these channels, by slug."
    )
    types: list[str] | None = strawberry.field(
        default=None, description="Events of these types, such as OrderCreated."
    )
