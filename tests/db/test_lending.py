"""Lending connections: nobody gets a broken one, nobody is forgotten, and none is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from db import lending
from db.pool import Database, PoolOptions, open_database
from db.statements import Statement
from domain.refusals import Busy

PID = Statement("select pg_backend_pid()")
END = Statement("select pg_terminate_backend(:pid)")


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[Database]:
    """Two connections at most, and patience for a second."""
    async with open_database(database_url, PoolOptions(minimum=1, maximum=2, wait=1.0)) as database:
        yield database


async def pid(database: Database) -> int:
    async with database.read() as connection:
        found: int = await PID.value(connection)
    return found


async def test_a_connection_that_came_back_is_lent_again(two: Database) -> None:
    assert await pid(two) == await pid(two)
    assert two.waiting_room[1] >= 1


async def test_a_connection_that_broke_at_rest_is_not_lent(two: Database, database: Database) -> None:
    async with two.read() as lent:
        first = await PID.value(lent)
    async with database.read() as connection:
        await END.value(connection, pid=first)
    async with asyncio.timeout(30):
        while not lent.is_closed():  # noqa: ASYNC110 - until word of it has come
            await asyncio.sleep(0.01)

    assert await pid(two) != first


async def test_a_connection_that_broke_at_work_makes_room_for_another(two: Database) -> None:
    async def break_down() -> None:
        async with two.read() as connection:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")

    for _ in range(3):
        with pytest.raises(Exception, match=r"terminat|closed"):
            await break_down()

    assert len({*await asyncio.gather(*(pid(two) for _ in range(8)))}) <= 2


async def test_a_transaction_that_was_left_open_ends_before_anybody_else_comes(two: Database) -> None:
    async with two.read() as connection:
        await connection.execute("begin")

    async with two.read() as connection:
        assert not connection.is_in_transaction()


async def test_who_gives_up_waiting_takes_no_connection_along(two: Database) -> None:
    async with two.read(), two.read():
        waiting = [asyncio.create_task(pid(two)) for _ in range(6)]
        await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        await asyncio.sleep(0)

    assert len({*await asyncio.gather(*waiting[1::2])}) <= 2
    assert [task.cancelled() for task in waiting] == [True, False] * 3


@pytest.mark.parametrize("late", [0.0, 0.001, 0.01])
async def test_who_is_cancelled_as_the_connection_comes_passes_it_on(two: Database, late: float) -> None:
    for _ in range(20):
        async with two.read(), two.read():
            first, second = (asyncio.create_task(pid(two)) for _ in range(2))
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(late)
        assert await second > 0

    async with two.read(), two.read():  # neither was lost
        with pytest.raises(Busy):
            await pid(two)


async def test_those_who_wait_are_served_in_the_order_of_their_coming(two: Database) -> None:
    order: list[int] = []

    async def ask(number: int) -> None:
        async with two.read() as connection:
            order.append(number)
            await PID.value(connection)

    async with two.read(), two.read():
        asking = [asyncio.create_task(ask(number)) for number in range(10)]
        await asyncio.sleep(0.01)
    await asyncio.gather(*asking)

    assert order == list(range(10))


async def test_what_nobody_needs_goes_back_to_the_pool(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "TIDY", 0.02)
    async with open_database(database_url, PoolOptions(minimum=1, maximum=5)) as database:
        async with database.read(), database.read(), database.read(), database.read():
            pass
        async with asyncio.timeout(2):
            while len(database.lending._idle) > 1:  # noqa: ASYNC110 - time is what is waited for
                await asyncio.sleep(0.01)

        assert await pid(database) > 0


async def test_a_crowd_is_served_by_few(two: Database) -> None:
    found = await asyncio.gather(*(pid(two) for _ in range(500)))

    assert len(found) == 500
    assert len({*found}) == 2
    assert two.lending.refused == 0
