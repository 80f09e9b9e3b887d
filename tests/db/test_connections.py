"""The short way of a pooled connection: what is known stays prepared, until it no longer fits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from db import connections
from db.connections import PooledConnection
from db.pool import Database, PoolOptions, open_database
from db.rows import Row
from db.statements import Statement

PREPARED = Statement("select count(*) from pg_prepared_statements where statement like :text")
THINGS = Statement("select * from things order by id")
ONE = Statement("select * from things where id = :id")
ADD = Statement("insert into things (id, price) values (:id, 1.50)")
SLEEP = Statement("select pg_sleep(:seconds)")


class Thing(Row):
    id: int
    price: Any


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A single connection, and a table that is nobody's."""
    async with open_database(database_url, PoolOptions(maximum=1)) as opened:
        async with opened.read() as connection:
            await connection.execute("create table things (id bigint primary key, price numeric)")
        yield opened


async def test_a_statement_is_prepared_once_whatever_is_asked_of_it(database: Database) -> None:
    for key in (1, 2):
        async with database.transaction() as tx:
            assert await ADD.run(tx, id=key) == 1
    async with database.read() as connection:
        assert type(connection) is PooledConnection
        rows = [await ONE.row(connection, Thing, id=key) for key in (1, 2, 3)]
        several = await ONE.rows(connection, Thing, id=2)
        number = await PREPARED.value(connection, text="select * from things where%")

    assert [row and row.id for row in rows] == [1, 2, None]
    assert [type(row) for row in several] == [Thing]
    assert number == 1


async def test_a_table_that_changes_is_read_as_it_is_now(database: Database) -> None:
    async with database.read() as connection:
        await ADD.run(connection, id=1)
        before = await THINGS.rows(connection, Thing)
        await connection.execute("alter table things add column colour text default 'red'")
        after = await THINGS.rows(connection, Thing)
        again = await THINGS.rows(connection, Thing)

    assert [tuple(row.keys()) for row in before] == [("id", "price")]
    assert [tuple(row.keys()) for row in after + again] == [("id", "price", "colour")] * 2


async def test_in_a_transaction_it_cannot_be_read_again_and_afterwards_it_is(database: Database) -> None:
    async with database.read() as connection:
        await THINGS.rows(connection, Thing)
        await connection.execute("alter table things add column colour text")
    with pytest.raises(asyncpg.InvalidCachedStatementError):
        async with database.transaction() as tx:
            await THINGS.rows(tx, Thing)
    async with database.transaction() as tx:
        assert await THINGS.rows(tx, Thing) == []


async def test_a_type_that_is_read_otherwise_is_read_so_by_what_was_known(database: Database) -> None:
    async with database.read() as connection:
        await ADD.run(connection, id=1)
        before = await THINGS.row(connection, Thing)
        await connection.set_type_codec(
            "numeric", schema="pg_catalog", encoder=str, decoder=lambda text: f"about {text}", format="text"
        )
        after = await THINGS.row(connection, Thing)

    assert before is not None
    assert after is not None
    assert (str(before.price), after.price) == ("1.50", "about 1.50")


async def test_what_is_known_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "KNOWN", 3)
    async with database.read() as connection:
        for number in range(20):
            assert await Statement(f"select {number} as bounded").value(connection) == number
        kept = await PREPARED.value(connection, text="select % as bounded")

    assert 1 <= kept <= 4


async def test_who_is_cancelled_leaves_a_connection_that_goes_on(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await SLEEP.value(connection, seconds=10.0)
        assert await THINGS.rows(connection, Thing) == []


async def test_whoever_counts_statements_hears_of_each(database: Database) -> None:
    heard: list[str] = []
    async with database.read() as connection:
        await THINGS.rows(connection, Thing)
        connection.add_query_logger(lambda record: heard.append(record.query))
        for _ in range(2):
            await THINGS.rows(connection, Thing)
        await asyncio.sleep(0)

    assert heard == [THINGS.text] * 2
