"""The pool: who waits, how long, and what they are told."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from db.channels import every
from db.pool import Database, PoolOptions, open_database
from db.statements import Statement
from domain.refusals import Busy

SLEEP = Statement("select pg_sleep(:seconds)")
ADD = Statement(
    "insert into channels (name, slug, currency_code, default_country) values ('W', 'w', 'USD', 'US')"
)


@pytest.fixture
async def narrow(database_url: str) -> AsyncIterator[Database]:
    """A single connection, for which nobody waits longer than a fifth of a second."""
    options = PoolOptions(minimum=1, maximum=1, wait=0.2, statement_timeout=0.3)
    async with open_database(database_url, options) as database:
        yield database


async def test_who_waits_too_long_for_a_connection_is_told_so(narrow: Database) -> None:
    async with narrow.read():
        with pytest.raises(Busy) as refusal:
            async with narrow.read():
                pass

    assert refusal.value.code == "BUSY"


async def test_who_waits_a_little_is_served(narrow: Database) -> None:
    async def ask(seconds: float) -> int:
        async with narrow.read() as connection:
            await SLEEP.value(connection, seconds=seconds)
            return len(await every(connection))

    assert list(await asyncio.gather(ask(0.05), ask(0.01))) == [0, 0]


async def test_a_statement_that_takes_too_long_is_ended_and_its_connection_goes_on(narrow: Database) -> None:
    async with narrow.read() as connection:
        with pytest.raises(asyncpg.QueryCanceledError):
            await SLEEP.value(connection, seconds=5.0)

    async with narrow.read() as connection:
        assert await every(connection) == []


async def test_an_exception_takes_back_the_whole_transaction(narrow: Database) -> None:
    async def add_and_fail() -> None:
        async with narrow.transaction() as tx:
            await ADD.run(tx)
            assert len(await every(tx)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()

    async with narrow.read() as connection:
        assert await every(connection) == []


async def test_behind_a_transaction_pooler_nothing_is_prepared_by_name(database_url: str) -> None:
    async with (
        open_database(database_url, PoolOptions(maximum=1, transaction_pooler=True)) as database,
        database.read() as connection,
    ):
        await every(connection)

        assert await connection.fetchval("select count(*) from pg_prepared_statements where name <> ''") == 0


async def test_a_parameter_that_is_missing_or_unknown_never_reaches_postgres() -> None:
    with pytest.raises(KeyError):
        SLEEP.arguments({})
    with pytest.raises(KeyError):
        SLEEP.arguments({"seconds": 1.0, "minutes": 1})
