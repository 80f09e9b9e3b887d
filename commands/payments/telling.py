"""Writing down what a gateway tells of a payment, once, however often it is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.payments.gateway import News
from commands.payments.holding import keep
from commands.payments.recording import add_up
from db import transaction_events, transactions
from db.payables import PayableRow
from db.statements import Connection
from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.access import Viewer
from domain.money import rounded
from domain.payments import (
    ANSWERS,
    LAST_WORDS,
    REQUESTED,
    Action,
    Event,
    EventKind,
    IncorrectDetails,
    is_on_its_way,
)

OURS: Final = "matvis-"  # what the shop asks has a name of ours before the gateway gives it one


@dataclass(frozen=True, slots=True)
class Settled:
    """``already``: it had been told before, and nothing has changed."""

    event_id: int
    already: bool


async def write_down(
    tx: Connection,
    transaction: TransactionRow,
    payable: PayableRow | None,
    news: News,
    *,
    viewer: Viewer,
    now: datetime,
) -> Settled:
    """Tell the news of a payment that is held, and add it up.

    Raises ``IncorrectDetails`` where the same kind and reference came with another amount. Records what
    ``add_up`` does.
    """
    amount, at = rounded(news.amount, transaction.currency), news.at or now
    if transaction.gateway:  # what was written down by hand may have happened before that
        at = max(at, transaction.created_at)
    event = Event(news.kind, news.reference, amount, at)
    everything = await transaction_events.by_transaction_ids(tx, [transaction.id])
    asked, is_first = _unnamed(event, everything), False
    if asked is not None:
        is_first = True
        # The news comes before the answer: it names what was asked, which must not count beside it.
        await transaction_events.answer_request(
            tx,
            asked.id,
            reference=event.reference,
            counts=is_on_its_way(EventKind(asked.kind), event.kind),
        )
    for request in requests_answered(news, everything):
        await transaction_events.answer_request(tx, request.id, reference=event.reference, counts=True)
        is_first = True
    if event.kind in LAST_WORDS:
        await transactions.answered(tx, transaction.id)
    told, is_new = await transaction_events.tell(
        tx,
        transaction,
        event,
        by=viewer,
        message=news.message,
        external_url=news.external_url,
    )
    if told.amount != event.amount:
        raise IncorrectDetails("This was told before with another amount.", field="amount")
    if event.kind in REQUESTED and not told.counts:
        # It waited for the shopper, who has acted: the money is on its way after all.
        await transaction_events.reopen(tx, told.id)
        is_new = True
    if is_new or is_first:
        await add_up(tx, transaction, payable, told, viewer=viewer, now=now)
        await keep(tx, payable, event.kind, by=viewer, now=now)
    return Settled(told.id, already=not (is_new or is_first))


def _unnamed(event: Event, told: list[EventRow]) -> EventRow | None:
    """What the payment began with, where this is the first to name it."""
    asked = min(told, key=lambda one: one.id, default=None)
    if asked is None or asked.kind not in REQUESTED or asked.reference:
        return None
    return asked if event.kind in ANSWERS and event.reference else None


def requests_answered(news: News, told: list[EventRow]) -> list[EventRow]:
    """What the shop asked that this answers: one event, or none.

    Without the request's name it is the only one of its sort that is open, except among refunds, of which a
    payment may have several.
    """
    action = news.kind.rpartition("_")[0]
    if news.reference.startswith(OURS) or action not in Action.__members__.values():
        return []
    waiting = [event for event in open_requests(told) if event.kind == f"{action}_REQUEST"]
    if news.request:
        return [event for event in waiting if event.reference == news.request]
    return waiting if len(waiting) == 1 and action != Action.REFUND else []


def open_requests(told: list[EventRow]) -> list[EventRow]:
    """What the shop asked, and the gateway has neither named nor refused: it has not answered."""
    answered = {event.reference for event in told if event.kind.endswith(("_SUCCESS", "_FAILURE"))}
    return [
        event
        for event in told
        if event.kind.endswith("_REQUEST")
        and event.counts
        and event.reference.startswith(OURS)
        and event.reference not in answered
    ]
