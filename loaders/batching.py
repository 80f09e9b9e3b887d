"""The two shapes of a batched read: one row a key, or many."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from db.pool import Database
from db.statements import Connection
from domain.access import Viewer

K = TypeVar("K")
R = TypeVar("R")
Fetch = Callable[[Connection, list[K]], Awaitable[Sequence[R]]]
SightedFetch = Callable[[Connection, list[K], Viewer], Awaitable[Sequence[R]]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where relations read from, and for whom."""

    db: Database
    viewer: Viewer


@dataclass(frozen=True, slots=True, eq=False)
class One(Generic[K, R]):
    """The row with this key, or None. See ``one``."""

    fetch: Callable[..., Awaitable[Sequence[R]]]
    key: Callable[[R], K]
    sighted: bool
    many: bool = False

    def __str__(self) -> str:
        return _name(self.fetch)

    async def load(self, source: Source, keys: list[K]) -> list[R | None]:
        found = {self.key(row): row for row in await _rows(self.fetch, source, keys, sighted=self.sighted)}
        return [found.get(key) for key in keys]


@dataclass(frozen=True, slots=True, eq=False)
class Many(Generic[K, R]):
    """Every row with this key, in the statement's order. See ``many``."""

    fetch: Callable[..., Awaitable[Sequence[R]]]
    key: Callable[[R], K]
    sighted: bool
    many: bool = True

    def __str__(self) -> str:
        return _name(self.fetch)

    async def load(self, source: Source, keys: list[K]) -> list[list[R]]:
        groups: dict[K, list[R]] = {key: [] for key in keys}
        for row in await _rows(self.fetch, source, keys, sighted=self.sighted):
            groups[self.key(row)].append(row)
        return [groups[key] for key in keys]


def one(fetch: Fetch[K, R], key: str | Callable[[R], K]) -> One[K, R]:
    """``load(k)`` gives the row whose ``key`` is ``k``, or None.

    ``key`` is a column, several separated by commas (the key is then a tuple), or a function of the row.
    """
    return One(fetch, _key(key), sighted=False)


def many(fetch: Fetch[K, R], key: str | Callable[[R], K]) -> Many[K, R]:
    """``load(k)`` gives every row whose ``key`` is ``k``, in the statement's order; ``key`` as in ``one``."""
    return Many(fetch, _key(key), sighted=False)


def one_seen(fetch: SightedFetch[K, R], key: str | Callable[[R], K]) -> One[K, R]:
    """As ``one``, for a statement that also asks who is looking."""
    return One(fetch, _key(key), sighted=True)


def many_seen(fetch: SightedFetch[K, R], key: str | Callable[[R], K]) -> Many[K, R]:
    """As ``many``, for a statement that also asks who is looking."""
    return Many(fetch, _key(key), sighted=True)


def _key(key: str | Callable[[R], K]) -> Callable[[R], Any]:
    return attrgetter(*(name.strip() for name in key.split(","))) if isinstance(key, str) else key


@cache
def _name(fetch: Callable[..., Any]) -> str:
    """The statement's function, as whoever looks for the cause of a read would search for it."""
    return f"{fetch.__module__}.{fetch.__qualname__}" if hasattr(fetch, "__qualname__") else repr(fetch)


async def _rows(
    fetch: Callable[..., Awaitable[Sequence[R]]], source: Source, keys: list[Any], *, sighted: bool
) -> Sequence[R]:
    async with source.db.read() as connection:
        return await (fetch(connection, keys, source.viewer) if sighted else fetch(connection, keys))
