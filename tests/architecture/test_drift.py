"""Migrations: they make the declared tables, and can be taken back."""

import asyncio

import asyncpg

from db import migrating

TABLES = """
    select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'S') and relname not like 'alembic%'
"""


async def test_a_migrated_database_equals_the_declared_tables(database_url: str) -> None:
    assert await migrating.drift(database_url) == []


async def test_migrations_go_down_to_nothing_and_up_again(database_url: str) -> None:
    await migrating.downgrade(database_url, "base")
    connection = await asyncpg.connect(database_url)
    left = await connection.fetch(TABLES)
    await connection.close()
    await migrating.upgrade(database_url)

    assert left == []
    assert await migrating.revision(database_url) == migrating.head()
    assert await migrating.drift(database_url) == []


async def test_several_processes_may_migrate_at_once(database_url: str) -> None:
    await migrating.downgrade(database_url, "base")

    await asyncio.gather(*(migrating.upgrade(database_url) for _ in range(4)))

    assert await migrating.revision(database_url) == migrating.head()
    assert await migrating.drift(database_url) == []
