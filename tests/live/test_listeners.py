"""A listener, whatever order publishing, losing, leaving, coming back and forgetting happen in."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import listeners
from adapters.listeners import Listener
from tests.live.histories import MemoryHistory, said

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from(["Order:1", "Order:2", "User:1"])),
        st.tuples(st.just("repeat"), st.integers(1, 5)),  # the relay died before it noted what it had told
        st.tuples(
            st.just("lose"), st.sampled_from(["Order:1", "Order:2"])
        ),  # and be told that the line was down
        st.tuples(st.just("break"), st.just(0)),  # the line
        st.tuples(st.just("read"), st.integers(1, 4)),
        st.tuples(st.just("leave"), st.just(0)),  # and come back with the cursor
        st.tuples(st.just("trim"), st.integers(1, 6)),
    ),
    max_size=60,
)
TOPICS = ["Order:1", "Order:*"]


class World:
    """A history, and a listener who comes and goes.

    ``heard`` are positions, and None for a loss that was told; ``ever`` is all there was to hear.
    """

    def __init__(self) -> None:
        self.history = MemoryHistory()
        self.listener = Listener(TOPICS, self.history)
        self.heard: list[int | None] = []
        self.ever: list[int] = []

    async def step(self, what: str, detail: int | str) -> None:
        match what, detail:
            case "publish", str():
                self.live(self.settle(detail))
            case "lose", str():
                self.settle(detail)
                self.listener.fall_behind()
            case "repeat", int():
                newest = self.history.newest
                for position in range(max(1, newest - detail), newest + 1):
                    self.live(position)
            case "break", _:
                self.listener.fall_behind()
            case "read", int():
                await self.read(detail)
            case "leave", _:
                back = self.listener.position
                self.listener = Listener(TOPICS, self.history)
                await self.listener.place(back)
            case "trim", int():
                self.history.trim(min(detail, len(self.history.kept)))

    def settle(self, topic: str) -> int:
        position = self.history.newest + 1
        self.history.settle(said(topic, position))
        if topic.startswith("Order"):
            self.ever.append(position)
        return position

    def live(self, position: int) -> None:
        """Redis tells of it, unless it is long forgotten."""
        for event in self.history.kept:
            if event.position == position and event.subject == "Order":
                self.listener.hear(event)

    async def read(self, number: int) -> None:
        """Hear so many, or what there is."""
        for _ in range(number):
            try:
                async with asyncio.timeout(0):
                    told = await anext(self.listener)
            except TimeoutError:
                return
            self.heard.append(None if told is None else told.position)


async def play(steps: list[tuple[str, int | str]]) -> World:
    world = World()
    await world.listener.place(0)
    for what, detail in steps:
        await world.step(what, detail)
    await world.read(10_000)
    return world


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_nothing_is_missed_without_a_word_and_nothing_comes_twice(steps: list[tuple[str, int | str]]) -> None:
    world = asyncio.run(play(steps))

    told = [position for position in world.heard if position is not None]
    assert told == sorted(set(told))
    assert set(told) <= set(world.ever)
    assert gaps(world.heard, world.ever) == []


def gaps(heard: list[int | None], ever: list[int]) -> list[int]:
    """Events that were passed over, though no loss was told in their place."""
    passed: list[int] = []
    rest = list(ever)
    excused = False
    for position in heard:
        if position is None:
            excused = True
            continue
        while rest[0] != position:
            skipped = rest.pop(0)
            if not excused:
                passed.append(skipped)
        rest.pop(0)
        excused = False
    return passed if excused else passed + rest


def test_a_queue_that_is_too_short_changes_nothing() -> None:
    steps: list[tuple[str, int | str]] = [("publish", "Order:1")] * (3 * listeners.QUEUE)

    world = asyncio.run(play([("read", 1), *steps, ("read", 5), *steps]))

    assert world.heard == world.ever


def test_an_event_that_no_message_told_of_is_found_by_looking() -> None:
    async def lost() -> list[int | None]:
        world = World()
        await world.listener.place(None)
        world.live(world.settle("Order:1"))
        missed = world.settle("Order:2")
        await world.read(1)
        world.listener.check(missed - 1)
        await world.read(1)
        before = list(world.heard)
        world.listener.check(missed)
        await world.read(2)
        return [*before, None, *world.heard]

    assert asyncio.run(lost()) == [1, None, 1, 2]
