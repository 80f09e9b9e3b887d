"""Doing what a client asks under a key once, however often and wherever it asks.

A key is claimed before anything is done, and every transaction of the mutation marks the claim as its last
deed. So a process that dies leaves a claim that says whether anything was committed: if not, the next to ask
does it; if so, it is told. A claim that was lost to somebody else lets none of its transactions commit.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import structlog

from adapters.sealing import Seal, Unreadable
from commands.shop import Shop
from db import idempotency_keys
from db.idempotency_keys import KeyRow
from db.marking import marking
from db.statements import Connection
from domain.access import Viewer
from domain.idempotency_keys import (
    KEPT,
    LEASE,
    PATIENCE,
    AnswerLost,
    Kept,
    Standing,
    StillRunning,
    check_key,
    standing,
)

log = structlog.get_logger(__name__)
PAUSE: Final = 0.02, 0.5  # seconds between looks for an answer: the first, and at most
MOST: Final = 10_000  # keys dropped at once


@dataclass(frozen=True, slots=True)
class Question:
    """``fingerprint`` is equal for equal requests. ``repeatable``: it does nothing twice by itself."""

    key: str
    fingerprint: str
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """``is_sound``: it says what became of the request, and not that something went wrong on the way."""

    content: bytes
    is_sound: bool


class ClaimLost(Exception):
    """Somebody else has taken the key over, taking us for dead: what we did is rolled back."""


@dataclass(slots=True)
class _Claim:
    """``is_open`` while the mutation runs; what it leaves behind is no longer a part of it."""

    id: int
    holder: UUID
    is_open: bool = True

    async def mark(self, tx: Connection) -> None:
        if self.is_open and not await idempotency_keys.mark(tx, self.id, self.holder):
            raise ClaimLost


def scope_of(viewer: Viewer) -> str:
    """Whose keys they are. Guests have no name: a guest's key has to be one that nobody guesses."""
    return viewer.name or "guest"


async def once(
    shop: Shop, viewer: Viewer, secret: str, question: Question, run: Callable[[], Awaitable[Answer]]
) -> bytes | None:
    """The answer that was given to the same question before; None where ``run`` gave it just now.

    An answer that is not sound is kept only where something was committed. Raises ``BadKey``,
    ``KeyOfAnother``, ``StillRunning`` and ``AnswerLost``.
    """
    check_key(question.key)
    seal = Seal(secret, scope_of(viewer), question.key)
    found = await _claim(shop, scope_of(viewer), seal, question)
    if isinstance(found, bytes):
        return found
    beat = asyncio.create_task(_stay(shop, found))
    try:
        with marking(found.mark):
            answer = await run()
    finally:
        found.is_open = False
        beat.cancel()
    await _keep(shop, found, seal, answer)
    return None


async def forget(shop: Shop) -> int:
    """Drop the keys that are too old to count; how many that were."""
    async with shop.db.transaction() as tx:
        return await idempotency_keys.forget(tx, shop.clock() - KEPT, MOST)


async def _claim(shop: Shop, scope: str, seal: Seal, question: Question) -> _Claim | bytes:
    """A claim on the key, or the answer that was given under it, waited for if need be."""
    holder, pause, until = uuid4(), PAUSE[0], shop.clock() + PATIENCE
    while True:
        now = shop.clock()
        async with shop.db.transaction() as tx:
            claimed = await idempotency_keys.claim(
                tx,
                scope,
                seal.name,
                fingerprint=question.fingerprint,
                holder=holder,
                held_until=now + LEASE,
                now=now,
            )
        if claimed is not None:
            return _Claim(claimed, holder)
        while (row := await _find(shop, scope, seal)) is not None:
            now = shop.clock()
            match standing(_kept(row), question.fingerprint, now, repeatable=question.repeatable):
                case Standing.ANSWERED:
                    return _opened(seal, row)
                case Standing.LEFT | Standing.FORGOTTEN:
                    if await _take_over(shop, row, question, holder, now):
                        return _Claim(row.id, holder)
                case Standing.RUNNING if now > until:
                    raise StillRunning
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, PAUSE[1])


async def _find(shop: Shop, scope: str, seal: Seal) -> KeyRow | None:
    async with shop.db.read() as connection:
        return await idempotency_keys.find(connection, scope, seal.name)


async def _take_over(shop: Shop, row: KeyRow, question: Question, holder: UUID, now: datetime) -> bool:
    async with shop.db.transaction() as tx:
        return await idempotency_keys.take_over(
            tx, row, fingerprint=question.fingerprint, holder=holder, held_until=now + LEASE, now=now
        )


def _kept(row: KeyRow) -> Kept:
    return Kept(row.fingerprint, row.held_until, row.committed, row.answer is not None, row.created_at)


def _opened(seal: Seal, row: KeyRow) -> bytes:
    assert row.answer is not None, "it stands as answered"
    try:
        return seal.open(row.answer)
    except Unreadable:
        raise AnswerLost from None


async def _stay(shop: Shop, claim: _Claim) -> None:
    """Say again and again that we are at work."""
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        try:
            async with shop.db.transaction() as tx:
                await idempotency_keys.hold(tx, claim.id, claim.holder, shop.clock() + LEASE)
        except Exception as exception:  # the next sign may be seen in time
            log.warning("claim_not_held", error=repr(exception), exc_info=True)


async def _keep(shop: Shop, claim: _Claim, seal: Seal, answer: Answer) -> None:
    """Keep the answer, or let go of the key. Where neither can be done the lease will run out."""
    try:
        async with shop.db.transaction() as tx:
            if not answer.is_sound and await idempotency_keys.release(tx, claim.id, claim.holder):
                return
            kept = await idempotency_keys.answer(tx, claim.id, claim.holder, seal.close(answer.content))
    except Exception as exception:  # the mutation is done: its client is to hear of that now
        log.warning("answer_not_kept", error=repr(exception), exc_info=True)
        return
    if not kept:
        raise StillRunning
