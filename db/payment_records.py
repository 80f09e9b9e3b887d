"""Payments that staff writes down by hand: no gateway here knows of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import orjson
from asyncpg import UniqueViolationError

from db.statements import Connection, Statement
from db.transactions import COLUMNS, TransactionRow
from domain.access import Viewer
from domain.payments import Subject
from domain.refusals import Unique

ONCE = "uq_transactions_reference_by_hand"
INSERT = Statement(f"""
    insert into transactions (
        id, checkout_id, order_id, user_id, app_id, gateway, idempotency_key, currency, created_at, updated_at
    ) values (
        :id, :checkout_id, :order_id, :user_id, :app_id, '', :key, :currency, :now, :now
    )
    returning {COLUMNS}
""")
DESCRIBE = Statement("""
    update transactions
       set name = coalesce(:name, name),
           message = coalesce(:message, message),
           reference = coalesce(:reference, reference),
           external_url = coalesce(:external_url, external_url),
           available_actions = coalesce(cast(:actions as text[]), available_actions),
           meta = meta || cast(:meta as jsonb),
           private_meta = private_meta || cast(:private_meta as jsonb),
           updated_at = :now
     where id = :id
""")


async def insert(
    tx: Connection, subject: Subject, subject_id: UUID, *, by: Viewer, currency: str, now: datetime
) -> TransactionRow:
    """A new payment, without events; ``by`` is who writes it down."""
    payment_id = uuid4()
    row = await INSERT.row(
        tx,
        TransactionRow,
        id=payment_id,
        checkout_id=subject_id if subject is Subject.CHECKOUT else None,
        order_id=subject_id if subject is Subject.ORDER else None,
        user_id=by.user_id,
        app_id=by.app_id,
        key=str(payment_id),
        currency=currency,
        now=now,
    )
    assert row is not None, "an insert returns its row"
    return row


async def describe(
    tx: Connection,
    id: UUID,
    *,
    name: str | None = None,
    message: str | None = None,
    reference: str | None = None,
    external_url: str | None = None,
    actions: Sequence[str] | None = None,
    meta: dict[str, str],
    private_meta: dict[str, str],
    now: datetime,
) -> None:
    """Say what a payment is called and may be asked for; null leaves what is there, and so does metadata.

    Raises ``Unique`` where another payment that was written down has this ``reference``.
    """
    try:
        await DESCRIBE.run(
            tx,
            id=id,
            name=name,
            message=message,
            reference=reference,
            external_url=external_url,
            actions=actions,
            meta=orjson.dumps(meta).decode(),
            private_meta=orjson.dumps(private_meta).decode(),
            now=now,
        )
    except UniqueViolationError as clash:
        if clash.constraint_name != ONCE:
            raise
        raise Unique("Another payment has this reference.", field="pspReference") from clash
