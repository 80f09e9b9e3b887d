"""Loaders of one execution: they batch, they share, and they belong to nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from aiodataloader import DataLoader

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

    def load(self, relation: Relation[V], key: Any) -> Awaitable[V]:
        """What ``relation`` has for ``key``, read together with every other key of this turn of the loop."""
        return asyncio.shield(self._loader(relation, lambda keys: relation.load(self.source, keys)).load(key))

    async def load_many(self, relation: Relation[V], keys: Sequence[Any]) -> list[V]:
        """As ``load`` for each of ``keys``, in their order."""
        return list(await asyncio.gather(*(self.load(relation, key) for key in keys)))

    def prime(self, relation: Relation[V], key: Any, value: V) -> None:
        """Give an answer that is already at hand; one that was loaded before stays."""
        self._loader(relation, lambda keys: relation.load(self.source, keys)).prime(key, value)

    def together(
        self, name: object, parent: object, call: Callable[[list[Any]], Awaitable[Sequence[V]]]
    ) -> Awaitable[V]:
        """The answer of ``call`` for ``parent``; called once for all parents of this turn under ``name``."""
        return asyncio.shield(self._loader(name, call, cache=False).load(parent))

    def forget(self) -> None:
        """Drop everything read so far, because something was written."""
        self._loaders.clear()

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
