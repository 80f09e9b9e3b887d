"""Listeners who are shown the same are asked for once; joining, returning, lagging lose nothing."""

import asyncio
from collections.abc import Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import members
from engine.executor import Executor
from engine.transport.options import TransportOptions
from engine.transport.outbox import MESSAGES
from engine.transport.sockets import Socket
from tests.engine.numbers import SEEN, Ear, Shop, explain, schema, settled


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def executor() -> Executor:
    return Executor(schema(), explain)


@pytest.fixture
def ear(executor: Executor, shop: Shop) -> Callable[..., Ear]:
    return lambda viewer="guest": Ear(executor, shop, viewer)


async def test_equal_listeners_share_one_source_one_execution_and_one_answer(
    ear: Callable[..., Ear], shop: Shop, executor: Executor
) -> None:
    ears = [ear() for _ in range(5)]
    await asyncio.gather(*(one.listen(of="mugs") for one in ears))

    shop.publish()
    await settled()

    assert (shop.opened, shop.asked, len(executor.groups)) == (1, 1, 1)
    assert [one.heard for one in ears] == [["1 guest"]] * 5
    assert {id(one.told[0]) for one in ears} == {id(ears[0].told[0])}


async def test_events_about_the_same_that_come_together_are_asked_once_and_each_is_told(
    ear: Callable[..., Ear], shop: Shop
) -> None:
    one = ear()
    await one.listen()

    shop.about = "mugs"
    for _ in range(3):
        shop.publish()
    await settled()

    assert shop.asked == 1
    assert one.heard == ["3 guest"] * 3
    assert [told.response.cursor for told in one.told] == ["1", "2", "3"]


async def test_variables_and_viewers_split_groups_and_a_place_to_come_back_to_does_not(
    ear: Callable[..., Ear], executor: Executor
) -> None:
    await ear().listen(of="mugs")
    await ear().listen(of="mugs", after="0")
    await ear().listen(of="lamps")
    await ear("ada").listen(of="mugs")

    assert len(executor.groups) == 3
    assert executor.groups.members == 4


async def test_the_last_to_leave_closes_the_source(
    ear: Callable[..., Ear], shop: Shop, executor: Executor
) -> None:
    first, second = ear(), ear()
    await first.listen()
    await second.listen()
    first.leave()
    await settled()
    still = len(shop.news)
    second.leave()
    await executor.groups.finish()

    assert (still, len(shop.news), len(executor.groups)) == (1, 0, 0)


async def test_a_right_that_is_withdrawn_ends_everybody_who_had_it(
    ear: Callable[..., Ear], shop: Shop, executor: Executor
) -> None:
    ada, again, guest = ear("ada"), ear("ada"), ear()
    for one in (ada, again, guest):
        await one.listen()

    shop.banned.add("ada")
    shop.publish()
    await settled()

    assert [one.ended for one in (ada, again, guest)] == [["PERMISSION_DENIED"], ["PERMISSION_DENIED"], []]
    assert [one.heard for one in (ada, again, guest)] == [[], [], ["1 guest"]]
    assert len(executor.groups) == 1


async def test_whoever_may_not_listen_is_told_so_though_there_is_a_group(
    ear: Callable[..., Ear], shop: Shop
) -> None:
    await ear("ada").listen()
    shop.banned.add("ada")
    late = ear("ada")

    await late.listen()

    assert late.ended == ["PERMISSION_DENIED"]


async def test_one_who_returns_catches_up_alone_and_then_joins(ear: Callable[..., Ear], shop: Shop) -> None:
    stays, returns = ear(), ear()
    await stays.listen()
    for _ in range(3):
        shop.publish()
    await settled()
    returns.cursor = "1"
    await returns.listen()
    shop.publish()
    await settled()

    assert returns.heard == ["2 guest", "3 guest", "4 guest"]
    assert returns.recovered == [True, None, None]
    assert stays.heard == ["1 guest", "2 guest", "3 guest", "4 guest"]


