"""Whatever happens to a process or its replies, what came under a key is done once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from commands import idempotency_keys
from commands.idempotency_keys import Answer, ClaimLost, Question, once
from commands.shop import Shop
from db import outbox
from domain.access import GUEST, Viewer
from domain.events import OrderUpdated
from domain.idempotency_keys import AnswerLost, BadKey, KeyOfAnother, StillRunning
from tests.factory import Factory
from tests.worlds import Clock

ADA, BOB = Viewer(user_id=1), Viewer(user_id=2)
QUESTION = Question("key", "a")
DEEDS = "select count(*) from outbox"


class Died(BaseException):
    """What a process hears last."""


class Deed:
    """Something that is to be done once, on a shop: it writes an event, and answers with a running number."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.runs = 0
        self.dies_before = self.dies_after = False
        self.is_sound = True
        self.begun, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.may_go_on.set()

    async def __call__(self) -> Answer:
        self.runs += 1
        self.begun.set()
        await self.may_go_on.wait()
        if self.dies_before:
            raise Died
        async with self.shop.db.transaction() as tx:
            await outbox.record(tx, OrderUpdated(self.runs))
        if self.dies_after:
            raise Died
        return Answer(b"answer %d" % self.runs, is_sound=self.is_sound)


@pytest.fixture
def deed(shop: Shop) -> Deed:
    return Deed(shop)


@pytest.fixture
def ask(shop: Shop) -> Callable[..., Coroutine[Any, Any, bytes | None]]:
    async def asked(
        deed: Callable[[], Awaitable[Answer]], question: Question = QUESTION, viewer: Viewer = ADA
    ) -> bytes | None:
        return await once(shop, viewer, "secret", question, deed)

    return asked


Ask = Callable[..., Coroutine[Any, Any, bytes | None]]


async def test_the_second_to_ask_hears_what_the_first_did(ask: Ask, deed: Deed, factory: Factory) -> None:
    assert [await ask(deed) for _ in range(3)] == [None, b"answer 1", b"answer 1"]
    assert (deed.runs, await factory.value(DEEDS)) == (1, 1)


async def test_whoever_asks_meanwhile_waits_for_the_first(ask: Ask, deed: Deed) -> None:
    deed.may_go_on.clear()
    asking = [asyncio.create_task(ask(deed)) for _ in range(20)]
    await asyncio.sleep(0.1)
    deed.may_go_on.set()

    told = await asyncio.gather(*asking)

    assert (told.count(None), told.count(b"answer 1"), deed.runs) == (1, 19, 1)


async def test_keys_are_their_callers_own(ask: Ask, deed: Deed) -> None:
    told = [await ask(deed, QUESTION, viewer) for viewer in (ADA, BOB, GUEST, GUEST)]

    assert told == [None, None, None, b"answer 3"]


async def test_the_same_key_with_another_request_is_refused(ask: Ask, deed: Deed) -> None:
    await ask(deed)

    with pytest.raises(KeyOfAnother):
        await ask(deed, Question("key", "b"))

    assert deed.runs == 1


async def test_a_key_that_cannot_be_kept_is_refused_before_anything_is_done(ask: Ask, deed: Deed) -> None:
    with pytest.raises(BadKey):
        await ask(deed, Question("", "a"))

    assert deed.runs == 0


async def test_after_a_day_a_key_counts_as_new(ask: Ask, deed: Deed, clock: Clock) -> None:
    await ask(deed)
    clock.forward(hours=23, minutes=59)
    before = await ask(deed)
    clock.forward(minutes=1)

    after = await ask(deed, Question("key", "b"))

    assert (before, after, deed.runs) == (b"answer 1", None, 2)
    assert await ask(deed, Question("key", "b")) == b"answer 2"


async def test_old_keys_are_dropped(shop: Shop, ask: Ask, deed: Deed, clock: Clock, factory: Factory) -> None:
    await ask(deed)
    clock.forward(hours=12)
    await ask(deed, Question("other", "a"))
    clock.forward(hours=12)

    dropped = await idempotency_keys.forget(shop)

    assert dropped == 1
    assert await factory.value("select count(*) from idempotency_keys") == 1


