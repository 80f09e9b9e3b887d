"""Staff writes down a payment that no gateway here knows of, reports what became of one, or asks for more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from adapters.payments.gateway import News
from commands.payments.errands import ask_for
from commands.payments.holding import keep
from commands.payments.recording import add_up, hold
from commands.payments.telling import Settled, write_down
from commands.shop import Shop
from db import payables, payment_records, transaction_events, transactions
from db.payables import PayableRow
from db.statements import Connection
from db.transaction_events import event_of
from db.transactions import TransactionRow
from domain.access import Permission, Viewer
from domain.metadata import metadata_problems
from domain.money import rounded
from domain.payment_records import (
    Balance,
    IncorrectCurrency,
    NobodyToAsk,
    check_back,
    check_report,
    entries,
    reported_amount,
)
from domain.payments import Action, Event, EventKind, MissingGateway, Subject, fold
from domain.refusals import Invalid, NotFound, Refusal, refuse_all

BY_HAND: Final = "by-hand-"  # an entry that nobody else has given a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What staff says of a payment; null leaves what is there. ``balance`` is in ``currencies``, by field.

    ``note`` is told in the payment's history, under ``note_reference``.
    """

    balance: Balance = field(default_factory=Balance)
    currencies: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    message: str | None = None
    reference: str | None = None
    external_url: str | None = None
    actions: Sequence[Action] | None = None
    meta: dict[str, str] = field(default_factory=dict)
    private_meta: dict[str, str] = field(default_factory=dict)
    note: str | None = None
    note_reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told of a payment. ``amount`` null: that of the event that it takes back; ``at`` null: now."""

    kind: EventKind
    reference: str
    amount: Decimal | None = None
    at: datetime | None = None
    message: str = ""
    external_url: str = ""
    actions: Sequence[Action] | None = None
    meta: dict[str, str] = field(default_factory=dict)
    private_meta: dict[str, str] = field(default_factory=dict)


async def create(shop: Shop, viewer: Viewer, subject: Subject, id: UUID, record: Record) -> UUID:
    """Write down a payment of a checkout or an order; its id.

    Its amounts become events, so that they add up like any other's. Raises ``Denied``, ``NotFound``,
    ``Unique``, and ``Refused``. Records ``CheckoutUpdated``, or ``OrderUpdated`` and ``OrderPaid``.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    async with shop.db.transaction() as tx:
        payable = await payables.lock(tx, subject, id)
        if payable is None:
            raise NotFound("There is nothing to pay for under this id.", field="id")
        refuse_all(_problems(record, payable.currency))
        now = shop.clock()
        transaction = await payment_records.insert(
            tx, subject, id, by=viewer, currency=payable.currency, now=now
        )
        await _write(tx, viewer, transaction, payable, record, now=now, is_new=True)
    return transaction.id


async def update(shop: Shop, viewer: Viewer, transaction_id: UUID, record: Record) -> UUID:
    """Say how a payment that was written down stands now; its id.

    Raises ``Denied``, ``NotFound``, ``Unique``, ``Refused``, and ``Invalid`` for a payment with a gateway,
    which says itself how it stands. Records what ``create`` does.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None:
            raise NotFound("This payment does not exist.", field="id")
        if transaction.gateway:
            raise Invalid("How this payment stands is said by its gateway.", field="id")
        refuse_all(_problems(record, transaction.currency))
        await _write(tx, viewer, transaction, payable, record, now=shop.clock())
    return transaction.id


async def report(shop: Shop, viewer: Viewer, transaction_id: UUID, told: Report) -> Settled:
    """Write down what became of a payment, once, however often it is reported.

    Raises ``Denied``, ``NotFound``, ``Required``, ``AlreadyAuthorized``, and ``IncorrectDetails`` where the
    same kind and reference came with another amount, or more would have gone back than was charged. Records
    what ``create`` does.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    refuse_all(
        [
            *metadata_problems(told.meta, field="transactionMetadata"),
            *metadata_problems(told.private_meta, field="transactionPrivateMetadata"),
        ]
    )
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None:
            raise NotFound("This payment does not exist.", field="id")
        known = [event_of(row) for row in await transaction_events.by_transaction_ids(tx, [transaction_id])]
        check_report(told.kind, told.reference, known)
        said, now = reported_amount(told.kind, told.reference, told.amount, known), shop.clock()
        amount = rounded(said, transaction.currency)
        check_back(Event(told.kind, told.reference, amount, told.at or now), known)
        news = News(told.kind, told.reference, amount, told.at, told.message, told.external_url)
        settled = await write_down(tx, transaction, payable, news, viewer=viewer, now=now)
        if told.actions is not None or told.meta or told.private_meta:
            await payment_records.describe(
                tx,
                transaction_id,
                actions=told.actions,
                meta=told.meta,
                private_meta=told.private_meta,
                now=now,
            )
    return settled


