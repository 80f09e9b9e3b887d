"""Payments with gateways."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer
from domain.payments import Amounts, Subject


class TransactionRow(Row):
    """``asked_until`` is null once the gateway has answered; before it, nobody else asks.

    ``asked_with`` is JSON, which the question that waits for an answer carries. From ``look_at`` on the
    gateway is asked how the payment stands; null once everything has been told.
    """

    id: UUID
    checkout_id: UUID | None
    order_id: UUID | None
    user_id: int | None
    app_id: int | None
    gateway: str
    name: str
    message: str
    reference: str | None
    external_url: str
    idempotency_key: str
    fingerprint: str
    asked_until: datetime | None
    asked_with: str | None
    look_at: datetime | None
    currency: str
    authorized_amount: Decimal
    authorize_pending_amount: Decimal
    charged_amount: Decimal
    charge_pending_amount: Decimal
    refunded_amount: Decimal
    refund_pending_amount: Decimal
    canceled_amount: Decimal
    cancel_pending_amount: Decimal
    available_actions: list[str]
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str


class DueRow(Row):
    """A payment that is to be looked after, and whom to ask about it."""

    id: UUID
    gateway: str


COLUMNS = """
    id, checkout_id, order_id, user_id, app_id, gateway, name, message, reference, external_url,
    idempotency_key, fingerprint, asked_until, asked_with, look_at, currency, authorized_amount,
    authorize_pending_amount, charged_amount, charge_pending_amount, refunded_amount, refund_pending_amount,
    canceled_amount, cancel_pending_amount, available_actions, created_at, updated_at, meta, private_meta
"""
BY_IDS = Statement(f"select {COLUMNS} from transactions where id = any(:ids)")
BY_KEY = Statement(f"select {COLUMNS} from transactions where idempotency_key = :key")
BY_CHECKOUT_IDS = Statement(f"""
    select {COLUMNS} from transactions where checkout_id = any(:ids) order by created_at, id
""")
BY_ORDER_IDS = Statement(
    f"select {COLUMNS} from transactions where order_id = any(:ids) order by created_at, id"
)
NAMED = Statement("select id from transactions where gateway = :gateway and reference = :reference")
LOCK = Statement(f"select {COLUMNS} from transactions where id = :id for update")
INSERT = Statement(f"""
    insert into transactions (
        id, checkout_id, order_id, user_id, app_id, gateway, name, idempotency_key, fingerprint, asked_until,
        asked_with, look_at, currency, created_at, updated_at
    ) values (
        :id, :checkout_id, :order_id, :user_id, :app_id, :gateway, :name, :key, :fingerprint, :asked_until,
        cast(:asked_with as jsonb), :look_at, :currency, :now, :now
    )
    returning {COLUMNS}
""")
ASK = Statement("""
    update transactions set asked_until = :until, asked_with = cast(:asked_with as jsonb) where id = :id
""")
GIVE_UP = Statement("update transactions set asked_until = :at where id = :id")
# So many of each gateway, so that one that keeps silent keeps no other's payments waiting. Oldest first, and
# each attempt makes a payment the youngest: one that never succeeds keeps no other waiting.
UNANSWERED = Statement("""
    select id, gateway
      from (
               select id, gateway, row_number() over (partition by gateway order by asked_until) as place
                 from transactions
                where asked_until <= :now
           ) as waiting
     where place <= :most
     order by place
""")
UNHEARD = Statement("""
    select id, gateway
      from (
               select id, gateway, row_number() over (partition by gateway order by look_at) as place
                 from transactions
                where look_at <= :now and asked_until is null and gateway = any(:gateways)
           ) as waiting
     where place <= :most
     order by place
