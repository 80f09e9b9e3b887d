"""What is on its way to one client, and its bounds."""

import asyncio

import pytest

from engine.transport.outbox import MESSAGES, Outbox, Overflow
from tests.engine.numbers import settled


class Line:
    """A client that takes what is sent while ``open`` is set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.sent: list[bytes] = []
        self.lost: list[Exception] = []
        self.outbox = Outbox(self.send, self.lost.append, 5.0)

    async def send(self, message: bytes) -> None:
        await self.open.wait()
        self.sent.append(message)


async def test_a_client_that_takes_everything_costs_no_task() -> None:
    line = Line()

    before = len(asyncio.all_tasks())
    for number in range(3):
        line.outbox.offer("1", b"%d" % number)

    assert (line.sent, len(asyncio.all_tasks())) == ([b"0", b"1", b"2"], before)


async def test_of_what_waits_the_newest_about_an_object_is_sent_in_order() -> None:
    line = Line()
    line.open.clear()
    for message, about in ((b"a1", "a"), (b"b1", "b"), (b"a2", "a"), (b"b2", "b"), (b"a3", "a")):
        line.outbox.offer("1", message, about)
    line.outbox.offer("2", b"a of another", "a")
    line.open.set()
    await settled()

    assert line.sent == [b"a1", b"b2", b"a3", b"a of another"]


async def test_a_client_that_lags_too_far_overflows_by_number_and_by_size() -> None:
    many, large = Line(), Line()
    for line in (many, large):
        line.open.clear()
        line.outbox.offer("1", b"on its way")

    for number in range(MESSAGES):
        many.outbox.offer("1", b"%d" % number)
    large.outbox.offer("1", b"x" * 200_000)

    for line, message in ((many, b"one more"), (large, b"x" * 100_000)):
        with pytest.raises(Overflow):
            line.outbox.offer("1", message)
        await line.outbox.close()


async def test_what_is_waited_for_is_sent_in_its_turn_and_a_cancelled_message_is_not() -> None:
    line = Line()
    line.open.clear()
    line.outbox.offer("1", b"first")
    waiting = [asyncio.create_task(line.outbox.write("2", text)) for text in (b"second", b"third")]
    await settled()
    line.outbox.offer("1", b"fourth")
    waiting[1].cancel()
    await settled()
    line.open.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    await settled()

    assert line.sent == [b"first", b"second", b"fourth"]


async def test_a_client_that_takes_too_long_is_lost() -> None:
    line = Line()
    line.outbox._timeout = 0.01
    line.open.clear()

    await line.outbox.write("1", b"never taken")

    assert [type(problem) for problem in line.lost] == [TimeoutError]
