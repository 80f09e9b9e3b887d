"""Money given back: root fields."""

from typing import Annotated
from uuid import UUID

import strawberry

from commands.payments import refunds
from domain.access import Permission
from engine.words import seen
from loaders.orders import OrderLoaders
from loaders.refunds import RefundLoaders
from loaders.transactions import TransactionLoaders
from schema import ids
from schema.context import Info
from schema.errors import answers
from schema.orders import Order
from schema.refund_changes import (
    OrderGrantRefundCreate,
    OrderGrantRefundCreateInput,
    OrderGrantRefundUpdate,
    OrderGrantRefundUpdateInput,
    TransactionRequestRefundForGrantedRefund,
    change_of,
    grant_of,
)
from schema.refunds import OrderGrantedRefund
from schema.transactions import TransactionItem

NOT_READ = "Not read: a grant knows its payment."


@strawberry.mutation(
    description="Grant money back for an order, out of a payment or onto a gift card: none moves yet. "
    "Needs MANAGE_ORDERS."
)
@answers(OrderGrantRefundCreate)
async def order_grant_refund_create(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The order.")],
    input: Annotated[OrderGrantRefundCreateInput, strawberry.argument(description="What is given back.")],
) -> OrderGrantRefundCreate:
    info.context.viewer.require(Permission.MANAGE_ORDERS)
    order_id, (purse, wish) = ids.parse_uuid("Order", id), grant_of(input)
    made = await refunds.grant(info.context.shop, info.context.viewer, order_id, purse, wish)
    return OrderGrantRefundCreate(
        granted_refund=await _granted(info, made), order=await _order(info, order_id)
    )


@strawberry.mutation(
    description="Change what was granted back. Once it is paid out, or about to be, only the reason can be "
    "changed. Needs MANAGE_ORDERS."
)
@answers(OrderGrantRefundUpdate)
async def order_grant_refund_update(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The grant.")],
    input: Annotated[OrderGrantRefundUpdateInput, strawberry.argument(description="What it becomes.")],
) -> OrderGrantRefundUpdate:
    info.context.viewer.require(Permission.MANAGE_ORDERS)
    granted_id = ids.parse("OrderGrantedRefund", id)
    order_id = await refunds.change(info.context.shop, info.context.viewer, granted_id, change_of(input))
    return OrderGrantRefundUpdate(
        granted_refund=await _granted(info, granted_id), order=await _order(info, order_id)
    )


@strawberry.mutation(
    description="Pay out what was granted back: by the payment's gateway, or at once onto a gift card. "
    "However often it is asked for, it is paid out once. Needs HANDLE_PAYMENTS."
)
@answers(TransactionRequestRefundForGrantedRefund)
async def transaction_request_refund_for_granted_refund(
    info: Info,
    granted_refund_id: Annotated[strawberry.ID, strawberry.argument(description="The grant.")],
    id: Annotated[strawberry.ID | None, strawberry.argument(description=NOT_READ)] = None,
    token: Annotated[UUID | None, strawberry.argument(description=NOT_READ)] = None,
) -> TransactionRequestRefundForGrantedRefund:
    del id, token
    info.context.viewer.require(Permission.HANDLE_PAYMENTS)
    granted_id = ids.parse("OrderGrantedRefund", granted_refund_id, field="grantedRefundId")
    await refunds.refund(info.context.shop, info.context.viewer, granted_id)
    row = await info.context.loading.load(RefundLoaders.by_id, granted_id)
    assert row is not None, "it was found"
    payment = (
        None
        if row.transaction_id is None
        else seen(
            TransactionItem, await info.context.loading.load(TransactionLoaders.by_id, row.transaction_id)
        )
    )
    return TransactionRequestRefundForGrantedRefund(
        transaction=payment, granted_refund=seen(OrderGrantedRefund, row)
    )


async def _granted(info: Info, granted_id: int) -> OrderGrantedRefund:
    return seen(OrderGrantedRefund, await info.context.loading.load(RefundLoaders.by_id, granted_id))


async def _order(info: Info, order_id: UUID) -> Order:
    return seen(Order, await info.context.loading.load(OrderLoaders.by_id, order_id))