async def test_one_who_missed_nothing_is_told_so_with_the_next_event(
    ear: Callable[..., Ear], shop: Shop
) -> None:
    shop.publish()
    stays, returns = ear(), ear()
    await stays.listen()
    returns.cursor = "1"
    await returns.listen()
    shop.publish()
    shop.publish()
    await settled()

    assert (returns.heard, returns.recovered) == (["2 guest", "3 guest"], [True, None])
    assert stays.recovered == [None, None]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 3)),
        st.tuples(st.just("turn"), st.integers(1, 6)),  # of the loop, so that what is under way stays so
        st.tuples(st.just("come"), st.integers(0, 2)),
        st.tuples(st.just("drop"), st.integers(0, 2)),
    ),
    max_size=50,
)


class World:
    """A shop, and three clients that come and go."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.executor = Executor(schema(), explain)
        self.ears = [Ear(self.executor, self.shop) for _ in range(3)]
        self.coming: dict[int, asyncio.Task[None]] = {}

    async def step(self, what: str, detail: int) -> None:
        match what:
            case "publish":
                for _ in range(detail):
                    self.shop.publish()
            case "turn":
                for _ in range(detail):
                    await asyncio.sleep(0)
            case "come" if detail not in self.coming:
                self.coming[detail] = asyncio.create_task(self.ears[detail].listen())
            case "drop" if detail in self.coming:
                task, ear = self.coming.pop(detail), self.ears[detail]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                if ear.member is not None:
                    ear.leave()
                    ear.member = None

    async def end(self) -> None:
        """Everybody is there, and hears what there is."""
        for which in range(3):
            await self.step("come", which)
        await asyncio.gather(*self.coming.values())
        for _ in range(500):
            await asyncio.sleep(0)


async def play(steps: list[tuple[str, int]]) -> World:
    world = World()
    for what, detail in steps:
        await world.step(what, detail)
    await world.end()
    return world


@settings(max_examples=200, deadline=None)
@given(STEPS, st.sampled_from([2, 256]))
def test_whatever_happens_nobody_misses_or_repeats_an_event(steps: list[tuple[str, int]], room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "PENDING", room)
        world = asyncio.run(play(steps))

    for ear in world.ears:
        assert ear.begin is not None
        numbers = [int(heard.split()[0]) for heard in ear.heard]
        assert numbers == list(range(ear.begin + 1, len(world.shop.history) + 1))


async def test_a_socket_that_lags_is_closed_as_a_break_and_comes_back_with_its_cursor(
    ear: Callable[..., Ear], executor: Executor, shop: Shop
) -> None:
    frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: list[MutableMapping[str, Any]] = []
    takes = asyncio.Event()
    takes.set()

    async def send(frame: MutableMapping[str, Any]) -> None:
        await takes.wait()
        sent.append(frame)

    async def context(_params: Any) -> Any:
        return SimpleNamespace(shop=shop, viewer="guest")

    frames.put_nowait({"type": "websocket.receive", "text": '{"type":"connection_init"}'})
    socket = Socket(frames.get, send, executor, context, TransportOptions())
    serving = asyncio.create_task(socket.serve())
    await settled()
    start = {"id": "1", "type": "subscribe", "payload": {"query": SEEN}}
    frames.put_nowait({"type": "websocket.receive", "text": orjson.dumps(start).decode()})
    await settled()
    shop.publish()
    await settled()
    takes.clear()
    for _ in range(MESSAGES + 2):
        shop.publish()
        await settled()
    takes.set()
    await serving
    heard = [orjson.loads(frame["text"]) for frame in sent if "text" in frame]
    back = ear()
    back.cursor = heard[-1]["payload"]["extensions"]["subscription"]["cursor"]
    await back.listen()

    assert sent[-1] == {
        "type": "websocket.close",
        "code": 1013,
        "reason": "Too slow: come back with your cursor",
    }
    assert [message["payload"]["data"]["seen"] for message in heard[1:]] == ["1 guest"]
    assert (len(back.heard), back.heard[0], back.heard[-1]) == (
        MESSAGES + 2,
        "2 guest",
        f"{MESSAGES + 3} guest",
    )
