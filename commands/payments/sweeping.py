"""Payments that nobody looks after: what was asked is asked again, and what came to nothing goes back.

So a payment ends as an order, a refund or a void, whatever process dies.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import structlog

from adapters.payments.gateway import Done, Gateway, Instruction, Unreachable
from commands.payments.asking import LEASE, PATIENCE, Question, ask, session_of
from commands.payments.recording import add_up, asked_of, hold
from commands.shop import Shop
from db import transaction_events, transactions
from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.access import GUEST
from domain.money import rounded
from domain.payments import (
    ABANDONED,
    GIVING_BACK,
    ORPHANED,
    Action,
    Event,
    EventKind,
)

log = structlog.get_logger(__name__)
MOST: Final = 50  # payments of each sort in one sweep
OURS: Final = "matvis-"  # what the shop asks has a name of ours before the gateway gives it one


@dataclass(frozen=True, slots=True)
class _Errand:
    """What the shop asks of a gateway; ``request_id`` is the event that says so."""

    gateway: Gateway
    instruction: Instruction
    transaction_id: UUID
    request_id: int


_Claim = Callable[[Shop, UUID], Awaitable[list[_Errand | Question]]]


async def sweep(shop: Shop) -> int:
    """Take up what was left lying, then give back what was taken for nothing; how many payments were touched.

    To be run every minute, by one process at a time or by several: no question is asked twice at once.
    """
    return await take_up(shop) + await give_back(shop)


async def take_up(shop: Shop) -> int:
    """Ask gateways that gave no answer the same again, under the same keys; how many payments that were."""
    async with shop.db.read() as connection:
        found = await transactions.unanswered(connection, shop.clock(), MOST)
    return await _each(shop, found, _asked_before)


async def give_back(shop: Shop) -> int:
    """Refund or void what was taken for checkouts that are gone or abandoned; how many payments that were."""
    now = shop.clock()
    async with shop.db.read() as connection:
        found = await transactions.to_give_back(
            connection, abandoned=now - ABANDONED, orphaned=now - ORPHANED, most=MOST
        )
    return await _each(shop, found, _begin)


async def _each(shop: Shop, found: Sequence[UUID], claim: _Claim) -> int:
    for transaction_id in found:
        try:
            for errand in await claim(shop, transaction_id):
                await _run(shop, errand)
        except Exception:  # the money of the others is to go back all the same
            log.exception("payment_unswept", transaction=str(transaction_id))
    return len(found)


async def _asked_before(shop: Shop, transaction_id: UUID) -> list[_Errand | Question]:
    """Everything about the payment that waits for an answer, now ours to ask."""
    async with shop.db.transaction() as tx:
        transaction, _ = await hold(tx, transaction_id)
        now = shop.clock()
        if transaction is None or transaction.asked_until is None or transaction.asked_until > now:
            return []
        gateway = shop.gateways.find(transaction.gateway)
        if gateway is None:
            log.warning("gateway_missing", gateway=transaction.gateway, transaction=str(transaction_id))
            await transactions.give_up(tx, transaction_id, now)
            return []
        await transactions.give_up(tx, transaction_id, now + LEASE)
        asked, told = await asked_of(tx, transaction_id)
        if transaction.asked_with is not None:
            return [Question(gateway, session_of(transaction, asked, transaction.asked_with), asked.id)]
        return [_errand(gateway, transaction, event) for event in _open(told)]


async def _begin(shop: Shop, transaction_id: UUID) -> list[_Errand | Question]:
    """What is to be asked about a payment that nothing came of, written down; nothing where that has changed.

    Records ``CheckoutUpdated`` where there is still a checkout.
    """
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        now = shop.clock()
        due = await transactions.to_give_back(
            tx, abandoned=now - ABANDONED, orphaned=now - ORPHANED, id=transaction_id
        )
        gateway = shop.gateways.find(transaction.gateway) if transaction else None
        if transaction is None or gateway is None or not due:
            return []
        asked = []
        for kind, amount in (
            (EventKind.CANCEL_REQUEST, transaction.authorized_amount),
            (EventKind.REFUND_REQUEST, transaction.charged_amount),
        ):
            if amount > 0:
                event = Event(kind, f"{OURS}{uuid4().hex}", amount, now)
                asked.append((await transaction_events.tell(tx, transaction, event))[0])
        await transactions.ask(tx, transaction_id, now + LEASE)
        await add_up(tx, transaction, payable, asked[-1], viewer=GUEST, now=now)
    return [_errand(gateway, transaction, request) for request in asked]


def _open(told: list[EventRow]) -> list[EventRow]:
    """Our requests that the gateway has not given a name of its own yet: it has not answered them."""
    return [
        event
        for event in told
        if event.kind in GIVING_BACK and event.counts and event.reference.startswith(OURS)
    ]


def _errand(gateway: Gateway, transaction: TransactionRow, request: EventRow) -> _Errand:
    instruction = Instruction(
        idempotency_key=request.reference,
        action=Action(request.kind.removesuffix("_REQUEST")),
        amount=request.amount,
        currency=request.currency,
        reference=transaction.reference or "",
    )
    return _Errand(gateway, instruction, transaction.id, request.id)


async def _run(shop: Shop, errand: _Errand | Question) -> None:
    """Ask the gateway and write down what it answers. Without an answer, a later sweep asks the same."""
    if isinstance(errand, Question):
        await ask(shop, GUEST, errand)
        return
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            done = await errand.gateway.act(errand.instruction)
    except (Unreachable, TimeoutError):
        log.warning("gateway_silent", gateway=errand.gateway.id, transaction=str(errand.transaction_id))
        async with shop.db.transaction() as tx:
            await transactions.give_up(tx, errand.transaction_id, shop.clock())
        return
    await _record(shop, errand, done)


async def _record(shop: Shop, errand: _Errand, done: Done) -> None:
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, errand.transaction_id)
        assert transaction is not None, "payments are never deleted"
        reference = done.reference or errand.instruction.idempotency_key
        event = Event(done.kind, reference, rounded(done.amount, transaction.currency), shop.clock())
        await transaction_events.answer_request(tx, errand.request_id, reference=reference, counts=True)
        told, _ = await transaction_events.tell(tx, transaction, event, message=done.message)
        _, everything = await asked_of(tx, transaction.id)
        if not _open(everything):
            await transactions.answered(tx, transaction.id)
        await add_up(tx, transaction, payable, told, viewer=GUEST, now=shop.clock())
