"""Listeners who are shown the same are asked for once; joining, returning, lagging lose nothing."""

import asyncio
from collections.abc import AsyncGenerator, Callable, MutableMapping, Sequence
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from graphql import GraphQLSchema, build_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import members
from engine.errors import Explained
from engine.executor import Executor
from engine.live import Audience, LiveEvent, Mark, Told
from engine.members import Member
from engine.requests import GraphQLRequest, Response
from engine.transport.options import TransportOptions
from engine.transport.outbox import MESSAGES, Outbox, Overflow
from engine.transport.sockets import Socket

SDL = "type Query { hello: String } type Subscription { seen(of: String, after: String): String }"
SEEN = "subscription ($of: String, $after: String) { seen(of: $of, after: $after) }"


class Banned(Exception):
    """A viewer whose right has been withdrawn."""


class Shop:
    """A history of numbers, and who listens to it as it grows."""

    def __init__(self) -> None:
        self.history: list[int] = []
        self.news: set[asyncio.Queue[int]] = set()
        self.asked = 0
        self.opened = 0
        self.banned: set[str] = set()
        self.about: str | None = None  # of what is published, if all is about one thing

    def publish(self) -> int:
        number = self.history[-1] + 1 if self.history else 1
        self.history.append(number)
        for queue in self.news:
            queue.put_nowait(number)
        return number


class Number(LiveEvent):
    def __init__(self, shop: Shop, number: int) -> None:
        self.shop = shop
        self.place = number
        self.cursor = str(number)
        self.about = shop.about

    async def __call__(self, context: Any) -> str:
        self.shop.asked += 1
        return f"{self.cursor} {context.viewer}"


class Numbers:
    """A source, as a live field of the shop gives it."""

    ends = None

    def __init__(self, context: Any, after: str | None) -> None:
        self.shop: Shop = context.shop
        self.after = after
        self.audience = Audience(context.viewer, lambda same: same)

    def __aiter__(self) -> AsyncGenerator[Any]:
        return self.live()

    async def first(self, context: Any, _cursor: str, *, returning: bool) -> LiveEvent | None:
        del returning
        await asyncio.sleep(0)
        if context.viewer in self.shop.banned:
            raise Banned
        return None

    def place(self, cursor: str) -> int:
        return int(cursor)

    async def live(self) -> AsyncGenerator[Mark | Sequence[LiveEvent]]:
        self.shop.opened += 1
        heard: asyncio.Queue[int] = asyncio.Queue()
        self.shop.news.add(heard)
        try:
            await asyncio.sleep(0)
            yield Mark(str(self.shop.history[-1] if self.shop.history else 0))
            while True:
                numbers = [await heard.get()]
                while not heard.empty():
                    numbers.append(heard.get_nowait())
                yield [Number(self.shop, number) for number in numbers]
        finally:
            self.shop.news.discard(heard)

    async def missed(self, after: int) -> AsyncGenerator[LiveEvent]:
        for number in [number for number in self.shop.history if number > after]:
            await asyncio.sleep(0)
            yield Number(self.shop, number)


def explain(exception: Exception) -> Explained | None:
    return Explained("Banned.", "PERMISSION_DENIED") if isinstance(exception, Banned) else None


def schema() -> GraphQLSchema:
    built = build_schema(SDL)
    assert built.subscription_type
    field = built.subscription_type.fields["seen"]
    field.subscribe = lambda _root, info, after=None, **_: Numbers(info.context, after)
    field.resolve = lambda event, info, **_: event(info.context)
    return built


