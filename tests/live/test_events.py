"""Announcements through Redis: from one process's mouth to another's ears."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters import events as events_adapter
from adapters import listening
from adapters.events import Events, EventsDown
from adapters.listeners import QUEUE, Listener
from domain.events import Announcement
from tests.live.conftest import Redis
from tests.live.histories import MemoryHistory, said

Opened = Callable[..., Any]


@pytest.fixture
def history() -> MemoryHistory:
    return MemoryHistory()


@pytest.fixture
def opened(history: MemoryHistory) -> Opened:
    """The events of a process, at the Redis of this address."""

    @asynccontextmanager
    async def open_events(url: str, shop: str = "shop") -> AsyncIterator[Events]:
        events = Events(url, shop, history)
        try:
            yield events
        finally:
            await events.close()

    return open_events


async def heard(listener: Listener) -> Announcement | None:
    return await asyncio.wait_for(anext(listener), 10)


async def nothing_heard(listener: Listener) -> bool:
    done, waiting = await asyncio.wait({asyncio.ensure_future(anext(listener))}, timeout=0.1)
    for task in waiting:
        task.cancel()
    return not done


async def test_another_process_hears_what_is_announced_on_its_topics_in_order(
    redis: Redis, opened: Opened
) -> None:
    async with (
        opened(redis.url) as mouth,
        opened(redis.url) as ears,
        ears.listen(["Order:1", "Order:2"]) as listener,
    ):
        await mouth.announce([said("Order:1", 1), said("Order:3", 2), said("Order:2", 3), said("Order:1", 4)])

        told = [await heard(listener) for _ in range(3)]

    assert told == [said("Order:1", 1), said("Order:2", 3), said("Order:1", 4)]


async def test_shops_that_share_a_redis_do_not_hear_each_other(redis: Redis, opened: Opened) -> None:
    async with (
        opened(redis.url, "one") as mouth,
        opened(redis.url, "two") as ears,
        ears.listen(["Order:1"]) as listener,
    ):
        await mouth.announce([said("Order:1", 1)])

        assert await nothing_heard(listener)


async def test_a_topic_is_heard_as_long_as_one_listener_is_left(redis: Redis, opened: Opened) -> None:
    async with opened(redis.url) as mouth, opened(redis.url) as ears, ears.listen(["Order:1"]) as stays:
        async with ears.listen(["Order:1", "Order:2"]):
            pass
        async with ears.listen(["Order:2"]) as returns:
            await mouth.announce([said("Order:1", 1), said("Order:2", 2)])

            told = [await heard(stays), await heard(returns)]

    assert told == [said("Order:1", 1), said("Order:2", 2)]


async def test_nothing_is_listened_to_when_the_last_listener_has_gone(redis: Redis, opened: Opened) -> None:
    async with opened(redis.url) as ears:
        async with ears.listen(["Order:1"]):
            assert await subscribed(ears) == [b"matvis:shop:Order:1"]
        # A newcomer's place in the line comes after that of whoever left before.
        async with ears.listen(["Order:2"]):
            assert await subscribed(ears) == [b"matvis:shop:Order:2"]


async def subscribed(events: Events) -> list[bytes | str]:
    return list(await events._client.pubsub_channels())


async def test_topics_come_and_go_without_a_loss(redis: Redis, opened: Opened) -> None:
    async with opened(redis.url) as mouth, opened(redis.url) as ears:

        async def visit(number: int) -> Announcement:
            async with ears.listen(["Order:1", f"Order:{number % 5}"]) as listener:
                await mouth.announce([said(f"Order:{number % 5}", number)])
                return said(f"Order:{number % 5}", await until(listener, number))

        told = [
            await asyncio.gather(*(visit(number) for number in range(start, start + 20))) for start in (1, 21)
        ]

    assert [one.position for batch in told for one in batch] == list(range(1, 41))


async def until(listener: Listener, position: int) -> int:
    """Listen until the event at the position, or a later one, is heard; its position."""
    while (told := await heard(listener)) is None or told.position < position:
        pass
    return position


async def test_a_listener_who_is_far_behind_reads_the_history_and_misses_nothing(
    redis: Redis, opened: Opened, history: MemoryHistory
) -> None:
    events = [said("Order:1", position) for position in range(1, 3 * QUEUE)]
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        for event in events:
            history.settle(event)
            listener.hear(event)

        told = [await heard(listener) for _ in events]
        rest = await nothing_heard(listener)

    assert told == events
    assert rest


async def test_what_happened_while_redis_was_away_is_told_when_it_is_back(
    redis: Redis, opened: Opened, history: MemoryHistory
) -> None:
    events = [said("Order:1", 1), said("Order:1", 2)]
    async with opened(redis.url) as mouth, opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        await redis.stop()
        history.settle(events[0])
        with pytest.raises(EventsDown):
            await mouth.announce(events[:1])
        await redis.start()
        late = await heard(listener)
        history.settle(events[1])
        await mouth.announce(events)

        told = await heard(listener)

    assert [late, told] == events


async def test_while_redis_is_away_the_history_is_listened_to(
    redis: Redis, opened: Opened, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_adapter, "CHECK_DOWN", 0.02)
    await redis.stop()
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        silent = await nothing_heard(listener)
        history.settle(said("Order:2", 1), said("Order:1", 2))

        assert silent
        assert await heard(listener) == said("Order:1", 2)
    await redis.start()


async def test_what_was_said_while_the_line_was_broken_comes_before_what_is_said_on_the_next(
    redis: Redis, opened: Opened, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def blind(_events: Events, _after: int | None) -> int:
        return 0

    monkeypatch.setattr(Events, "_watch", blind)  # it might find it as well
    monkeypatch.setattr(events_adapter, "BACKOFF", (0.3,))
    events = [said("Order:1", 1), said("Order:1", 2)]
    async with opened(redis.url) as mouth, opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        lines = [ears.line]
        await mouth._client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        for event in events:
            await another_line(ears, lines)
            history.settle(event)
            await mouth.announce([event])

        told = [await heard(listener), await heard(listener)]

    assert lines == [1, None, 2]
    assert told == events


async def another_line(ears: Events, lines: list[int | None]) -> None:
    """Wait until the line is not the last of these, or is gone, and add it."""
    async with asyncio.timeout(10):
        while ears.line == lines[-1]:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.005)
    lines.append(ears.line)


async def test_a_message_that_was_lost_comes_late(
    redis: Redis, opened: Opened, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_adapter, "CHECK", 0.05)
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        history.settle(said("Order:1", 1))

        assert await heard(listener) == said("Order:1", 1)


async def test_whoever_comes_back_hears_what_came_after_and_then_what_comes(
    redis: Redis, opened: Opened, history: MemoryHistory
) -> None:
    events = [said("Order:1", 1), said("Order:2", 2), said("Order:1", 3), said("Order:1", 4)]
    history.settle(*events[:3])
    async with (
        opened(redis.url) as mouth,
        opened(redis.url) as ears,
        ears.listen(["Order:1"], after=1) as listener,
    ):
        history.settle(events[3])
        await mouth.announce(events[2:])

        told = [await heard(listener), await heard(listener)]
        rest = await nothing_heard(listener)

    assert told == events[2:]
    assert rest


@pytest.mark.parametrize("after", [-1, 0, 1, 9])
async def test_whoever_comes_back_too_late_is_told_so_and_hears_on(
    redis: Redis, opened: Opened, history: MemoryHistory, after: int
) -> None:
    history.settle(*(said("Order:1", position) for position in range(1, 6)))
    history.trim(3)
    async with (
        opened(redis.url) as mouth,
        opened(redis.url) as ears,
        ears.listen(["Order:1"], after) as listener,
    ):
        lost = await heard(listener)
        history.settle(said("Order:1", 6))
        await mouth.announce([said("Order:1", 6)])

        assert (lost, await heard(listener)) == (None, said("Order:1", 6))


async def test_all_of_a_kind_are_heard_on_its_feed_each_once(
    redis: Redis, opened: Opened, history: MemoryHistory
) -> None:
    events = [said("Order:1", 1), said("User:1", 2), said("Order:2", 3)]
    async with (
        opened(redis.url) as mouth,
        opened(redis.url) as ears,
        ears.listen(["Order:*", "Order:1"]) as listener,
    ):
        history.settle(*events)
        await mouth.announce(events)

        told = [await heard(listener), await heard(listener)]
        rest = await nothing_heard(listener)

    assert told == [events[0], events[2]]
    assert rest


async def test_a_line_that_has_gone_silent_is_given_up(
    redis: Redis, opened: Opened, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SILENCE", 0.1)
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        process: int = (await ears._client.info("server"))["process_id"]
        os.kill(process, signal.SIGSTOP)
        await asyncio.sleep(0.5)
        history.settle(said("Order:1", 1))
        os.kill(process, signal.SIGCONT)

        assert await heard(listener) == said("Order:1", 1)


async def test_silence_alone_does_not_break_the_line(
    redis: Redis, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SILENCE", 0.02)
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        assert await nothing_heard(listener)


async def test_a_message_that_makes_no_sense_is_survived(
    redis: Redis, opened: Opened, history: MemoryHistory
) -> None:
    async with opened(redis.url) as events, events.listen(["Order:1"]) as listener:
        await events._client.publish("matvis:shop:Order:1", "{")
        history.settle(said("Order:1", 1))
        late = await heard(listener)
        history.settle(said("Order:1", 2))
        await events.announce([said("Order:1", 2)])
        told = await heard(listener)

    assert (late, told) == (said("Order:1", 1), said("Order:1", 2))
