"""Live fields of the catalogue."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from db.variants import VariantRow
from domain.events import topic
from domain.refusals import Invalid, NotFound
from loaders.variants import VariantLoaders
from schema import ids as global_ids
from schema.channel_choice import choose_channel
from schema.context import Context, Info
from schema.products import ProductVariant
from subscriptions.changes import changes

MOST = 100


@strawberry.subscription(
    description="The variant whose stock in the channel has just changed, out of those that are named."
)
def product_variant_stock_changed(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Ids of variants, at most 100.")],
    channel: Annotated[str, strawberry.argument(description="The slug of the channel they are sold in.")],
) -> AsyncGenerator[ProductVariant | None, None]:
    if not 0 < len(ids) <= MOST:
        raise Invalid(f"Name 1 to {MOST} variants.", field="ids")
    keys = [global_ids.parse("ProductVariant", text, field="ids") for text in ids]
    wanted = {topic("ProductVariant", key): key for key in keys}

    async def look(context: Context, about: str) -> VariantRow:
        chosen = await choose_channel(context, channel)
        key = (wanted[about], chosen.id if chosen else None)
        row = await context.loading.load(VariantLoaders.by_key, key) if chosen else None
        if row is None:
            variant_id = global_ids.to_global("ProductVariant", wanted[about])
            raise NotFound(f"There is no variant {variant_id} in the channel {channel}.", field="ids")
        return row

    return changes(info, list(wanted), look)
