"""Loaders of one execution: they batch, they share, and they belong to nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, Protocol, TypeVar

from aiodataloader import DataLoader

from engine.observing import Batch, current

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")


class Relation(Protocol[V_co]):
    """A batched read: ``load`` answers every key of ``keys``, in their order."""

    @property
    def many(self) -> bool: ...

    async def load(self, source: Any, keys: list[Any]) -> Sequence[V_co]: ...


class Loading:
    """The loaders of one execution, made when first asked for. Must be used inside a running event loop.

    ``source`` is handed to every relation. Callers are shielded from each other: one that is cancelled leaves
    the shared read running for the rest.
    """

    def __init__(self, source: Any) -> None:
        self.source = source
        self._loaders: dict[object, DataLoader[Any, Any]] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._levels: dict[object, _Level] = {}

    def load(self, relation: Relation[V], key: Any) -> Awaitable[V]:
        """What ``relation`` has for ``key``, read together with every other key of this turn of the loop."""
        return asyncio.shield(self._loader(relation, lambda keys: self.level(relation, keys)).load(key))

    async def load_many(self, relation: Relation[V], keys: Sequence[Any]) -> list[V]:
        """As ``load`` for each of ``keys``, in their order."""
        return list(await asyncio.gather(*(self.load(relation, key) for key in keys)))

    def prime(self, relation: Relation[V], key: Any, value: V) -> None:
        """Give an answer that is already at hand; one that was read before stays."""
        self._level(relation).known.setdefault(key, value)

    def together(
        self, name: object, parent: object, call: Callable[[list[Any]], Awaitable[Sequence[V]]]
    ) -> Awaitable[V]:
        """The answer of ``call`` for ``parent``; called once for all parents of this turn under ``name``."""
        return asyncio.shield(self._loader(name, call, cache=False).load(parent))

    async def level(self, relation: Relation[V], keys: Sequence[Any], nothing: Any = None) -> list[Any]:
        """What ``relation`` has for each of ``keys``; ``nothing`` where a key is None.

        As ``load_many``, at the price of one wait for the whole level: keys that another place asks for in the
        same turn of the loop are read by the same statement, and what was read before is not read again.
        """
        level = self._level(relation)
        known = level.known
        missing = [key for key in dict.fromkeys(keys) if key is not None and key not in known]
        if missing:
            await asyncio.shield(level.read(missing))
        return [nothing if key is None else known[key] for key in keys]

    def forget(self) -> None:
        """Drop everything read so far, because something was written."""
        self._loaders.clear()
        self._levels.clear()

    def _level(self, relation: Relation[Any]) -> "_Level":
        level = self._levels.get(relation)
        if level is None:
            level = self._levels[relation] = _Level(relation, self.source)
        return level

    def _loader(
        self, name: object, call: Callable[[list[Any]], Awaitable[Sequence[V]]], *, cache: bool = True
    ) -> DataLoader[Any, Any]:
        loader = self._loaders.get(name)
        if loader is None:

            async def batch(keys: list[Any]) -> list[Any]:
                # aiodataloader holds no reference to the task that runs this, and a task nobody holds may
                # vanish.
                task = asyncio.current_task()
                assert task is not None, "a batch runs in a task"
                self._running.add(task)
                try:
                    return list(await call(keys))
                finally:
                    self._running.discard(task)

            loader = self._loaders[name] = DataLoader(batch, cache=cache)
        return loader


class _Level:
    """What one relation was asked for by whole levels.

    The answers, and the keys that wait for the next read.
    """

    def __init__(self, relation: Relation[Any], source: Any) -> None:
        self.known: dict[Any, Any] = {}
        self._relation = relation
        self._source = source
        self._waiting: dict[Any, None] = {}
        self._next: asyncio.Task[None] | None = None

    def read(self, keys: Sequence[Any]) -> asyncio.Task[None]:
        """The read that will answer ``keys``: the one that begins when this turn of the loop has ended."""
        self._waiting.update(dict.fromkeys(keys))
        if self._next is None:
            self._next = asyncio.create_task(self._read())
        return self._next

    async def _read(self) -> None:
        await asyncio.sleep(0)  # whoever is at the same level asks in this turn
        keys, self._waiting, self._next = list(self._waiting), {}, None
        observation = current()
        began = perf_counter()
        self.known.update(zip(keys, await self._relation.load(self._source, keys), strict=True))
        if observation is not None:
            observation.batches.append(Batch(str(self._relation), len(keys), perf_counter() - began))
