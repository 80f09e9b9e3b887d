"""The one way to Postgres: a pool of asyncpg connections, lent for a statement or for a transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from db.codecs import as_text
from db.connections import PooledConnection
from db.lending import Lender
from db.marking import marked
from db.statements import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOptions:
    """``wait`` and ``statement_timeout`` in seconds; ``memory`` in MiB for a sort or a hash, 0 as it is set.

    ``transaction_pooler``: behind one, no statement may be kept prepared, and nothing is set for a session.
    ``read_only``: whatever would change something fails.
    """

    minimum: int = 1
    maximum: int = 10
    wait: float = 5.0
    statement_timeout: float = 15.0
    transaction_pooler: bool = False
    read_only: bool = False
    memory: int = 0


class Lent:
    """A connection for a block, outside any transaction: for one statement."""

    __slots__ = ("_connection", "_lender")

    def __init__(self, lender: Lender) -> None:
        self._lender = lender

    async def __aenter__(self) -> PooledConnection:
        self._connection = await self._lender.borrow()
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None or not self._lender.give_back(self._connection):
            await self._lender.dismiss(self._connection)


class Database:
    """Lends connections. Raises ``Busy`` when none comes free within the pool's ``wait``."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", lender: Lender) -> None:
        self._pool = pool
        self.lending = lender

    def read(self) -> Lent:
        """A connection outside any transaction, for one statement."""
        return Lent(self.lending)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction (read committed).

        Committed at the end of the block, rolled back by any exception.
        """
        async with self.read() as connection, connection.transaction():
            yield connection
            await marked(connection)

    @asynccontextmanager
    async def snapshot(self, number: int) -> AsyncIterator[list[Connection]]:
        """So many connections that see the shop as it is now, whatever happens meanwhile, and only read."""
        async with AsyncExitStack() as stack:
            lent: list[Connection] = []
            name = ""
            for _ in range(number):
                connection = await stack.enter_async_context(self.read())
                frozen = connection.transaction(isolation="repeatable_read", readonly=True)
                await stack.enter_async_context(frozen)
                if lent:
                    await connection.execute(f"set transaction snapshot '{name}'")
                elif number > 1:
                    name = await connection.fetchval("select pg_export_snapshot()")
                lent.append(connection)
            yield lent

    @property
    def waiting_room(self) -> tuple[int, int]:
        """Connections open, and of these idle."""
        return self._pool.get_size(), self.lending.idle


@asynccontextmanager
async def open_database(
    dsn: str, options: PoolOptions, on_statement: Callable[[Any], None] | None = None
) -> AsyncIterator[Database]:
    """The pool, open while the block runs.

    ``on_statement`` hears of each statement that was run (asyncpg's record of it).
    """

    async def prepare(connection: Any) -> None:
        connection.keeps = not options.transaction_pooler
        await as_text(connection)
        if on_statement is not None:
            connection.add_query_logger(on_statement)

    pool = await asyncpg.create_pool(
        dsn,
        min_size=options.minimum,
        max_size=options.maximum,
        connection_class=PooledConnection,
        init=prepare,
        statement_cache_size=0 if options.transaction_pooler else 500,
        server_settings={} if options.transaction_pooler else session_settings(options),
    )
    lender = Lender(pool, options.wait)
    try:
        yield Database(pool, lender)
    finally:
        await lender.close()
        await pool.close()


def session_settings(options: PoolOptions) -> dict[str, str]:
    """What every connection begins with.

    Statements are planned once: with arrays as parameters Postgres takes a plan for the values at hand to be
    cheaper than one for all, and would make it anew each time, for longer than a small statement runs.
    """
    return {
        "application_name": "matvis",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": str(int(options.statement_timeout * 1000)),
        "idle_in_transaction_session_timeout": str(int(options.statement_timeout * 2000)),
        "timezone": "UTC",
        "datestyle": "ISO",
        "default_transaction_read_only": "on" if options.read_only else "off",
        **({"work_mem": f"{options.memory}MB"} if options.memory else {}),
    }
