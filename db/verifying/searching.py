"""Looking for all that breaks a promise: in one moment's data, by several connections, as fast as they go."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from db.pool import Database
from db.statements import Connection
from db.verifying import announcing, offers, orders, papers, payments, stocks, sums
from db.verifying.promises import BreachRow, Promise, breaches_in

PROMISES: Final = (
    *stocks.PROMISES,
    *orders.PROMISES,
    *payments.PROMISES,
    *offers.PROMISES,
    *papers.PROMISES,
    *announcing.PROMISES,
)
_Job: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Finding:
    """``breaches`` is empty where the promise is kept."""

    promise: Promise
    breaches: Sequence[BreachRow]


async def search(
    database: Database, connections: int = 1, heard: Callable[[int, int], None] = lambda _done, _of: None
) -> list[Finding]:
    """What was found of each promise, in the order of ``PROMISES``; only reads.

    ``heard`` is told how much of how much has been done.
    """
    found: dict[str, list[BreachRow]] = {}
    added: dict[str, Any] = {}
    seed = sums.new_seed()

    def search_for(promise: Promise) -> list[_Job]:
        async def job(part: int, connection: Connection) -> None:
            found.setdefault(promise.text, []).extend(await breaches_in(connection, promise, part))

        return [partial(job, part) for part in range(promise.parts)]

    async def add_up(table: str, connection: Connection) -> None:
        added.update(await sums.add_up(connection, table, seed))

    shown_by_sums = [promise for promise in PROMISES if promise.same or promise.none]
    others = [promise for promise in PROMISES if promise not in shown_by_sums]
    async with database.snapshot(connections) as lent:
        jobs = [job for promise in sorted(others, key=_rank) for job in search_for(promise)]
        await _do([*(partial(add_up, table) for table in sums.STATEMENTS), *jobs], lent, heard)
        totals = sums.completed(added)
        suspected = [promise for promise in shown_by_sums if not promise.is_seen_kept(totals)]
        await _do([job for promise in suspected for job in search_for(promise)], lent, heard)
    return [Finding(promise, found.get(promise.text, ())) for promise in PROMISES]


def _rank(promise: Promise) -> int:
    """What takes longest begins first."""
    return 0 if promise in payments.PROMISES else 1


async def _do(jobs: Sequence[_Job], lent: Sequence[Connection], heard: Callable[[int, int], None]) -> None:
    """All jobs, each on one of the connections, begun in their order."""
    waiting = deque(jobs)
    done = 0

    async def work(connection: Connection) -> None:
        nonlocal done
        while waiting:
            await waiting.popleft()(connection)
            done += 1
            heard(done, len(jobs))

    async with asyncio.TaskGroup() as group:
        for connection in lent:
            group.create_task(work(connection))
