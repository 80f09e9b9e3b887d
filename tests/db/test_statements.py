"""Statements: what of them Postgres sees, and that nothing is lost on the way there and back."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from commands.shop import Shop
from db.rows import Row
from db.statements import Statement


class _NumberRow(Row):
    number: int | None
    word: str | None


class _AmountRow(Row):
    amount: Decimal


LISTS = Statement("""
    select wanted.number, wanted.word
      from unnest(cast(:numbers as bigint[]), cast(:words as text[])) as wanted (number, word)
""")
TWICE = Statement("""
    select wanted.number, null as word
      from unnest(cast(:numbers as bigint[])) as wanted (number)
     where wanted.number = any(cast(:numbers as bigint[]))
""")
AMOUNTS = Statement("""
    select wanted.amount from unnest(cast(:amounts as numeric[])) with ordinality as wanted (amount, place)
     order by wanted.place
""")


async def test_lists_of_numbers_arrive_as_they_were_given(shop: Shop) -> None:
    numbers = [3, None, -(2**63), 2**63 - 1]

    async with shop.db.read() as connection:
        rows = await LISTS.rows(connection, _NumberRow, numbers=numbers, words=["a", "b", None, "d"])
        none = await LISTS.rows(connection, _NumberRow, numbers=[], words=[])

    assert [(row.number, row.word) for row in rows] == list(zip(numbers, ["a", "b", None, "d"], strict=True))
    assert none == []


async def test_a_list_that_is_used_twice_is_an_array_in_both_places(shop: Shop) -> None:
    async with shop.db.read() as connection:
        rows = await TWICE.rows(connection, _NumberRow, numbers=(1, 2))

    assert [row.number for row in rows] == [1, 2]
    assert "text" not in TWICE.text


async def test_a_value_that_is_missing_is_named(shop: Shop) -> None:
    async with shop.db.read() as connection:
        with pytest.raises(KeyError, match="numbers"):
            await LISTS.rows(connection, _NumberRow, words=["a"])


@pytest.mark.parametrize(
    "text",
    ["0", "0.0000", "-1.10", "12345678901234.567890123", "1E+3", "0.0000000001", "99999999999999999999"],
)
async def test_amounts_lose_nothing(shop: Shop, text: str) -> None:
    amount = Decimal(text)

    async with shop.db.read() as connection:
        (alone,) = await AMOUNTS.rows(connection, _AmountRow, amounts=[amount])
        whole = await connection.fetchval("select $1::numeric", amount)

    assert (alone.amount, whole) == (amount, amount)
    assert alone.amount.as_tuple().exponent == min(amount.as_tuple().exponent, 0)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 1, 59, 59, 999_999, UTC),
        datetime(2026, 3, 29, 3, 0, tzinfo=timezone(timedelta(hours=2))),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC),
    ],
)
async def test_times_lose_nothing_and_come_back_as_utc(shop: Shop, at: datetime) -> None:
    async with shop.db.read() as connection:
        alone = await connection.fetchval("select $1::timestamptz", at)
        listed = await connection.fetchval("select array[$1::timestamptz, null]", at)
        await connection.execute("set time zone 'Asia/Kolkata'")
        elsewhere = await connection.fetchval("select $1::timestamptz", at)
        await connection.execute("set time zone 'UTC'")

    assert (alone, listed, elsewhere) == (at, [at, None], at)
    assert {one.tzinfo for one in (alone, listed[0], elsewhere)} == {UTC}
