"""Paying: root fields."""

from typing import Annotated
from uuid import UUID

import strawberry

from commands.payments import openings, sessions
from commands.payments.asking import Step
from commands.payments.sessions import Wish
from domain.payments import Flow
from engine.words import seen, seen_all
from loaders.transactions import TransactionLoaders
from schema import ids
from schema.context import Info
from schema.errors import answers
from schema.payments import (
    PaymentGatewayConfig,
    PaymentGatewayInitialize,
    PaymentGatewayToInitialize,
    TransactionInitialize,
    TransactionProcess,
    config_row,
    json_text,
    parse_payable,
)
from schema.scalars import JSON, PositiveDecimal
from schema.transactions import TransactionEvent, TransactionItem

PayableId = Annotated[strawberry.ID, strawberry.argument(description="The checkout or the order to pay for.")]
Amount = Annotated[
    PositiveDecimal | None,
    strawberry.argument(description="How much to pay; all that remains where left out."),
]
CustomerIp = Annotated[
    str | None,
    strawberry.argument(description="The shopper's address in the network, for gateways that ask for it."),
]


@strawberry.mutation(
    description="Get from gateways what their forms in the browser begin with. Changes nothing."
)
@answers(PaymentGatewayInitialize)
async def payment_gateway_initialize(
    info: Info,
    id: PayableId,
    amount: Amount = None,
    payment_gateways: Annotated[
        list[PaymentGatewayToInitialize] | None,
        strawberry.argument(description="The gateways to ask; all that are offered where left out."),
    ] = None,
) -> PaymentGatewayInitialize:
    subject, key = parse_payable(id)
    wanted = None if payment_gateways is None else {one.id: one.data for one in payment_gateways}
    opened = await openings.open_gateways(
        info.context.shop, info.context.viewer, subject, key, amount=amount, wanted=wanted
    )
    rows = [config_row(one) for one in opened]
    return PaymentGatewayInitialize(gateway_configs=seen_all(PaymentGatewayConfig, rows))


@strawberry.mutation(description="Begin to pay for a checkout or an order. The goods are held meanwhile.")
@answers(TransactionInitialize)
async def transaction_initialize(
    info: Info,
    *,
    id: PayableId,
    payment_gateway: Annotated[
        PaymentGatewayToInitialize, strawberry.argument(description="The gateway to pay with.")
    ],
    action: Annotated[
        Flow | None,
        strawberry.argument(description="Charge or only promise; the channel's way where left out."),
    ] = None,
    amount: Amount = None,
    idempotency_key: Annotated[
        str | None,
        strawberry.argument(description="The same key is the same payment, however often it is asked for."),
    ] = None,
    customer_ip_address: CustomerIp = None,
) -> TransactionInitialize:
    subject, key = parse_payable(id)
    wish = Wish(
        gateway=payment_gateway.id,
        data=payment_gateway.data,
        amount=amount,
        flow=action,
        key=idempotency_key,
        customer_ip=customer_ip_address,
    )
    step = await sessions.initialize(info.context.shop, info.context.viewer, subject, key, wish)
    transaction, event = await _shown(info, step)
    return TransactionInitialize(transaction=transaction, transaction_event=event, data=_data(step))


@strawberry.mutation(
    description=(
        "Take a payment further: the shopper has done what the gateway required. A payment of a checkout "
        "that has changed since, and costs no less, is then one for the checkout as it is now."
    )
)
@answers(TransactionProcess)
async def transaction_process(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The payment.")] = None,
    token: Annotated[
        UUID | None, strawberry.argument(description="The payment, by the bare key in its id.")
    ] = None,
    data: Annotated[
        JSON | None, strawberry.argument(description="What the gateway's form in the browser has for it.")
    ] = None,
    customer_ip_address: CustomerIp = None,
) -> TransactionProcess:
    key = token or ids.parse_uuid("TransactionItem", ids.required(id))
    step = await sessions.process(info.context.shop, info.context.viewer, key, data, customer_ip_address)
    transaction, event = await _shown(info, step)
    return TransactionProcess(transaction=transaction, transaction_event=event, data=_data(step))


async def _shown(info: Info, step: Step) -> tuple[TransactionItem, TransactionEvent]:
    loading = info.context.loading
    transaction = await loading.load(TransactionLoaders.by_id, step.transaction_id)
    event = await loading.load(TransactionLoaders.event, step.event_id)
    return seen(TransactionItem, transaction), seen(TransactionEvent, event)


def _data(step: Step) -> JSON | None:
    text = json_text(step.data)
    return None if text is None else JSON(text)
