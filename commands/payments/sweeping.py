"""Payments that nobody looks after: gateways are asked, again if need be, and what came to nothing goes back.

So a payment ends as an order, a refund or a void, whatever process dies.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID, uuid4

import structlog

from commands.payments.asking import LEASE, Question, ask, session_of
from commands.payments.errands import Errand, ask_in_writing, carry_out, errand_of
from commands.payments.looking import look
from commands.payments.patience import Patience
from commands.payments.recording import add_up, asked_of, hold
from commands.payments.telling import OURS, open_requests
from commands.shop import Shop
from db import transactions
from db.transactions import DueRow
from domain.access import GUEST
from domain.payments import ABANDONED, ORPHANED, Event, EventKind

log = structlog.get_logger(__name__)
MOST: Final = 50  # payments of each sort and gateway in one sweep
# Whether the gateway answered; None where it was not asked.
_Work = Callable[[Shop, UUID], Awaitable[bool | None]]


async def sweep(shop: Shop, patience: Patience | None = None) -> int:
    """Take up what was left lying, then give back what was taken for nothing; how many payments were touched.

    In between it is found out how those stand that nobody has told the end of. To be run every minute, by one
    process at a time or by several: no question is asked twice at once. Gateways do not wait for each other,
    and one that keeps silent is left alone for as long as ``patience`` says, which whoever sweeps again
    keeps: so a sweep takes as long as three silences, however many payments wait.
    """
    patience = patience or Patience()
    return await take_up(shop, patience) + await look_around(shop, patience) + await give_back(shop, patience)


async def take_up(shop: Shop, patience: Patience | None = None) -> int:
    """Ask gateways that gave no answer the same again, under the same keys; how many payments that were."""
    async with shop.db.read() as connection:
        found = await transactions.unanswered(connection, shop.clock(), MOST)
    return await _each(shop, patience or Patience(), found, _ask_again)


async def look_around(shop: Shop, patience: Patience | None = None) -> int:
    """Ask gateways how payments stand of which nobody has told the end; how many payments that were."""
    async with shop.db.read() as connection:
        found = await transactions.unheard(connection, shop.gateways.knowing, shop.clock(), MOST)
    return await _each(shop, patience or Patience(), found, look)


async def give_back(shop: Shop, patience: Patience | None = None) -> int:
    """Refund or void what was taken for checkouts that are gone or abandoned; how many payments that were."""
    now = shop.clock()
    async with shop.db.read() as connection:
        found = await transactions.to_give_back(
            connection, abandoned=now - ABANDONED, orphaned=now - ORPHANED, most=MOST
        )
    return await _each(shop, patience or Patience(), found, _give_back)


async def _each(shop: Shop, patience: Patience, found: Sequence[DueRow], work: _Work) -> int:
    """Those of one gateway after the other, and all gateways at once; how many payments were touched."""
    queues = defaultdict[str, list[UUID]](list)
    for row in found:
        queues[row.gateway].append(row.id)
    return sum(
        await asyncio.gather(*(_of_one(shop, patience, name, queue, work) for name, queue in queues.items()))
    )


async def _of_one(shop: Shop, patience: Patience, gateway: str, queue: Sequence[UUID], work: _Work) -> int:
    touched = 0
    for transaction_id in queue:
        if patience.is_over(gateway, shop.clock()):
            break
        touched += 1
        is_answered = None
        try:
            is_answered = await work(shop, transaction_id)
        except Exception:  # the money of the others is to go back all the same
            log.exception("payment_unswept", transaction=str(transaction_id))
        if is_answered is not None:
            (patience.heard(gateway) if is_answered else patience.waited(gateway, shop.clock()))
    return touched


async def _ask_again(shop: Shop, transaction_id: UUID) -> bool | None:
    return await _run(shop, await _asked_before(shop, transaction_id))


async def _give_back(shop: Shop, transaction_id: UUID) -> bool | None:
    return await _run(shop, await _begin(shop, transaction_id))


async def _run(shop: Shop, errands: Sequence[Errand | Question]) -> bool | None:
    """Whether the gateway answered each; None where there is nothing to ask.

    What it is not asked after a silence is asked by a later sweep.
    """
    for errand in errands:
        if isinstance(errand, Question):
            is_answered = (await ask(shop, GUEST, errand)).is_answered
        else:
            is_answered = await carry_out(shop, GUEST, errand) is not None
        if not is_answered:
            return False
    return True if errands else None


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
