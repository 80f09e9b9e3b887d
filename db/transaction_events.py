"""What was told of payments: by us, who asked, and by gateways, who answered."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from db.transactions import TransactionRow
from domain.access import Viewer
from domain.payments import Event, EventKind


class EventRow(Row):
    """``idempotency_key`` is null for what the gateway told; ``data`` is JSON for the shopper's browser."""

    id: int
    transaction_id: UUID
    user_id: int | None
    app_id: int | None
    kind: str
    reference: str
    amount: Decimal
    currency: str
    message: str
    external_url: str
    data: str | None
    counts: bool
    created_at: datetime
    idempotency_key: str | None


class _ToldRow(EventRow):
    is_new: bool


COLUMNS = """
    event.id, event.transaction_id, event.user_id, event.app_id, event.kind, event.reference, event.amount,
    event.currency, event.message, event.external_url, event.data, event.counts, event.created_at,
    case when event.asked_under is not null then event.asked_under
         when event.kind in ('AUTHORIZATION_REQUEST', 'CHARGE_REQUEST') then payment.idempotency_key
     end as idempotency_key
"""
PAYMENT = "join transactions as payment on payment.id = event.transaction_id"
BY_TRANSACTION_IDS = Statement(f"""
    select {COLUMNS}
      from transaction_events as event {PAYMENT}
     where event.transaction_id = any(:ids)
     order by event.created_at, event.id
""")
BY_IDS = Statement(f"""
    select {COLUMNS} from transaction_events as event {PAYMENT} where event.id = any(:ids)
""")
TELL = Statement(f"""
    with added as (
        insert into transaction_events (
            transaction_id, user_id, app_id, kind, reference, amount, currency, message, external_url, data,
            counts, asked_under, created_at
        ) values (
            :transaction_id, cast(:user_id as bigint), cast(:app_id as bigint), :kind, :reference,
            :amount, :currency, :message, :external_url, cast(:data as jsonb), :counts, :asked_under, :at
        )
        on conflict (transaction_id, kind, reference) do nothing
        returning *
    )
    select {COLUMNS}, true as is_new
      from added as event {PAYMENT}
     union all
    select {COLUMNS}, false as is_new
      from transaction_events as event {PAYMENT}
     where event.transaction_id = :transaction_id and event.kind = :kind and event.reference = :reference
""")
REOPEN = Statement("update transaction_events set counts = true where id = :id")
# Where the gateway has told of its own request before it answered ours, that one stands for both.
ANSWER_REQUEST = Statement("""
    update transaction_events as asked
       set reference = case when told.already then asked.reference else :reference end,
           counts = :counts and not told.already,
           message = coalesce(nullif(:message, ''), asked.message),
           external_url = :external_url,
           data = cast(:data as jsonb)
      from (
               select exists (
                   select
                     from transaction_events as other
                     join transaction_events as this on this.id = :id
                    where other.transaction_id = this.transaction_id and other.kind = this.kind
                      and other.reference = :reference and other.id <> this.id
               ) as already
           ) as told
     where asked.id = :id
""")


async def by_transaction_ids(connection: Connection, ids: Sequence[UUID]) -> list[EventRow]:
    """Oldest first."""
    return await BY_TRANSACTION_IDS.rows(connection, EventRow, ids=ids)


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[EventRow]:
    return await BY_IDS.rows(connection, EventRow, ids=ids)


async def tell(
    tx: Connection,
    transaction: TransactionRow,
    event: Event,
    *,
    by: Viewer | None = None,
    message: str = "",
    external_url: str = "",
    data: Any = None,
    asked_under: str | None = None,
) -> tuple[EventRow, bool]:
    """The event as it is kept, and whether it is new: its kind and reference may have been told before.

    ``by`` is who writes it down; ``asked_under`` is our key for what we ask of a payment that stands.
    """
    row = await TELL.row(
        tx,
        _ToldRow,
        transaction_id=transaction.id,
        user_id=by and by.user_id,
        app_id=by and by.app_id,
        kind=event.kind.value,
        reference=event.reference,
        amount=event.amount,
        currency=transaction.currency,
        message=message,
        external_url=external_url,
        data=_json(data),
        counts=event.counts,
        asked_under=asked_under,
        at=event.at,
    )
    assert row is not None, "it is inserted, or was there before"
    return row, row.is_new


async def reopen(tx: Connection, event_id: int) -> None:
    """What this event asked is asked again: its amount is on its way until the gateway answers."""
    await REOPEN.run(tx, id=event_id)


async def answer_request(
    tx: Connection,
    event_id: int,
    *,
    reference: str,
    counts: bool,
    message: str = "",
    external_url: str = "",
    data: Any = None,
) -> None:
    """The gateway has answered what this event asked: by which name, and whether the amount is on its way."""
    await ANSWER_REQUEST.run(
        tx,
        id=event_id,
        reference=reference,
        counts=counts,
        message=message,
        external_url=external_url,
        data=_json(data),
    )


def event_of(row: EventRow) -> Event:
    return Event(EventKind(row.kind), row.reference, row.amount, row.created_at, row.counts)


def _json(data: Any) -> str | None:
    return None if data is None else orjson.dumps(data).decode()
