"""Budgets and documents in a real Redis, and without one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from adapters.budgets import PAUSE, SharedBuckets
from adapters.documents import AT_ONCE, KEPT, SharedDocuments
from server.settings import Settings
from tests.engine.test_budgets import Watch

NOWHERE = "redis://127.0.0.1:9/0"


@dataclass(frozen=True)
class Claim:
    key: str
    amount: int
    maximum: int = 10
    rate: float = 0.5


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    client = Redis.from_url(settings.redis_url, protocol=2)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def buckets(settings: Settings, redis: Redis) -> AsyncIterator[SharedBuckets]:
    assert await redis.dbsize() == 0
    shared = SharedBuckets(settings.redis_url, "shop")
    yield shared
    await shared.close()


async def test_claims_are_met_until_the_bucket_is_empty(buckets: SharedBuckets) -> None:
    first = await buckets.take([Claim("a", 7)])
    second = await buckets.take([Claim("a", 7)])

    assert (first.wait, round(first.levels[0])) == (0, 3)
    assert (round(second.wait), round(second.levels[0])) == (8, 3)


async def test_a_crowd_is_counted_in_redis_to_the_last(buckets: SharedBuckets) -> None:
    with capture_logs() as logs:
        taken = await asyncio.gather(*(buckets.take([Claim("a", 1, rate=0.001)]) for _ in range(500)))

    assert sum(one.wait <= 0 for one in taken) == 10
    assert logs == []


async def test_all_claims_are_met_or_none(buckets: SharedBuckets) -> None:
    await buckets.take([Claim("a", 9)])

    refused = await buckets.take([Claim("a", 2), Claim("b", 2)])
    after = await buckets.take([Claim("b", 10)])

    assert refused.wait > 0
    assert (after.wait, round(after.levels[0])) == (0, 0)


async def test_what_is_given_back_can_be_taken_again(buckets: SharedBuckets) -> None:
    await buckets.take([Claim("a", 10)])

    buckets.give_back("a", 6)
    taken = await buckets.take([Claim("a", 5)])

    assert (taken.wait, round(taken.levels[0])) == (0, 1)


async def test_callers_at_once_get_no_more_than_there_is(buckets: SharedBuckets, settings: Settings) -> None:
    other = SharedBuckets(settings.redis_url, "shop")
    claim = Claim("a", 1, 10, 0.001)

    taken = await asyncio.gather(*(shared.take([claim]) for shared in (buckets, other) for _ in range(20)))
    await other.close()

    assert sum(one.wait == 0 for one in taken) == 10


async def test_a_full_bucket_is_not_kept(buckets: SharedBuckets, redis: Redis) -> None:
    await buckets.take([Claim("user:1:cost", 5, 10, 1.0)])

    (key,) = await redis.keys("*")

    assert key == b"matvis:shop:budget:{user:1}:cost"
    assert 5_000 < await redis.pttl(key) <= 6_000


async def test_without_redis_a_process_keeps_its_own_and_says_so_once() -> None:
    watch = Watch()
    buckets = SharedBuckets(NOWHERE, "shop", now=watch)

    with capture_logs() as logs:
        taken = [await buckets.take([Claim("a", 4)]) for _ in range(3)]
        watch.seconds = PAUSE + 1
        later = await buckets.take([Claim("a", 4)])
    await buckets.close()

    assert [one.levels for one in taken] == [(6.0,), (2.0,), (2.0,)]
    assert [one.wait for one in taken] == [0, 0, 4.0]
    assert later.levels == (1.0,)
    assert [entry["event"] for entry in logs] == ["budgets_local"]


async def test_documents_are_shared_for_a_while(settings: Settings, redis: Redis) -> None:
    one, other = SharedDocuments(settings.redis_url, "shop"), SharedDocuments(settings.redis_url, "shop")
    await one.put("abc", "{ ä }")
    await redis.expire("matvis:shop:document:abc", 10)

    found = [await other.get("abc"), await other.get("other")]
    await one.close()
    await other.close()

    assert found == ["{ ä }", None]
    assert await redis.ttl("matvis:shop:document:abc") > KEPT - 10


async def test_strangers_do_not_fill_redis_with_documents(settings: Settings, redis: Redis) -> None:
    watch = Watch()
    documents = SharedDocuments(settings.redis_url, "shop", now=watch)
    half = "#" * (AT_ONCE // 2)

    for name, text in (("a", half), ("b", half), ("c", "{ c }")):
        await documents.put(name, text)
    watch.seconds = 1.0
    await documents.put("d", "{ d }")
    found = [await redis.exists(f"matvis:shop:document:{name}") for name in "abcd"]
    await documents.close()

    assert found == [1, 1, 0, 1]


async def test_without_redis_documents_are_not_shared() -> None:
    documents = SharedDocuments(NOWHERE, "shop")

    await documents.put("abc", "{ a }")

    assert await documents.get("abc") is None
    await documents.close()
