"""Migrations, up and down, one process at a time."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import db.tables  # noqa: F401  # declares every table

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
LOCK = 0x6D617476  # "matv": whoever migrates holds this advisory lock


def config() -> Config:
    """Alembic's configuration, found from anywhere."""
    settings = Config(ROOT / "alembic.ini")
    settings.set_main_option("script_location", str(ROOT / "db" / "migrations"))
    return settings


def head() -> str:
    """The newest revision."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None, "there is at least one migration"
    return found


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database to ``revision``.

    Several processes may do so at once: the others wait, and find it done.
    """
    await _with_lock(dsn, lambda connection: command.upgrade(_handing(connection), revision))


async def downgrade(dsn: str, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: to nothing, ``-1``: by one)."""
    await _with_lock(dsn, lambda connection: command.downgrade(_handing(connection), revision))


async def revision(dsn: str) -> str | None:
    """Where the database stands; None before the first migration."""
    return await _with_lock(
        dsn, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )


async def drift(dsn: str) -> list[Any]:
    """What a migrated database has that the declared tables have not, and the other way round.

    Empty when they agree.
    """

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))

    return await _with_lock(dsn, compare)


async def _with_lock(dsn: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(_sqlalchemy_url(dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
            await connection.commit()
            try:
                result = await connection.run_sync(work)
                await connection.commit()
                return result
            finally:
                await connection.rollback()
                await connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": LOCK})
                await connection.commit()
    finally:
        await engine.dispose()


def _handing(connection: Connection) -> Config:
    settings = config()
    settings.attributes["connection"] = connection
    return settings


def _sqlalchemy_url(dsn: str) -> str:
    """The same database, under the scheme by which SQLAlchemy finds asyncpg."""
    return "postgresql+asyncpg" + dsn[dsn.index("://") :]


def main(dsn: str, message: str) -> None:
    """Write a new migration from the difference between ``dsn`` and the declared tables."""

    def write(connection: Connection) -> None:
        command.revision(_handing(connection), message, autogenerate=True, rev_id=f"{_next():04}")

    asyncio.run(_with_lock(dsn, write))


def _next() -> int:
    return len(list((ROOT / "db" / "migrations" / "versions").glob("[0-9]*.py"))) + 1
