"""A test finds nothing of the test before it."""

import asyncio

import asyncpg
import pytest

from db import migrating
from tests.databases import LENT, WORN, Databases

CHANNEL = """
    insert into channels (name, slug, currency_code, default_country)
    select 'Web', 'web-' || number, 'USD', 'US' from generate_series(1, $1::int) as number
    returning id
"""


async def sell(url: str, channels: int) -> list[int]:
    connection = await asyncpg.connect(url)
    try:
        return [row["id"] for row in await connection.fetch(CHANNEL, channels)]
    finally:
        await connection.close()


async def run(url: str, *commands: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for command in commands:
            await connection.execute(command)
    finally:
        await connection.close()


async def leave(url: str) -> asyncpg.Connection:
    """A session in the middle of a transaction, which holds locks."""
    connection = await asyncpg.connect(url)
    await connection.execute("begin")
    await connection.fetch(CHANNEL, 1)
    await connection.execute("lock table channels")
    return connection


def test_rows_and_numbers_begin_anew_in_the_same_database(databases: Databases) -> None:
    databases.discard()
    with databases.lent() as first:
        assert asyncio.run(sell(first, 3)) == [1, 2, 3]
    with databases.lent() as second:
        assert asyncio.run(sell(second, 2)) == [1, 2]

    assert first == second


def test_a_session_that_was_left_open_is_ended(databases: Databases) -> None:
    databases.discard()
    with asyncio.Runner() as runner:
        with databases.lent() as first:
            left = runner.run(leave(first))
        with databases.lent() as second:
            assert runner.run(sell(second, 1)) == [1]

        assert first == second
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            runner.run(left.fetch("select 1"))


@pytest.mark.parametrize(
    "change",
    [
        "alter table stocks drop constraint ck_stocks_not_below_zero",
        "alter table channels add column colour text",
        "create table asked (at int)",
        "drop index ix_products_search_text",
        "create function asked() returns int language sql as 'select 1'",
        "update alembic_version set version_num = '0001'",
        "drop table alembic_version",
        "do $$ begin execute format('alter database %I set work_mem = ''1MB''', current_database()); end $$",
    ],
)
def test_what_the_migrations_did_not_make_is_not_lent_again(databases: Databases, change: str) -> None:
    with databases.lent() as first:
        asyncio.run(run(first, change))
    with databases.lent() as second:
        assert asyncio.run(sell(second, 1)) == [1]
        assert asyncio.run(migrating.drift(second)) == []

    assert first != second


def test_a_test_that_ends_every_session_ends_ours(databases: Databases) -> None:
    with databases.lent() as first:
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        asyncio.run(run(first, f"{ended} and pid <> pg_backend_pid()"))
    with databases.lent() as second:
        assert asyncio.run(sell(second, 1)) == [1]

    assert first != second


def test_what_is_worn_is_not_lent_again(databases: Databases) -> None:
    databases.discard()
    with databases.lent() as first:
        asyncio.run(sell(first, WORN))
    seen = []
    for _ in range(LENT + 1):
        with databases.lent() as url:
            seen.append(url)

    assert first != seen[0]
    assert seen[:LENT] == [seen[0]] * LENT
    assert seen[LENT] != seen[0]
