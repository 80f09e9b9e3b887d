"""Announcements, budgets and documents on a cluster of three nodes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters import events as events_adapter
from adapters.budgets import SharedBuckets
from adapters.documents import SharedDocuments
from adapters.events import Events, EventsDown
from adapters.listeners import Listener
from domain.events import Announcement
from engine.budgets import Claim
from schema.ids import to_global
from tests.factory import Factory
from tests.live.clusters import Cluster
from tests.live.histories import MemoryHistory, said
from tests.live.test_subscriptions import ADD, CHECKOUT
from tests.markets import Market

TOPICS = [f"Order:{number}" for number in range(1, 21)]
Opened = Callable[..., Any]


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="matvis-cluster-") as place, tempfile.TemporaryFile() as hold:
        Path(place).chmod(0o755)  # noqa: ASYNC240 - nothing else runs yet; the nodes run as nobody
        cluster = Cluster(Path(place), hold.fileno())
        try:
            await cluster.start()
            yield cluster
        finally:
            await cluster.stop()


@pytest.fixture
def history() -> MemoryHistory:
    return MemoryHistory()


@pytest.fixture
def opened(cluster: Cluster, history: MemoryHistory) -> Opened:
    """The events of a process, at the cluster."""

    @asynccontextmanager
    async def open_events() -> AsyncIterator[Events]:
        events = Events(cluster.url, "shop", history)
        try:
            yield events
        finally:
            await events.close()

    return open_events


async def heard(listener: Listener) -> Announcement | None:
    async with asyncio.timeout(20):
        return await anext(listener)


async def test_topics_of_every_node_are_heard_in_order(
    cluster: Cluster, opened: Opened, history: MemoryHistory
) -> None:
    events = [said(TOPICS[number % 20], number) for number in range(1, 201)]
    async with opened() as mouth, opened() as ears, ears.listen(TOPICS) as all_of_them:
        async with ears.listen(TOPICS[:1]) as first:
            for start in range(0, 200, 40):
                history.settle(*events[start : start + 40])
                await mouth.announce(events[start : start + 40])

            told = [await heard(all_of_them) for _ in events]
            of_first = [await heard(first) for _ in range(10)]

        nodes = {(await cluster.node_of(f"matvis:shop:{topic}")).port for topic in TOPICS}

    assert told == events
    assert of_first == [one for one in events if one.topic == TOPICS[0]]
    assert nodes == {node.port for node in cluster.nodes}


async def test_each_node_carries_the_topics_of_its_slots_and_no_others(
    cluster: Cluster, opened: Opened
) -> None:
    async with opened() as ears, ears.listen(TOPICS):
        async with ears.listen(["Order:99"]):
            pass
        async with ears.listen(TOPICS[:1]):  # whoever comes later has waited for the other to be gone
            pass
        carried = [await node.client.execute_command("PUBSUB SHARDCHANNELS") for node in cluster.nodes]

    assert sorted(name for names in carried for name in names) == sorted(
        f"matvis:shop:{topic}" for topic in TOPICS
    )
    assert all(carried)


async def test_a_topic_that_moves_to_another_node_is_heard_there(
    cluster: Cluster, opened: Opened, history: MemoryHistory
) -> None:
    events = [said("Order:1", position) for position in range(1, 4)]
    async with opened() as mouth, opened() as ears, ears.listen(["Order:1"]) as listener:
        await mouth.announce(events[:1])
        before = await heard(listener)
        await cluster.move("matvis:shop:Order:1")
        history.settle(*events[:2])
        await mouth.announce(events[1:2])
        moved = await heard(listener)
        history.settle(events[2])
        await mouth.announce(events[2:])
        after = await heard(listener)

    assert [before, moved, after] == events


async def test_what_happened_while_a_node_was_away_is_told(
    cluster: Cluster, opened: Opened, history: MemoryHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_adapter, "CHECK_DOWN", 0.05)
    events = [said("Order:1", position) for position in range(1, 4)]
    async with opened() as mouth, opened() as ears, ears.listen(["Order:1"]) as listener:
        node = await cluster.node_of("matvis:shop:Order:1")
        await node.stop()
        history.settle(events[0])
        with pytest.raises(EventsDown):
            await mouth.announce(events[:1])
        meanwhile = await heard(listener)
        await node.start()
        await cluster.stands()
        history.settle(events[1])
        async with asyncio.timeout(10):
            while not await _announced(mouth, events[1:2]):  # noqa: ASYNC110 - a cluster tells nobody
                await asyncio.sleep(0.05)
        back = await heard(listener)
        history.settle(events[2])
        await mouth.announce(events[2:])
        after = await heard(listener)

    assert [meanwhile, back, after] == events


async def _announced(mouth: Events, events: list[Announcement]) -> bool:
    try:
        await mouth.announce(events)
    except EventsDown:
        return False
    return True


async def test_a_callers_budgets_are_kept_on_one_node_and_shared_by_all_processes(cluster: Cluster) -> None:
    one, other = SharedBuckets(cluster.url, "shop"), SharedBuckets(cluster.url, "shop")
    levels: list[list[int]] = []
    for number in range(6):
        name = f"address:2001:db8::{number}/64"
        claims = [Claim(f"{name}:logins", 1, 10, 0.001), Claim(f"{name}:cost", 4, 10, 0.001)]
        first, second = await one.take(claims), await other.take(claims)
        levels.append([round(level) for level in (*first.levels, *second.levels)])
    await one.close()
    await other.close()

    assert levels == [[9, 6, 8, 2]] * 6
    assert all([await node.client.dbsize() for node in cluster.nodes])


async def test_documents_that_one_process_learns_are_known_to_all(cluster: Cluster) -> None:
    one, other = SharedDocuments(cluster.url, "shop"), SharedDocuments(cluster.url, "shop")
    names = [uuid4().hex for _ in range(10)]
    for name in names:
        await one.put(name, "{ shop { name } } # ü")
    found = [await other.get(name) for name in [*names, "unknown"]]
    await one.close()
    await other.close()

    assert found == ["{ shop { name } } # ü"] * 10 + [None]


async def test_a_change_through_one_server_is_heard_through_another(
    cluster: Cluster, served: Callable[..., Any], factory: Factory
) -> None:
    market = await Market.open(factory)
    checkout, variant = await market.checkout((await market.variant("10"), 1)), await market.variant("10")
    checkout_id = to_global("Checkout", checkout.id)
    async with (
        served(redis_url=cluster.url, cost_budget=100_000) as here,
        served(redis_url=cluster.url) as there,
        there.subscription(CHECKOUT, id=checkout_id) as live,
    ):
        await there.listeners(1)
        await here.client.run(ADD, id=checkout_id, variant=to_global("ProductVariant", variant.id))
        told = await live.next()

    assert told == {"checkoutUpdated": {"lines": [{"quantity": 1}, {"quantity": 3}]}}