""")
LOOK_LATER = Statement("update transactions set look_at = :at where id = :id")
# In no order: what cannot be completed is found every time, and keeps nothing else waiting for long.
LEFT = Statement("""
    select checkout.id
      from checkouts as checkout
      join channels as channel on channel.id = checkout.channel_id
     cross join lateral (
               select cast(:now as timestamptz) - make_interval(mins => channel.automatic_completion_delay)
           ) as left_alone (since)
     where channel.is_active
       and channel.automatically_complete_paid_checkouts
       and (
           channel.automatic_completion_cut_off is null
           or checkout.created_at >= channel.automatic_completion_cut_off
       )
       and checkout.updated_at < left_alone.since
       and checkout.id in (
           select payment.checkout_id
             from transactions as payment
            where payment.order_id is null
              and (payment.authorized_amount > 0 or payment.charged_amount > 0)
       )
       and not exists (
           select
             from transactions as payment
             join transaction_events as told on told.transaction_id = payment.id
            where payment.checkout_id = checkout.id
              and (told.created_at >= left_alone.since or payment.asked_until is not null)
       )
     order by random()
     limit :most
""")
TO_GIVE_BACK = Statement("""
    select id, gateway
      from (
               select payment.id, payment.gateway,
                      row_number() over (partition by payment.gateway order by payment.updated_at) as place
                 from transactions as payment
                 left join checkouts as checkout on checkout.id = payment.checkout_id
                where payment.order_id is null
                  and payment.gateway <> ''
                  and payment.asked_until is null
                  and (payment.authorized_amount > 0 or payment.charged_amount > 0)
                  and (cast(:id as uuid) is null or payment.id = :id)
                  and (checkout.id is null or checkout.updated_at < :abandoned)
                  and not exists (
                      select
                        from transaction_events as told
                       where told.transaction_id = payment.id
                         and told.created_at >= case when checkout.id is null
                                                     then :orphaned
                                                     else :abandoned
                                                 end
                  )
           ) as waiting
     where place <= :most
     order by place
""")
STORE = Statement("""
    update transactions
       set authorized_amount = :authorized,
           authorize_pending_amount = :authorize_pending,
           charged_amount = :charged,
           charge_pending_amount = :charge_pending,
           refunded_amount = :refunded,
           refund_pending_amount = :refund_pending,
           canceled_amount = :canceled,
           cancel_pending_amount = :cancel_pending,
           available_actions = :actions,
           look_at = case when :has_more_to_tell then coalesce(look_at, :look_at) end,
           message = :message,
           reference = coalesce(nullif(:reference, ''), reference),
           updated_at = :now
     where id = :id
