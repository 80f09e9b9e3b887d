"""Which statements a piece of work has sent: counted always, kept word for word where somebody asked."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Sent(NamedTuple):
    """A statement that came to its end: the rows it gave or changed, and its time in seconds."""

    text: str
    rows: int
    seconds: float


class Recording:
    """``count`` are the statements begun; ``sent`` those that ended, and stays empty unless ``in_words``."""

    __slots__ = ("count", "in_words", "sent")

    def __init__(self, *, in_words: bool) -> None:
        self.in_words = in_words
        self.count = 0
        self.sent: list[Sent] = []


_current: ContextVar[Recording | None] = ContextVar("recording", default=None)


@contextmanager
def recording(*, in_words: bool = False) -> Iterator[Recording]:
    """Record the statements of the block and of every task begun in it."""
    made = Recording(in_words=in_words)
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


async def recorded(text: str, work: Coroutine[Any, Any, T], rows: Callable[[T], int]) -> T:
    """What ``work`` gives, noted in the recording that goes on, if one does."""
    notes = _current.get()
    if notes is None:
        return await work
    notes.count += 1
    if not notes.in_words:
        return await work
    began = perf_counter()
    result = await work
    notes.sent.append(Sent(text, rows(result), perf_counter() - began))
    return result
