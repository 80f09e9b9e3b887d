"""Which statements a piece of work has sent: counted always, kept word for word where somebody asked."""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar, Token
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Sent(NamedTuple):
    """A statement that came to its end: the rows it gave or changed, and its time in seconds.

    ``began`` is by ``perf_counter``.
    """

    text: str
    rows: int
    seconds: float
    began: float


class Recording:
    """``count`` are the statements begun; ``sent`` those that ended, and stays empty unless ``in_words``."""

    __slots__ = ("count", "in_words", "sent")

    def __init__(self, *, in_words: bool) -> None:
        self.in_words = in_words
        self.count = 0
        self.sent: list[Sent] = []


_current: ContextVar[Recording | None] = ContextVar("recording", default=None)


def begin(made: Recording) -> "Token[Recording | None]":
    """Record statements, also of every task begun from here, until the ``end`` of what is given."""
    return _current.set(made)


def end(token: "Token[Recording | None]") -> None:
    """Record no more."""
    _current.reset(token)


def is_heard() -> bool:
    """Count a statement that begins now. Whether somebody also wants to read it: then it is ``recorded``."""
    notes = _current.get()
    if notes is None:
        return False
    notes.count += 1
    return notes.in_words


async def recorded(text: str, work: Coroutine[Any, Any, T], rows: Callable[[T], int]) -> T:
    """What ``work`` gives, noted word for word."""
    notes = _current.get()
    assert notes is not None, "somebody wants to read it"
    began = perf_counter()
    result = await work
    notes.sent.append(Sent(text, rows(result), perf_counter() - began, began))
    return result
