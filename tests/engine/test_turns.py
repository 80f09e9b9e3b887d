"""Work beside the loop: one at a time, and callers by turns."""

import asyncio
from threading import Event

from engine.beside import beside
from engine.turns import CALLER, Turns


class Work:
    """What was done, in order; nothing is before ``free`` is set."""

    def __init__(self) -> None:
        self.free = Event()
        self.done: list[str] = []

    async def ask(self, caller: str, name: str) -> None:
        CALLER.set(caller)
        await beside(self._do, name)

    def _do(self, name: str) -> None:
        self.free.wait(10)
        self.done.append(name)


async def asked(work: Work, *names: str) -> list[asyncio.Task[None]]:
    """Their tasks, waiting; the first letter of a name is its caller."""
    tasks = [asyncio.create_task(work.ask(name[0], name)) for name in names]
    await asyncio.sleep(0.01)
    return tasks


async def test_callers_have_turns_whatever_each_has_waiting() -> None:
    work = Work()
    tasks = await asked(work, *(f"a{number}" for number in range(5)))
    tasks += await asked(work, "b0", "c0", "b1")

    work.free.set()
    await asyncio.gather(*tasks)

    assert work.done == ["a0", "a1", "b0", "c0", "a2", "b1", "a3", "a4"]


async def test_who_is_gone_has_no_turn_and_keeps_nobody_waiting() -> None:
    work = Work()
    first, gone, _, last = tasks = await asked(work, "a0", "a1", "b0", "b1")
    gone.cancel()
    last.cancel()
    await asyncio.sleep(0.01)

    work.free.set()
    await first
    again = await asked(work, "a2")
    await asyncio.gather(*tasks, *again, return_exceptions=True)

    assert work.done == ["a0", "b0", "a2"]


async def test_a_turn_that_comes_to_somebody_who_has_just_gone_is_passed_on() -> None:
    turns = Turns()
    had: list[str] = []

    async def have(name: str) -> None:
        async with turns:
            had.append(name)

    async with turns:
        gone, last = asyncio.create_task(have("gone")), asyncio.create_task(have("last"))
        await asyncio.sleep(0)
    gone.cancel()  # it has been told of its turn, and not yet gone on
    async with asyncio.timeout(5):
        await asyncio.gather(gone, last, return_exceptions=True)

    assert had == ["last"]


def test_another_loop_begins_anew() -> None:
    async def left() -> None:
        work = Work()
        await asked(work, "a0", "a1")
        work.free.set()

    async def works() -> list[str]:
        work = Work()
        work.free.set()
        await work.ask("a", "a0")
        return work.done

    asyncio.run(left())
    assert asyncio.run(works()) == ["a0"]
