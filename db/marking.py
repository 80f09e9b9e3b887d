"""What every transaction of a piece of work writes beside its own."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from db.statements import Connection

Mark = Callable[[Connection], Awaitable[None]]

_current: ContextVar[Mark | None] = ContextVar("mark", default=None)


@contextmanager
def marking(mark: Mark) -> Iterator[None]:
    """Let ``mark`` write into every transaction of the block, and of the tasks begun in it, as its last deed.

    What it raises rolls the transaction back.
    """
    token = _current.set(mark)
    try:
        yield
    finally:
        _current.reset(token)


async def marked(tx: Connection) -> None:
    """To be called before the commit."""
    mark = _current.get()
    if mark is not None:
        await mark(tx)
