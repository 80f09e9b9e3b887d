"""How payments stand of which nobody has told the end: their gateway is asked, webhook or not.

A shopper who pays in the browser and vanishes leaves a payment of which only the gateway knows the end.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from adapters.payments.gateway import Knowing, Outcome, Session, Unreachable, Useless
from commands.payments.asking import PATIENCE, kept, session_of, take_down
from commands.payments.errands import Errand, answer_to, errand_of, record
from commands.payments.recording import asked_of, hold
from commands.payments.telling import OURS
from commands.shop import Shop
from db import transactions
from db.transaction_events import EventRow
from domain.access import GUEST
from domain.payments import ABANDONED, LAST_WORDS, ORPHANED, Action, next_look

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    """``session`` is null where what the shopper began has ended; ``is_last``: its form is closed as well."""

    gateway: Knowing
    session: Session | None
    is_last: bool
    errands: Sequence[Errand]


async def look(shop: Shop, transaction_id: UUID) -> bool | None:
    """Ask the payment's gateway how it stands, and write that down. Without an answer nothing changes.

    Whether it answered; None where there was nothing to ask. What no shopper has touched for a day can no
    longer be paid afterwards. Raises ``IncorrectDetails``. Records what ``add_up`` does.
    """
    due = await _begin(shop, transaction_id)
    if due is None:
        return None
    if due.session is not None:
        try:
            outcome = await _outcome(due, due.session)
        except Useless:
            return True
        if outcome is None:
            return False
        await _take_down(shop, transaction_id, outcome)
    for errand in due.errands:
        done = await answer_to(errand)
        if done is None:
            return False
        await record(shop, GUEST, errand, done)
    return True if due.session is not None or due.errands else None


async def _begin(shop: Shop, transaction_id: UUID) -> _Look | None:
    """What is to be asked, by us alone; nothing where somebody asks already, or everything has been told."""
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        now = shop.clock()
        if transaction is None or transaction.look_at is None or transaction.look_at > now:
            return None
        await transactions.look_later(tx, transaction_id, next_look(transaction.created_at, now))
        gateway = shop.gateways.find(transaction.gateway)
        if transaction.asked_until is not None or transaction.reference is None:
            return None
        if not isinstance(gateway, Knowing):
            return None
        asked, told = await asked_of(tx, transaction_id)
    is_open = LAST_WORDS.isdisjoint(event.kind for event in told)
    patience = ORPHANED if payable is None else ABANDONED
    return _Look(
        gateway,
        session_of(transaction, asked, kept(transaction.idempotency_key, None, None)) if is_open else None,
        now - max(event.created_at for event in told) >= patience,
        [errand_of(gateway, transaction, event) for event in _under_way(asked, told)],
    )


async def _outcome(due: _Look, session: Session) -> Outcome | None:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await (due.gateway.end(session) if due.is_last else due.gateway.look(session))
    except Useless:
        log.warning("gateway_useless", gateway=due.gateway.id, transaction=str(session.transaction_id))
        raise
    except (Unreachable, TimeoutError):
        log.warning("gateway_silent", gateway=due.gateway.id, transaction=str(session.transaction_id))
        return None


async def _take_down(shop: Shop, transaction_id: UUID, outcome: Outcome) -> None:
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        assert transaction is not None, "payments are never deleted"
        if transaction.asked_until is None:  # else the shopper is back, and is being answered
            await take_down(tx, transaction, payable, outcome, viewer=GUEST, now=shop.clock())


def _under_way(asked: EventRow, told: Sequence[EventRow]) -> list[EventRow]:
    """What the shop asked of the payment, the gateway has taken up, and has not finished."""
    ended = {event.reference for event in told if event.kind.endswith(("_SUCCESS", "_FAILURE"))}
    requests = {f"{action}_REQUEST" for action in Action}
    return [
        event
        for event in told
        if event.kind in requests
        and event.id != asked.id
        and event.counts
        and event.idempotency_key is not None
        and not event.reference.startswith(OURS)
        and event.reference not in ended
    ]
