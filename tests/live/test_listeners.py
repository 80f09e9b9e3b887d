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
        st.tuples(st.just("lose"), st.sampled_from(["Order:1", "Order:2"])),  # and later be looked for
        st.tuples(st.just("break"), st.just(0)),  # the line
        st.tuples(st.just("read"), st.integers(1, 4)),
        st.tuples(st.just("leave"), st.just(0)),  # and come back with the cursor
        st.tuples(st.just("trim"), st.integers(1, 6)),
    ),
    max_size=60,
)
TOPICS = ["Order:1", "Order:*"]


async def play(steps: list[tuple[str, int | str]]) -> tuple[list[int | None], list[int]]:
    """What was heard, None for a loss that was told; and every event there ever was on the topics."""
    history = MemoryHistory()
    listener = Listener(TOPICS, history)
    await listener.place(0)
    heard: list[int | None] = []
    ever: list[int] = []
    unheard: list[int] = []
    position = 0

    async def read(number: int) -> None:
        for _ in range(number):
            try:
                async with asyncio.timeout(0):
                    told = await anext(listener)
            except TimeoutError:
                return
            heard.append(None if told is None else told.position)

    def live(event_position: int) -> None:
        event = next((one for one in history.kept if one.position == event_position), None)
        if event is not None and event.subject == "Order":
            listener.hear(event)

    for step, detail in steps:
        match step:
            case "publish" | "lose":
                position += 1
                history.settle(said(str(detail), position))
                if str(detail).startswith("Order"):
                    ever.append(position)
                if step == "publish":
                    live(position)
                elif str(detail).startswith("Order"):
                    unheard.append(position)
                    listener.fall_behind()
            case "repeat":
                for late in range(max(1, position - int(detail)), position + 1):
                    live(late)
            case "break":
                listener.fall_behind()
            case "read":
                await read(int(detail))
            case "leave":
                back = listener.position
                listener = Listener(TOPICS, history)
                await listener.place(back)
            case "trim":
                history.trim(min(int(detail), len(history.kept)))
    for late in unheard:
        listener.check(late)
    await read(1_000)
    return heard, ever


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_nothing_is_missed_without_a_word_and_nothing_comes_twice(steps: list[tuple[str, int | str]]) -> None:
    heard, ever = asyncio.run(play(steps))

    told = [position for position in heard if position is not None]
    assert told == sorted(set(told))
    assert set(told) <= set(ever)
    assert gaps(heard, ever) == []


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

    heard, ever = asyncio.run(play([("read", 1), *steps, ("read", 5), *steps]))

    assert heard == ever
