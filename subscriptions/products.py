"""Live fields of the catalogue."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from db.products import ProductRow
from db.variants import VariantRow
from domain.events import Announcement, topic
from domain.refusals import Invalid, NotFound
from loaders.products import ProductLoaders
from loaders.variants import VariantLoaders
from schema import ids as global_ids
from schema.channel_choice import ChannelSlug, choose_channel
from schema.context import Context, Info
from schema.live import AfterEvent
from schema.products import Product, ProductVariant
from subscriptions.changes import changes

MOST = 100
PRICE = "ProductPriceChanged"


@strawberry.subscription(
    description="The variant whose stock in the channel has just changed, out of those that are named."
)
def product_variant_stock_changed(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Ids of variants, at most 100.")],
    channel: Annotated[str, strawberry.argument(description="The slug of the channel they are sold in.")],
    after: AfterEvent = None,
) -> AsyncGenerator[ProductVariant | None, None]:
    wanted = _by_topic("ProductVariant", ids)

    async def look(context: Context, about: str) -> VariantRow:
        chosen = await choose_channel(context, channel)
        key = (wanted[about], chosen.id if chosen else None)
        row = await context.loading.load(VariantLoaders.by_key, key) if chosen else None
        if row is None:
            variant_id = global_ids.to_global("ProductVariant", wanted[about])
            raise NotFound(f"There is no variant {variant_id} in the channel {channel}.", field="ids")
        return row

    async def hears(event: Announcement) -> bool:
        return event.kind == "StockChanged"

    return changes(info, list(wanted), look, after=after, hears=hears, public=True)


@strawberry.subscription(
    description=(
        "The product, whenever something about it has changed: what it is, or its price in the channel. "
        "Whoever may see the product may listen."
    )
)
def product_updated(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The product's id.")],
    channel: ChannelSlug = None,
    after: AfterEvent = None,
) -> AsyncGenerator[Product | None, None]:
    wanted = _by_topic("Product", [id], field="id")

    async def hears(event: Announcement) -> bool:
        return event.kind != PRICE or await _is_of(info.context, channel, event)

    return changes(
        info, list(wanted), _product_in(channel, wanted, "id"), after=after, hears=hears, public=True
    )


@strawberry.subscription(
    description="The product whose price in the channel has just changed, out of those that are named."
)
def product_price_changed(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="Ids of products, at most 100.")],
    channel: Annotated[str, strawberry.argument(description="The slug of the channel they are sold in.")],
    after: AfterEvent = None,
) -> AsyncGenerator[Product | None, None]:
    wanted = _by_topic("Product", ids)

    async def hears(event: Announcement) -> bool:
        return event.kind == PRICE and await _is_of(info.context, channel, event)

    return changes(
        info, list(wanted), _product_in(channel, wanted, "ids"), after=after, hears=hears, public=True
    )


def _by_topic(kind: str, ids: list[strawberry.ID], field: str = "ids") -> dict[str, int]:
    """The keys in ``ids``, by their topics. Raises ``Invalid`` for none or too many."""
    if not 0 < len(ids) <= MOST:
        raise Invalid(f"Name 1 to {MOST}.", field=field)
    keys = [global_ids.parse(kind, text, field=field) for text in ids]
    return {topic(kind, key): key for key in keys}


def _product_in(
    channel: str | None, wanted: Mapping[str, int], field: str
) -> Callable[[Context, str], Awaitable[ProductRow]]:
    """How a product of ``wanted`` looks in the channel now, to the context's viewer."""

    async def look(context: Context, about: str) -> ProductRow:
        chosen = await choose_channel(context, channel)
        key = (wanted[about], chosen.id if chosen else None)
        row = await context.loading.load(ProductLoaders.by_key, key) if chosen else None
        if row is None:
            product_id = global_ids.to_global("Product", wanted[about])
            raise NotFound(f"There is no product {product_id} to be seen.", field=field)
        return row

    return look


async def _is_of(context: Context, channel: str | None, event: Announcement) -> bool:
    """Whether the event happened in the channel that is looked at; in any, where none is."""
    chosen = await choose_channel(context, channel)
    return chosen is not None and chosen.id in (None, event.facts["channel_id"])