class Ear:
    """A client: what it heard, each as the number and whether it was told that nothing is missing."""

    def __init__(self, executor: Executor, shop: Shop, viewer: str = "guest") -> None:
        self.executor = executor
        self.shop = shop
        self.viewer = viewer
        self.member: Member | None = None
        self.heard: list[str] = []
        self.recovered: list[bool | None] = []
        self.told: list[Told] = []
        self.ended: list[str] = []
        self.cursor: str | None = None
        self.begin: int | None = None
        """Where its first listening began."""

    async def context(self) -> Any:
        if self.viewer in self.shop.banned:
            raise Banned
        return SimpleNamespace(shop=self.shop, viewer=self.viewer)

    async def listen(self, **variables: Any) -> None:
        """Until a group tells the rest."""
        extensions = {"subscription": {"after": self.cursor}} if self.cursor else {}
        request = GraphQLRequest(SEEN, variables=variables, extensions=extensions)
        async for answer in self.executor.follow(request, self.context, self):
            if isinstance(answer, Member):
                self.member = answer
            elif not answer.executed:
                self.end(answer)
            elif answer.is_event:
                self.take(answer)
            else:
                self.cursor = answer.cursor
                if self.begin is None:
                    self.begin = int(answer.cursor or 0)

    def take(self, response: Response) -> None:
        assert response.data is not None
        self.heard.append(response.data["seen"])
        self.recovered.append(response.extensions["subscription"].get("recovered"))
        self.cursor = response.cursor

    def tell(self, told: Told) -> None:
        self.told.append(told)
        self.take(told.response)

    def end(self, response: Response | None) -> None:
        self.ended.append(response.errors[0]["extensions"]["code"] if response else "complete")

    def leave(self) -> None:
        assert self.member is not None
        self.member.leave()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def executor() -> Executor:
    return Executor(schema(), explain)


@pytest.fixture
def ear(executor: Executor, shop: Shop) -> Callable[..., Ear]:
    return lambda viewer="guest": Ear(executor, shop, viewer)


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


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


class Line:
    """A client that takes what is sent while ``open`` is set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.sent: list[str] = []
        self.lost: list[Exception] = []
        self.outbox = Outbox(self.send, self.lost.append, 5.0)

    async def send(self, message: str) -> None:
        await self.open.wait()
        self.sent.append(message)


async def test_a_client_that_takes_everything_costs_no_task() -> None:
    line = Line()

    before = len(asyncio.all_tasks())
    for number in range(3):
        line.outbox.offer("1", str(number))

    assert (line.sent, len(asyncio.all_tasks())) == (["0", "1", "2"], before)


async def test_of_what_waits_the_newest_about_an_object_is_sent_in_order() -> None:
    line = Line()
    line.open.clear()
    for message, about in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b"), ("a3", "a")):
        line.outbox.offer("1", message, about)
    line.outbox.offer("2", "a of another", "a")
    line.open.set()
    await settled()

    assert line.sent == ["a1", "b2", "a3", "a of another"]


async def test_a_client_that_lags_too_far_overflows_by_number_and_by_size() -> None:
    many, large = Line(), Line()
    for line in (many, large):
        line.open.clear()
        line.outbox.offer("1", "on its way")

    for number in range(MESSAGES):
        many.outbox.offer("1", str(number))
    large.outbox.offer("1", "x" * 200_000)

    for line, message in ((many, "one more"), (large, "x" * 100_000)):
        with pytest.raises(Overflow):
            line.outbox.offer("1", message)
        await line.outbox.close()


async def test_what_is_waited_for_is_sent_in_its_turn_and_a_cancelled_message_is_not() -> None:
    line = Line()
    line.open.clear()
    line.outbox.offer("1", "first")
    waiting = [asyncio.create_task(line.outbox.write("2", text)) for text in ("second", "third")]
    await settled()
    line.outbox.offer("1", "fourth")
    waiting[1].cancel()
    await settled()
    line.open.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    await settled()

    assert line.sent == ["first", "second", "fourth"]


async def test_a_client_that_takes_too_long_is_lost() -> None:
    line = Line()
    line.outbox._timeout = 0.01
    line.open.clear()

    await line.outbox.write("1", "never taken")

    assert [type(problem) for problem in line.lost] == [TimeoutError]


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
