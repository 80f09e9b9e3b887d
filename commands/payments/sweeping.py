"""Payments that nobody looks after: gateways are asked, again if need be, and what came to nothing goes back.

So a payment ends as an order, a refund or a void, whatever process dies.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID, uuid4

import structlog

from commands.payments.asking import LEASE, Question, ask, session_of
from commands.payments.errands import Errand, ask_in_writing, errand_of, run
from commands.payments.looking import look
from commands.payments.recording import add_up, asked_of, hold
from commands.payments.telling import OURS, open_requests
from commands.shop import Shop
from db import transactions
from domain.access import GUEST
from domain.payments import ABANDONED, ORPHANED, Event, EventKind

log = structlog.get_logger(__name__)
MOST: Final = 50  # payments of each sort in one sweep
_Work = Callable[[Shop, UUID], Awaitable[None]]


async def sweep(shop: Shop) -> int:
    """Take up what was left lying, then give back what was taken for nothing; how many payments were touched.

    In between it is found out how those stand that nobody has told the end of. To be run every minute, by one
    process at a time or by several: no question is asked twice at once.
    """
    return await take_up(shop) + await look_around(shop) + await give_back(shop)


async def take_up(shop: Shop) -> int:
    """Ask gateways that gave no answer the same again, under the same keys; how many payments that were."""
    async with shop.db.read() as connection:
        found = await transactions.unanswered(connection, shop.clock(), MOST)
    return await _each(shop, found, _ask_again)


async def look_around(shop: Shop) -> int:
    """Ask gateways how payments stand of which nobody has told the end; how many payments that were."""
    async with shop.db.read() as connection:
        found = await transactions.unheard(connection, shop.gateways.knowing, shop.clock(), MOST)
    return await _each(shop, found, look)


async def give_back(shop: Shop) -> int:
    """Refund or void what was taken for checkouts that are gone or abandoned; how many payments that were."""
    now = shop.clock()
    async with shop.db.read() as connection:
        found = await transactions.to_give_back(
            connection, abandoned=now - ABANDONED, orphaned=now - ORPHANED, most=MOST
        )
    return await _each(shop, found, _give_back)


async def _each(shop: Shop, found: Sequence[UUID], work: _Work) -> int:
    for transaction_id in found:
        try:
            await work(shop, transaction_id)
        except Exception:  # the money of the others is to go back all the same
            log.exception("payment_unswept", transaction=str(transaction_id))
    return len(found)


async def _ask_again(shop: Shop, transaction_id: UUID) -> None:
    for errand in await _asked_before(shop, transaction_id):
        if isinstance(errand, Question):
            await ask(shop, GUEST, errand)
        else:
            await run(shop, GUEST, errand)


async def _give_back(shop: Shop, transaction_id: UUID) -> None:
    for errand in await _begin(shop, transaction_id):
        await run(shop, GUEST, errand)


async def _asked_before(shop: Shop, transaction_id: UUID) -> list[Errand | Question]:
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
        waiting = open_requests(told)
        if not waiting:  # its webhook was faster
            await transactions.answered(tx, transaction_id)
        return [errand_of(gateway, transaction, event) for event in waiting]


async def _begin(shop: Shop, transaction_id: UUID) -> list[Errand]:
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
                asked.append(await ask_in_writing(tx, transaction, event))
        await add_up(tx, transaction, payable, asked[-1], viewer=GUEST, now=now)
    return [errand_of(gateway, transaction, request) for request in asked]