async def request_action(
    shop: Shop,
    viewer: Viewer,
    transaction_id: UUID,
    action: Action,
    *,
    amount: Decimal | None = None,
    reason: str = "",
) -> int:
    """Have the payment's gateway capture, refund or void, all that there is where ``amount`` is null.

    The latest event's id. Raises ``Denied``, ``NotFound``, ``NobodyToAsk``, and ``Invalid`` where there is
    less than that, or the gateway has not answered the same yet. Records what ``create`` does.
    """
    viewer.require(Permission.HANDLE_PAYMENTS)
    try:
        return await ask_for(shop, viewer, transaction_id, action, amount=amount, message=reason)
    except MissingGateway as missing:
        raise NobodyToAsk(missing.message, field="id") from missing


def _problems(record: Record, currency: str) -> list[Refusal]:
    return [
        *metadata_problems(record.meta),
        *metadata_problems(record.private_meta, field="privateMetadata"),
        *(
            IncorrectCurrency(f"This is paid in {currency}.", field=name)
            for name, said in record.currencies.items()
            if said != currency
        ),
    ]


async def _write(
    tx: Connection,
    viewer: Viewer,
    transaction: TransactionRow,
    payable: PayableRow | None,
    record: Record,
    *,
    now: datetime,
    is_new: bool = False,
) -> None:
    before = fold(event_of(row) for row in await transaction_events.by_transaction_ids(tx, [transaction.id]))
    wanted = _rounded(record.balance, transaction.currency)
    notes: list[tuple[EventKind, Decimal]] = [(EventKind.INFO, Decimal(0))]
    moves = entries(before, wanted, is_new=is_new)
    for kind, amount in [*(notes if is_new or record.note is not None else []), *moves]:
        is_note = kind is EventKind.INFO
        name = (record.note_reference if is_note else record.reference if is_new else None) or (
            f"{BY_HAND}{uuid4().hex}"
        )
        told, _ = await transaction_events.tell(
            tx,
            transaction,
            Event(kind, name, amount, now),
            by=viewer,
            message=(record.note if is_note else record.message) or "",
        )
        if not is_note or not moves:
            await add_up(tx, transaction, payable, told, viewer=viewer, now=now)
            await keep(tx, payable, kind, by=viewer, now=now)
    if wanted.over(before) != _balance(await transactions.by_ids(tx, [transaction.id])):
        raise Invalid("Something is under way that these amounts leave out.", field="transaction")
    await payment_records.describe(
        tx,
        transaction.id,
        name=record.name,
        message=record.message,
        reference=record.reference,
        external_url=record.external_url,
        actions=record.actions,
        meta=record.meta,
        private_meta=record.private_meta,
        now=now,
    )


def _rounded(balance: Balance, currency: str) -> Balance:
    def kept(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else rounded(amount, currency)

    return Balance(
        kept(balance.authorized), kept(balance.charged), kept(balance.refunded), kept(balance.canceled)
    )


def _balance(rows: list[TransactionRow]) -> Balance:
    (row,) = rows
    return Balance(row.authorized_amount, row.charged_amount, row.refunded_amount, row.canceled_amount)
