"""Databases to test with: empty, migrated, and lent to one test at a time.

To copy one costs more than what most tests do with it: what comes back is emptied, and lent again.
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from db import migrating

WORN: Final = 500  # deleted rows: tables stay so small that every test's statements get the same plans
LENT: Final = 40  # times: what was changed and not deleted leaves dead rows as well
PATIENCE: Final = 10_000  # milliseconds for a session that is ended to be gone

ENDED: Final = """
    select pg_terminate_backend(pid, $1)
      from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
"""
# Whoever made, changed or dropped something in the catalogue left the number of a transaction there.
CATALOGUE: Final = " union all ".join(
    f"select '{table}', count(*), max({table}.xmin::text::bigint) from {table} where {key} >= 16384"  # noqa: S608
    for table, key in {
        "pg_attribute": "attrelid",
        "pg_constraint": "oid",
        "pg_index": "indexrelid",
        "pg_namespace": "oid",
        "pg_proc": "oid",
        "pg_trigger": "oid",
        "pg_db_role_setting": "setdatabase",
    }.items()
)
REVISION: Final = "select version_num, 0, 0 from alembic_version"
TABLES: Final = """
    select format('%I.%I', schemaname, tablename) as name
      from pg_tables
     where schemaname = 'public' and tablename <> 'alembic_version'
"""
RESTARTED: Final = "select setval(seqrelid, seqstart, false) from pg_sequence"


@dataclass
class Copy:
    """A copy of the template. ``connection`` is ours: nobody else's statements run on it."""

    name: str
    url: str
    connection: asyncpg.Connection
    looks: list[asyncpg.Record]
    emptying: str
    deleted: int = 0
    lent: int = 0


class Databases:
    """Belongs to one worker, by whose name its databases are called; runs on a loop of its own.

    Whoever it logs in as is a superuser.
    """

    def __init__(self, url: str, worker: str) -> None:
        self._url = url
        self._worker = worker
        self._template = f"template_{worker}"
        self._serial = itertools.count(1)
        self._copy: Copy | None = None
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # leaves the tests' own alone

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database that is as if it had just been migrated."""
        if self._copy is None:
            self._copy = self._runner.run(self._copied())
        try:
            yield self._copy.url
        finally:
            if not self._runner.run(_emptied(self._copy)):
                self.discard()

    def discard(self) -> None:
        """Drop the copy: the next to be lent is a new one."""
        copy, self._copy = self._copy, None
        if copy is not None:
            self._runner.run(self._dropped(copy))

    def close(self) -> None:
        self.discard()
        self._runner.close()

    async def make_template(self) -> None:
        await self._administer(
            f"drop database if exists {self._template} with (force)", f"create database {self._template}"
        )
        await migrating.upgrade(_named(self._url, self._template))

    async def _copied(self) -> Copy:
        number = next(self._serial)
        if number == 1:
            await self.make_template()
        name = f"test_{self._worker}_{number}"
        await self._administer(
            f"drop database if exists {name} with (force)",
            # It copies files as they are; the other way each page goes to the log first, at twice the price.
            f"create database {name} template {self._template} strategy file_copy",
        )
        url = _named(self._url, name)
        # Constraints are not looked at while it deletes: what refers to nothing is deleted next.
        connection = await asyncpg.connect(url, server_settings={"session_replication_role": "replica"})
        tables = [table["name"] for table in await connection.fetch(TABLES)]
        return Copy(name, url, connection, await _looks(connection), _emptying(tables))

    async def _dropped(self, copy: Copy) -> None:
        copy.connection.terminate()
        await self._administer(f"drop database {copy.name} with (force)")

    async def _administer(self, *commands: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            for command in commands:
                await connection.execute(command)
        finally:
            await connection.close()


async def _emptied(copy: Copy) -> bool:
    """Whether it can be lent again: not when it is worn, or is no longer what the migrations made of it."""
    copy.lent += 1
    # A test may have ended every session there is, ours as well.
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await copy.connection.fetch(ENDED, PATIENCE)
        if await _looks(copy.connection) != copy.looks:
            return False
        copy.deleted += await copy.connection.fetchval(copy.emptying)
        await copy.connection.fetch(RESTARTED)
        return copy.deleted < WORN and copy.lent < LENT
    return False


async def _looks(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    try:
        return await connection.fetch(f"{CATALOGUE} union all {REVISION}")
    except asyncpg.UndefinedTableError:
        return []


def _emptying(tables: list[str]) -> str:
    """One statement that deletes all rows, and answers with their number."""
    gone = [f"gone_{place} as (delete from {table} returning 1)" for place, table in enumerate(tables)]  # noqa: S608
    counts = [f"(select count(*) from gone_{place})" for place in range(len(tables))]  # noqa: S608
    return f"with {', '.join(gone)} select {' + '.join(counts)}"


def _named(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()
