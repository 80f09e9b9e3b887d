"""Asking a gateway, with no transaction open, and writing down what it answers."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog

from adapters.payments.gateway import Gateway, Outcome, Session, Unreachable
from commands.payments.holding import keep
from commands.payments.recording import add_up, asked_of, hold
from commands.payments.telling import write_down
from commands.shop import Shop
from db import transaction_events, transactions
from db.payables import PayableRow
from db.statements import Connection
from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.access import Viewer
from domain.money import rounded
from domain.payments import Event, EventKind, Flow, IncorrectDetails, is_on_its_way

log = structlog.get_logger(__name__)
PATIENCE = timedelta(seconds=30)
"""How long a gateway may take to answer."""
LEASE = PATIENCE * 2
"""How long nobody else asks it about the same payment, should whoever asked be gone."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of it: the payment, the latest event, and JSON for the gateway's code in the browser.

    ``is_answered``: unless the gateway was asked and kept silent.
    """

    transaction_id: UUID
    event_id: int
    data: Any = None
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """``request_id`` is the event that the payment began with."""

    gateway: Gateway
    session: Session
    request_id: int


def kept(key: str, data: Any, customer_ip: str | None) -> str:
    """What a question carries beyond its payment, as JSON: enough to ask the very same again."""
    return orjson.dumps({"key": key, "data": data, "customer_ip": customer_ip}).decode()


def session_of(transaction: TransactionRow, asked: EventRow, words: str) -> Session:
    """The question as a gateway hears it; ``words`` are ``kept``."""
    carried = orjson.loads(words)
    return Session(
        idempotency_key=carried["key"],
        transaction_id=transaction.id,
        flow=Flow(asked.kind.removesuffix("_REQUEST")),
        amount=asked.amount,
        currency=transaction.currency,
        reference=transaction.reference or "",
        data=carried["data"],
        customer_ip=carried["customer_ip"],
    )


async def ask(shop: Shop, viewer: Viewer, question: Question) -> Step:
    """Put the question to its gateway. Without an answer the payment stays pending, for whoever asks next.

    Raises ``IncorrectDetails`` where the gateway contradicts what it told before.
    """
    session = question.session
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            outcome = await question.gateway.process(session)
    except (Unreachable, TimeoutError):
        log.warning("gateway_silent", gateway=question.gateway.id, transaction=str(session.transaction_id))
        async with shop.db.transaction() as tx:
            await transactions.give_up(tx, session.transaction_id, shop.clock())
        return Step(session.transaction_id, question.request_id, is_answered=False)
    return await _record(shop, viewer, session, outcome)


async def _record(shop: Shop, viewer: Viewer, session: Session, outcome: Outcome) -> Step:
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, session.transaction_id)
        assert transaction is not None, "payments are never deleted"
        await transactions.answered(tx, transaction.id)
        told = await take_down(tx, transaction, payable, outcome, viewer=viewer, now=shop.clock())
    return Step(transaction.id, told.id, outcome.data)


async def take_down(
    tx: Connection,
    transaction: TransactionRow,
    payable: PayableRow | None,
    outcome: Outcome,
    *,
    viewer: Viewer,
    now: datetime,
) -> EventRow:
    """Write down how a gateway says that a payment stands, which is held; the event that says so.

    Raises ``IncorrectDetails`` where the gateway contradicts what it told before.
    """
    amount = rounded(outcome.amount, transaction.currency)
    asked, _ = await asked_of(tx, transaction.id)
    waits = outcome.kind == asked.kind
    await transaction_events.answer_request(
        tx,
        asked.id,
        reference=outcome.reference,
        counts=is_on_its_way(EventKind(asked.kind), outcome.kind),
        message=outcome.message if waits else "",
        external_url=outcome.external_url if waits else "",
        data=outcome.data if waits else None,
    )
    if waits:
        told, _ = await asked_of(tx, transaction.id)
    else:
        at = max(outcome.at or now, transaction.created_at)
        event = Event(outcome.kind, outcome.reference, amount, at)
        told, _ = await transaction_events.tell(
            tx,
            transaction,
            event,
            message=outcome.message,
            external_url=outcome.external_url,
            data=outcome.data,
        )
    if told.amount != amount:
        raise IncorrectDetails("The gateway told this before with another amount.")
    await add_up(tx, transaction, payable, told, viewer=viewer, now=now)
    await keep(tx, payable, outcome.kind, by=viewer, now=now)
    for news in outcome.besides:
        await write_down(tx, transaction, payable, news, viewer=viewer, now=now)
    return told
