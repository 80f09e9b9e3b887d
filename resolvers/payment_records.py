"""What staff says of payments, and asks of their gateways: root fields."""

from typing import Annotated
from uuid import UUID

import strawberry

from commands.payments import records
from commands.payments.records import Report
from domain.access import Permission
from domain.payments import Action, EventKind
from engine.words import seen
from loaders.transactions import TransactionLoaders
from schema import ids
from schema.context import Info
from schema.errors import answers
from schema.metadata import MetadataInput, meta_of
from schema.payment_records import (
    TransactionCreate,
    TransactionCreateInput,
    TransactionEventInput,
    TransactionEventReport,
    TransactionRequestAction,
    TransactionUpdate,
    TransactionUpdateInput,
    record_of,
)
from schema.payments import parse_payable
from schema.scalars import DateTime, PositiveDecimal
from schema.transactions import TransactionEvent, TransactionItem

Payment = Annotated[strawberry.ID | None, strawberry.argument(description="The payment.")]
Token = Annotated[UUID | None, strawberry.argument(description="The payment, by the bare key in its id.")]
Meta = Annotated[
    list[MetadataInput] | None, strawberry.argument(description="Metadata to add to the payment.")
]
Actions = Annotated[
    list[Action] | None, strawberry.argument(description="What may still be done with the payment.")
]


@strawberry.mutation(description="Write down a payment that no gateway here knows of. Needs HANDLE_PAYMENTS.")
@answers(TransactionCreate)
async def transaction_create(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The checkout or order that it pays for.")],
    transaction: Annotated[TransactionCreateInput, strawberry.argument(description="How it stands.")],
    transaction_event: Annotated[
        TransactionEventInput | None, strawberry.argument(description="A word for its history.")
    ] = None,
) -> TransactionCreate:
    info.context.viewer.require(Permission.HANDLE_PAYMENTS)
    subject, key = parse_payable(id)
    record = record_of(transaction, transaction_event)
    made = await records.create(info.context.shop, info.context.viewer, subject, key, record)
    return TransactionCreate(transaction=await _payment(info, made))


@strawberry.mutation(description="Say how a payment that was written down stands now. Needs HANDLE_PAYMENTS.")
@answers(TransactionUpdate)
async def transaction_update(
    info: Info,
    id: Payment = None,
    token: Token = None,
    transaction: Annotated[
        TransactionUpdateInput | None, strawberry.argument(description="How it stands.")
    ] = None,
    transaction_event: Annotated[
        TransactionEventInput | None, strawberry.argument(description="A word for its history.")
    ] = None,
) -> TransactionUpdate:
    info.context.viewer.require(Permission.HANDLE_PAYMENTS)
    record = record_of(transaction or TransactionUpdateInput(), transaction_event)
    made = await records.update(info.context.shop, info.context.viewer, _key(id, token), record)
    return TransactionUpdate(transaction=await _payment(info, made))


@strawberry.mutation(description="Report what became of a payment. Needs HANDLE_PAYMENTS.")
@answers(TransactionEventReport)
async def transaction_event_report(
    info: Info,
    *,
    id: Payment = None,
    token: Token = None,
    type: Annotated[EventKind, strawberry.argument(description="What happened.")],
    amount: Annotated[
        PositiveDecimal | None,
        strawberry.argument(description="How much it is about; may be left out where it takes back another."),
    ] = None,
    psp_reference: Annotated[
        str, strawberry.argument(description="The provider's name for this step of the payment.")
    ],
    time: Annotated[
        DateTime | None, strawberry.argument(description="When it happened; now where left out.")
    ] = None,
    external_url: Annotated[
        str | None, strawberry.argument(description="Where the provider shows the details.")
    ] = None,
    message: Annotated[str | None, strawberry.argument(description="What the provider says.")] = None,
    available_actions: Actions = None,
    transaction_metadata: Meta = None,
    transaction_private_metadata: Meta = None,
) -> TransactionEventReport:
    info.context.viewer.require(Permission.HANDLE_PAYMENTS)
    key = _key(id, token)
    told = Report(
        kind=type,
        reference=psp_reference,
        amount=amount,
        at=time,
        message=message or "",
        external_url=external_url or "",
        actions=available_actions,
        meta=meta_of(transaction_metadata),
        private_meta=meta_of(transaction_private_metadata),
    )
    settled = await records.report(info.context.shop, info.context.viewer, key, told)
    event = await info.context.loading.load(TransactionLoaders.event, settled.event_id)
    return TransactionEventReport(
        already_processed=settled.already,
        transaction=await _payment(info, key),
        transaction_event=seen(TransactionEvent, event),
    )


@strawberry.mutation(
    description="Have a payment's gateway charge, refund or cancel it. Needs HANDLE_PAYMENTS."
)
@answers(TransactionRequestAction)
async def transaction_request_action(
    info: Info,
    *,
    id: Payment = None,
    token: Token = None,
    action_type: Annotated[Action, strawberry.argument(description="What it is to do.")],
    amount: Annotated[
        PositiveDecimal | None, strawberry.argument(description="How much; all that there is where left out.")
    ] = None,
    refund_reason: Annotated[
        str | None, strawberry.argument(description="Why money goes back, for the payment's history.")
    ] = None,
) -> TransactionRequestAction:
    info.context.viewer.require(Permission.HANDLE_PAYMENTS)
    key = _key(id, token)
    await records.request_action(
        info.context.shop, info.context.viewer, key, action_type, amount=amount, reason=refund_reason or ""
    )
    return TransactionRequestAction(transaction=await _payment(info, key))


def _key(id: str | None, token: UUID | None) -> UUID:
    return token or ids.parse_uuid("TransactionItem", ids.required(id))


async def _payment(info: Info, key: UUID) -> TransactionItem:
    return seen(TransactionItem, await info.context.loading.load(TransactionLoaders.by_id, key))