""")


async def by_ids(connection: Connection, ids: Sequence[UUID]) -> list[TransactionRow]:
    return await BY_IDS.rows(connection, TransactionRow, ids=ids)


async def by_key(connection: Connection, key: str) -> TransactionRow | None:
    """The payment that was begun under this idempotency key."""
    return await BY_KEY.row(connection, TransactionRow, key=key)


async def by_checkout_ids(connection: Connection, ids: Sequence[UUID]) -> list[TransactionRow]:
    """Oldest first."""
    return await BY_CHECKOUT_IDS.rows(connection, TransactionRow, ids=ids)


async def by_order_ids(connection: Connection, ids: Sequence[UUID]) -> list[TransactionRow]:
    """Oldest first."""
    return await BY_ORDER_IDS.rows(connection, TransactionRow, ids=ids)


async def named(connection: Connection, gateway: str, reference: str) -> UUID | None:
    """The payment that a gateway calls by this name."""
    found: UUID | None = await NAMED.value(connection, gateway=gateway, reference=reference)
    return found


async def lock(tx: Connection, id: UUID) -> TransactionRow | None:
    """Held until the transaction ends. What it pays for has been locked before."""
    return await LOCK.row(tx, TransactionRow, id=id)


async def insert(
    tx: Connection,
    *,
    subject: Subject,
    subject_id: UUID,
    by: Viewer,
    gateway: str,
    name: str,
    key: str,
    fingerprint: str,
    asked_until: datetime,
    asked_with: str,
    look_at: datetime,
    currency: str,
    now: datetime,
) -> TransactionRow:
    """A new payment, without events; ``by`` is who begins it."""
    row = await INSERT.row(
        tx,
        TransactionRow,
        id=uuid4(),
        checkout_id=subject_id if subject is Subject.CHECKOUT else None,
        order_id=subject_id if subject is Subject.ORDER else None,
        user_id=by.user_id,
        app_id=by.app_id,
        gateway=gateway,
        name=name,
        key=key,
        fingerprint=fingerprint,
        asked_until=asked_until,
        asked_with=asked_with,
        look_at=look_at,
        currency=currency,
        now=now,
    )
    assert row is not None, "an insert returns its row"
    return row


async def ask(tx: Connection, id: UUID, until: datetime, asked_with: str | None = None) -> None:
    """Somebody asks the gateway, with this JSON, and nobody else does before ``until``."""
    await ASK.run(tx, id=id, until=until, asked_with=asked_with)


async def answered(tx: Connection, id: UUID) -> None:
    """The gateway has answered: nothing is being asked any more."""
    await ASK.run(tx, id=id, until=None, asked_with=None)


async def give_up(tx: Connection, id: UUID, at: datetime) -> None:
    """The gateway did not answer: the same may be asked again from ``at`` on."""
    await GIVE_UP.run(tx, id=id, at=at)


async def unanswered(connection: Connection, now: datetime, most: int) -> list[DueRow]:
    """Payments about which a gateway was asked and nobody waits for its answer any more, the oldest first.

    At most so many of each gateway.
    """
    return await UNANSWERED.rows(connection, DueRow, now=now, most=most)


async def unheard(connection: Connection, gateways: Sequence[str], now: datetime, most: int) -> list[DueRow]:
    """Payments with these gateways of which more is to come, and nothing has, those due longest first.

    At most so many of each gateway.
    """
    return await UNHEARD.rows(connection, DueRow, gateways=gateways, now=now, most=most)


async def look_later(tx: Connection, id: UUID, at: datetime) -> None:
    """The gateway is being asked how the payment stands, and not again before ``at``."""
    await LOOK_LATER.run(tx, id=id, at=at)


async def left(connection: Connection, now: datetime, most: int) -> list[UUID]:
    """Checkouts for which there is money, and which nobody has touched or paid since; in no order.

    For how long is their channel's to say, and whether at all.
    """
    found = await connection.fetch(LEFT.text, *LEFT.arguments({"now": now, "most": most}))
    return [row["id"] for row in found]


async def to_give_back(
    connection: Connection, *, abandoned: datetime, orphaned: datetime, most: int = 1, id: UUID | None = None
) -> list[DueRow]:
    """Payments that were taken, and of which nothing comes; with ``id``, that one if it is one.

    At most so many of each gateway.

    Their checkouts were last touched before ``abandoned``, or are gone, and nothing was told of them since:
    since ``orphaned``, where the checkout is gone.
    """
    return await TO_GIVE_BACK.rows(
        connection, DueRow, abandoned=abandoned, orphaned=orphaned, most=most, id=id
    )


async def store(
    tx: Connection,
    id: UUID,
    amounts: Amounts,
    actions: Sequence[str],
    *,
    look_at: datetime | None,
    reference: str,
    message: str,
    now: datetime,
) -> None:
    """What the events add up to. An empty ``reference`` leaves the one that is known.

    ``look_at`` null: everything has been told; else it is kept where none was there.
    """
    await STORE.run(
        tx,
        id=id,
        authorized=amounts.authorized,
        authorize_pending=amounts.authorize_pending,
        charged=amounts.charged,
        charge_pending=amounts.charge_pending,
        refunded=amounts.refunded,
        refund_pending=amounts.refund_pending,
        canceled=amounts.canceled,
        cancel_pending=amounts.cancel_pending,
        actions=[str(action) for action in actions],
        has_more_to_tell=look_at is not None,
        look_at=look_at,
        reference=reference,
        message=message,
        now=now,
    )