async def test_who_died_before_anything_was_done_is_replaced_by_the_next(
    ask: Ask, deed: Deed, clock: Clock, factory: Factory
) -> None:
    deed.dies_before = True
    with pytest.raises(Died):
        await ask(deed)
    deed.dies_before = False
    clock.forward(minutes=1)

    assert await ask(deed) is None
    assert await ask(deed) == b"answer 2"
    assert await factory.value(DEEDS) == 1


async def test_nobody_takes_over_before_the_sign_of_life_is_old(ask: Ask, deed: Deed, clock: Clock) -> None:
    deed.dies_before = True
    with pytest.raises(Died):
        await ask(deed)
    deed.dies_before = False

    waiting = asyncio.create_task(ask(deed))
    await asyncio.sleep(0.1)
    runs = deed.runs
    clock.forward(seconds=31)

    assert (await waiting, runs, deed.runs) == (None, 1, 2)


async def test_who_died_after_it_was_done_leaves_word_that_it_was(
    ask: Ask, deed: Deed, clock: Clock, factory: Factory
) -> None:
    deed.dies_after = True
    with pytest.raises(Died):
        await ask(deed)
    clock.forward(minutes=1)

    for _ in range(2):
        with pytest.raises(AnswerLost):
            await ask(deed)

    assert (deed.runs, await factory.value(DEEDS)) == (1, 1)


async def test_what_does_nothing_twice_by_itself_is_simply_done_again(
    ask: Ask, deed: Deed, clock: Clock
) -> None:
    repeatable = Question("key", "a", repeatable=True)
    deed.dies_after = True
    with pytest.raises(Died):
        await ask(deed, repeatable)
    deed.dies_after = False
    clock.forward(minutes=1)

    assert await ask(deed, repeatable) is None
    assert await ask(deed, repeatable) == b"answer 2"


async def test_who_was_only_slow_commits_nothing_once_another_has_taken_over(
    ask: Ask, deed: Deed, shop: Shop, clock: Clock, factory: Factory
) -> None:
    slow, lost = Deed(shop), []

    async def paused() -> Answer:
        try:
            return await slow()
        except ClaimLost:
            lost.append(True)
            return Answer(b"a fault", is_sound=False)

    slow.may_go_on.clear()
    first = asyncio.create_task(ask(paused))
    await slow.begun.wait()
    clock.forward(seconds=31)

    second = await ask(deed)
    slow.may_go_on.set()
    with pytest.raises(StillRunning):
        await first

    assert (second, lost) == (None, [True])
    assert await factory.value(DEEDS) == 1
    assert await ask(deed) == b"answer 1"


async def test_who_waits_too_long_is_told_to_ask_again(
    ask: Ask, deed: Deed, clock: Clock, shop: Shop
) -> None:
    deed.may_go_on.clear()
    first = asyncio.create_task(ask(deed))
    await deed.begun.wait()
    waiting = asyncio.create_task(ask(deed))
    await asyncio.sleep(0.05)
    async with shop.db.transaction() as tx:
        await tx.execute("update idempotency_keys set held_until = now() + interval '1 hour'")

    clock.forward(seconds=61)
    with pytest.raises(StillRunning):
        await waiting
    deed.may_go_on.set()

    assert await first is None


async def test_a_fault_is_kept_only_where_something_was_done(ask: Ask, deed: Deed, factory: Factory) -> None:
    deed.is_sound = False

    async def fault() -> Answer:
        return Answer(b"a fault", is_sound=False)

    nothing_done = [await ask(fault) for _ in range(2)]
    kept = await factory.value("select count(*) from idempotency_keys")
    done = [await ask(deed) for _ in range(2)]

    assert (nothing_done, kept) == ([None, None], 0)
    assert done == [None, b"answer 1"]


async def test_what_was_answered_cannot_be_read_without_the_key(
    ask: Ask, deed: Deed, factory: Factory
) -> None:
    await ask(deed)

    (row,) = await factory.fetch("select key, answer from idempotency_keys")

    assert b"answer" not in row.answer
    assert row.key != "key"
