"""Announcements through Redis: from one process's mouth to another's ears."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters import listening
from adapters.events import QUEUE, Events, EventsDown, Listener
from domain.events import Announcement
from tests.live.conftest import Redis


def said(topic: str, sequence: int) -> Announcement:
    return Announcement(topic, "StockChanged", sequence, {"by": 2})


@asynccontextmanager
async def opened(url: str, shop: str = "shop") -> AsyncIterator[Events]:
    events = Events(url, shop)
    try:
        yield events
    finally:
        await events.close()


async def heard(listener: Listener) -> Announcement:
    return await asyncio.wait_for(anext(listener), 10)


async def nothing_heard(listener: Listener) -> bool:
    done, waiting = await asyncio.wait({asyncio.ensure_future(anext(listener))}, timeout=0.1)
    for task in waiting:
        task.cancel()
    return not done


async def test_another_process_hears_what_is_announced_on_its_topics_in_order(redis: Redis) -> None:
    async with (
        opened(redis.url) as mouth,
        opened(redis.url) as ears,
        ears.listen(["Order:1", "Order:2"]) as listener,
    ):
        await mouth.announce([said("Order:1", 1), said("Order:3", 2), said("Order:2", 3), said("Order:1", 4)])

        told = [await heard(listener) for _ in range(3)]

    assert told == [said("Order:1", 1), said("Order:2", 3), said("Order:1", 4)]


async def test_shops_that_share_a_redis_do_not_hear_each_other(redis: Redis) -> None:
    async with (
        opened(redis.url, "one") as mouth,
        opened(redis.url, "two") as ears,
        ears.listen(["Order:1"]) as listener,
    ):
        await mouth.announce([said("Order:1", 1)])

        assert await nothing_heard(listener)


async def test_a_topic_is_heard_as_long_as_one_listener_is_left(redis: Redis) -> None:
    async with opened(redis.url) as mouth, opened(redis.url) as ears, ears.listen(["Order:1"]) as stays:
        async with ears.listen(["Order:1", "Order:2"]):
            pass
        async with ears.listen(["Order:2"]) as returns:
            await mouth.announce([said("Order:1", 1), said("Order:2", 2)])

            told = [await heard(stays), await heard(returns)]

    assert told == [said("Order:1", 1), said("Order:2", 2)]


async def test_nothing_is_listened_to_when_the_last_listener_has_gone(redis: Redis) -> None:
    async with opened(redis.url) as ears:
        async with ears.listen(["Order:1"]):
            assert await subscribed(ears) == [b"matvis:shop:Order:1"]
        # A newcomer's place in the line comes after that of whoever left before.
        async with ears.listen(["Order:2"]):
            assert await subscribed(ears) == [b"matvis:shop:Order:2"]


async def subscribed(events: Events) -> list[bytes | str]:
    return list(await events._client.pubsub_channels())


async def test_topics_come_and_go_without_a_loss(redis: Redis) -> None:
    async with opened(redis.url) as mouth, opened(redis.url) as ears:

        async def visit(number: int) -> Announcement:
            async with ears.listen(["Order:1", f"Order:{number % 5}"]) as listener:
                await mouth.announce([said(f"Order:{number % 5}", number)])
                while (told := await heard(listener)).sequence != number:
                    pass
                return told

        told = [
            await asyncio.gather(*(visit(number) for number in range(start, start + 20))) for start in (0, 20)
        ]

    assert [one.sequence for batch in told for one in batch] == list(range(40))


async def test_a_listener_who_is_behind_keeps_the_last_word_on_each_topic(redis: Redis) -> None:
    async with opened(redis.url) as ears, ears.listen(["Order:1", "Order:2"]) as listener:
        listener.hear(said("Order:2", 1))
        for number in range(2, QUEUE + 2):
            listener.hear(said("Order:1", number))

        told = [await heard(listener) for _ in range(3)]
        rest = await nothing_heard(listener)

    assert told == [said("Order:2", 1), said("Order:1", QUEUE), said("Order:1", QUEUE + 1)]
    assert rest


async def test_a_listener_is_told_that_redis_was_away_and_hears_on(redis: Redis) -> None:
    async with opened(redis.url) as mouth, opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        await redis.stop()
        with pytest.raises(EventsDown):
            await mouth.announce([said("Order:1", 1)])
        await redis.start()

        gap = await heard(listener)
        await mouth.announce([said("Order:1", 2)])
        told = await heard(listener)

    assert (gap, told) == (Announcement("Order:1"), said("Order:1", 2))


async def test_listening_begins_while_redis_is_away_and_the_gap_is_told(redis: Redis) -> None:
    await redis.stop()
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        silent = await nothing_heard(listener)
        await redis.start()

        assert silent
        assert await heard(listener) == Announcement("Order:1")


async def test_a_line_that_has_gone_silent_is_given_up(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SILENCE", 0.1)
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        process: int = (await ears._client.info("server"))["process_id"]
        os.kill(process, signal.SIGSTOP)
        await asyncio.sleep(0.5)
        os.kill(process, signal.SIGCONT)

        assert await heard(listener) == Announcement("Order:1")


async def test_silence_alone_does_not_break_the_line(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SILENCE", 0.02)
    async with opened(redis.url) as ears, ears.listen(["Order:1"]) as listener:
        assert await nothing_heard(listener)


async def test_a_message_that_makes_no_sense_is_survived(redis: Redis) -> None:
    async with opened(redis.url) as events, events.listen(["Order:1"]) as listener:
        await events._client.publish("matvis:shop:Order:1", "{")

        gap = await heard(listener)
        await events.announce([said("Order:1", 1)])
        told = await heard(listener)

    assert (gap, told) == (Announcement("Order:1"), said("Order:1", 1))
