"""Live fields of checkouts."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from db.checkouts import CheckoutRow
from domain.checkouts import may_touch
from domain.events import topic
from domain.refusals import NotFound
from loaders.checkouts import CheckoutLoaders
from schema import ids
from schema.checkouts import Checkout
from schema.context import Context, Info
from schema.live import AfterEvent
from subscriptions.changes import changes


@strawberry.subscription(
    description=(
        "The checkout, whenever something about it has changed. Null, and nothing more, once it has become "
        "an order. Whoever may see the checkout may listen."
    )
)
def checkout_updated(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The checkout's id.")],
    after: AfterEvent = None,
) -> AsyncGenerator[Checkout | None, None]:
    key = ids.parse_uuid("Checkout", id)

    async def look(context: Context, _topic: str) -> CheckoutRow | None:
        row = await context.loading.load(CheckoutLoaders.by_id, key)
        if row is not None and not may_touch(context.viewer, row.user_id):
            raise NotFound("There is no checkout with this id.", field="id")
        return row

    return changes(info, [topic("Checkout", key)], look, after=after)
