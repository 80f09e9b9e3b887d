"""The one way to Postgres: a pool of asyncpg connections, lent for a statement or for a transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import asyncpg
import structlog

from db.statements import Connection
from domain.refusals import Busy

log = structlog.get_logger(__name__)


class _Connection(asyncpg.Connection):
    """Sends nothing at release.

    No code of ours leaves session state behind, and the usual reset costs a round trip.
    """

    def get_reset_query(self) -> str:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """``wait`` and ``statement_timeout`` in seconds.

    ``transaction_pooler``: behind one, no statement may be kept prepared.
    """

    minimum: int = 1
    maximum: int = 10
    wait: float = 5.0
    statement_timeout: float = 15.0
    transaction_pooler: bool = False


@dataclass(slots=True)
class Lending:
    """What the pool has done so far: ``waited`` are the seconds that all borrowers together stood in line."""

    lent: int = 0
    refused: int = 0
    waited: float = 0.0


class Database:
    """Lends connections. Raises ``Busy`` when none comes free within the pool's ``wait``."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", wait: float) -> None:
        self._pool = pool
        self._wait = wait
        self.lending = Lending()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction, for one statement."""
        asked = perf_counter()
        try:
            connection = await self._pool.acquire(timeout=self._wait)
        except TimeoutError as late:
            self.lending.refused += 1
            log.warning("database_busy", waited=self._wait, size=self._pool.get_size())
            raise Busy from late
        finally:
            self.lending.waited += perf_counter() - asked
        self.lending.lent += 1
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction (read committed).

        Committed at the end of the block, rolled back by any exception.
        """
        async with self.read() as connection, connection.transaction():
            yield connection

    @property
    def waiting_room(self) -> tuple[int, int]:
        """Connections open, and of these idle."""
        return self._pool.get_size(), self._pool.get_idle_size()


@asynccontextmanager
async def open_database(
    dsn: str, options: PoolOptions, on_statement: Callable[[Any], None] | None = None
) -> AsyncIterator[Database]:
    """The pool, open while the block runs.

    ``on_statement`` hears of each statement that was run (asyncpg's record of it).
    """

    async def prepare(connection: Any) -> None:
        if on_statement is not None:
            connection.add_query_logger(on_statement)

    pool = await asyncpg.create_pool(
        dsn,
        min_size=options.minimum,
        max_size=options.maximum,
        connection_class=_Connection,
        init=prepare,
        statement_cache_size=0 if options.transaction_pooler else 500,
        server_settings={} if options.transaction_pooler else _session(options),
    )
    try:
        yield Database(pool, options.wait)
    finally:
        await pool.close()


def _session(options: PoolOptions) -> dict[str, str]:
    return {
        "application_name": "matvis",
        "jit": "off",
        "statement_timeout": str(int(options.statement_timeout * 1000)),
        "idle_in_transaction_session_timeout": str(int(options.statement_timeout * 2000)),
        "timezone": "UTC",
    }
