"""Orders: root fields."""

from typing import Annotated

import strawberry

from commands import completing
from engine.words import seen
from loaders.orders import OrderLoaders
from schema import ids
from schema.completing import CheckoutComplete
from schema.context import Info
from schema.errors import answers
from schema.metadata import MetadataInput, meta_of
from schema.orders import Order
from schema.scalars import JSONString


@strawberry.field(
    description="An order by its id. A customer's is shown to that customer and to staff, "
    "a guest's to whoever knows the id."
)
async def order(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The order's id.")] = None,
) -> Order | None:
    key = ids.parse_uuid("Order", ids.required(id))
    return seen(Order, await info.context.loading.load(OrderLoaders.by_id, key))


@strawberry.mutation(
    description="Make an order of a checkout. Done again, or by several at once, it gives the same order."
)
@answers(CheckoutComplete)
async def checkout_complete(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The checkout's id.")] = None,
    redirect_url: Annotated[
        str | None, strawberry.argument(description="Where the confirmation's link leads.")
    ] = None,
    metadata: Annotated[
        list[MetadataInput] | None, strawberry.argument(description="Public metadata to put on the order.")
    ] = None,
    payment_data: Annotated[
        JSONString | None,
        strawberry.argument(description="Not read: what was paid is known from the checkout's payments."),
    ] = None,
) -> CheckoutComplete:
    del payment_data
    order_id = await completing.complete(
        info.context.shop,
        info.context.viewer,
        ids.parse_uuid("Checkout", ids.required(id)),
        meta=meta_of(metadata),
        redirect_url=redirect_url,
    )
    return CheckoutComplete(order=seen(Order, await info.context.loading.load(OrderLoaders.placed, order_id)))
