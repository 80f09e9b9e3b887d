"""What staff says of payments: inputs, and what answers them."""

import strawberry

from commands.payments.records import Record
from domain.payment_records import Balance
from domain.payments import Action
from schema.metadata import MetadataInput, meta_of
from schema.money import MoneyInput
from schema.payment_record_errors import (
    TransactionCreateError,
    TransactionEventReportError,
    TransactionRequestActionError,
    TransactionUpdateError,
)
from schema.transactions import TransactionEvent, TransactionItem


@strawberry.input(description="How a payment that no gateway here knows of stands.")
class TransactionCreateInput:
    name: str | None = strawberry.field(description="What it was paid with.", default=None)
    message: str | None = strawberry.field(description="A word about it.", default=None)
    psp_reference: str | None = strawberry.field(
        description="The provider's name for the payment; no two have the same.", default=None
    )
    available_actions: list[Action] | None = strawberry.field(
        description="What may still be done with it, wherever that is done.", default=None
    )
    amount_authorized: MoneyInput | None = strawberry.field(
        description="Promised, and not charged yet.", default=None
    )
    amount_charged: MoneyInput | None = strawberry.field(
        description="Charged, without what went back.", default=None
    )
    amount_refunded: MoneyInput | None = strawberry.field(description="Given back.", default=None)
    amount_canceled: MoneyInput | None = strawberry.field(
        description="Promised once and let go of.", default=None
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        description="Public metadata to add.", default=None
    )
    private_metadata: list[MetadataInput] | None = strawberry.field(
        description="Metadata for staff alone to add.", default=None
    )
    external_url: str | None = strawberry.field(
        description="Where the provider shows the details.", default=None
    )


@strawberry.input(description="How a payment that no gateway here knows of stands now.")
class TransactionUpdateInput(TransactionCreateInput):
    """The same as at the beginning; what is left out stays."""


@strawberry.input(description="A word for the payment's history.")
class TransactionEventInput:
    psp_reference: str | None = strawberry.field(
        description="The provider's name for the step that this is about.", default=None
    )
    message: str | None = strawberry.field(description="The word.", default=None)


@strawberry.type(description="A payment that was written down.")
class TransactionCreate:
    transaction: TransactionItem | None = strawberry.field(description="The payment.", default=None)
    errors: list[TransactionCreateError] = strawberry.field(
        description="Why it was not written down.", default_factory=list
    )


@strawberry.type(description="A payment that was changed.")
class TransactionUpdate:
    transaction: TransactionItem | None = strawberry.field(description="The payment.", default=None)
    errors: list[TransactionUpdateError] = strawberry.field(
        description="Why it was not changed.", default_factory=list
    )


@strawberry.type(description="A report of what became of a payment.")
class TransactionEventReport:
    already_processed: bool | None = strawberry.field(
        description="Whether the same had been reported before, and nothing has changed.", default=None
    )
    transaction: TransactionItem | None = strawberry.field(description="The payment.", default=None)
    transaction_event: TransactionEvent | None = strawberry.field(
        description="The report, as it is kept.", default=None
    )
    errors: list[TransactionEventReportError] = strawberry.field(
        description="Why it was not taken.", default_factory=list
    )


@strawberry.type(description="What was asked of a payment's gateway.")
class TransactionRequestAction:
    transaction: TransactionItem | None = strawberry.field(
        description="The payment, as it stands now.", default=None
    )
    errors: list[TransactionRequestActionError] = strawberry.field(
        description="Why the gateway was not asked.", default_factory=list
    )


def record_of(given: TransactionCreateInput, event: TransactionEventInput | None) -> Record:
    """What the inputs say."""
    said = {
        "amountAuthorized": given.amount_authorized,
        "amountCharged": given.amount_charged,
        "amountRefunded": given.amount_refunded,
        "amountCanceled": given.amount_canceled,
    }
    return Record(
        balance=Balance(*(None if money is None else money.amount for money in said.values())),
        currencies={name: money.currency for name, money in said.items() if money is not None},
        name=given.name,
        message=given.message,
        reference=given.psp_reference or None,
        external_url=given.external_url,
        actions=given.available_actions,
        meta=meta_of(given.metadata),
        private_meta=meta_of(given.private_metadata),
        note=None if event is None else event.message or "",
        note_reference=None if event is None else event.psp_reference or None,
    )
