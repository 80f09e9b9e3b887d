"""However many wait for answers, the loop gets round in between."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from engine.loading import Loading
from engine.pacing import AT_FIRST, AT_ONCE, Pace
from tests.engine.library import SHELVES, Calls


def done(value: Any) -> asyncio.Future[Any]:
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    answer.set_result(value)
    return answer


async def test_the_first_answers_come_as_they_are() -> None:
    pace = Pace()
    answers = [done(number) for number in range(AT_FIRST)]

    assert [pace.of(answer) for answer in answers] == answers


async def test_of_the_others_a_hundred_come_in_a_turn_in_their_order() -> None:
    pace = Pace()
    told = [pace.of(done(number)) for number in range(AT_FIRST + 10 * AT_ONCE)]
    turns = [AT_FIRST]

    while turns[-1] < len(told):
        await asyncio.sleep(0)
        turns.append(sum(answer.done() for answer in told))

    assert max(b - a for a, b in pairwise(turns)) == AT_ONCE
    assert [answer.result() for answer in told] == list(range(len(told)))


async def test_faults_are_passed_on_and_nobody_takes_an_answer_from_others() -> None:
    pace = Pace()
    for _ in range(AT_FIRST):
        pace.of(done(0))
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    failing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    leaving, staying, failed = pace.of(answer), pace.of(answer), pace.of(failing)

    leaving.cancel()
    answer.set_result(1)
    failing.set_exception(ValueError("no"))

    assert await staying == 1
    with pytest.raises(ValueError, match="no"):
        await failed
    assert not answer.cancelled()


async def test_rows_that_wait_for_one_read_are_not_all_woken_together() -> None:
    loading = Loading(Calls())
    woken = 0

    async def row(key: int) -> None:
        nonlocal woken
        await loading.load(SHELVES, key)
        woken += 1

    rows = asyncio.gather(*(row(number % 7) for number in range(5_000)))
    turns = [0]
    while not rows.done():
        await asyncio.sleep(0)
        turns.append(woken)

    assert woken == 5_000
    assert max(b - a for a, b in pairwise(turns)) <= AT_FIRST
