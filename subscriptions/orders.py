"""Live fields of orders."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from db.orders import OrderRow
from domain.events import topic
from domain.refusals import NotFound
from loaders.orders import OrderLoaders
from schema import ids
from schema.context import Context, Info
from schema.live import AfterEvent
from schema.orders import Order
from subscriptions.changes import changes


@strawberry.subscription(
    description="The order, whenever something about it has changed. Whoever may see the order may listen."
)
def order_updated(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The order's id.")],
    after: AfterEvent = None,
) -> AsyncGenerator[Order | None, None]:
    key = ids.parse_uuid("Order", id)

    async def look(context: Context, _topic: str) -> OrderRow:
        row = await context.loading.load(OrderLoaders.by_id, key)
        if row is None:
            raise NotFound("There is no order with this id.", field="id")
        return row

    return changes(info, [topic("Order", key)], look, after=after)
