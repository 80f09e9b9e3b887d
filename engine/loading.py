"""Loaders of one execution: they batch, they share, and they belong to nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, NamedTuple, Protocol, TypeVar

from aiodataloader import DataLoader

from engine.observing import Batch, current
from engine.pacing import Pace

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")


class Relation(Protocol[V_co]):
    """A batched read: ``load`` answers every key of ``keys``, in their order."""

    @property
    def many(self) -> bool: ...

    async def load(self, source: Any, keys: list[Any]) -> Sequence[V_co]: ...


class ReadCancelled(Exception):
    """A read came to no end, and nobody who waited for it was cancelled: a fault like any other."""

    def __init__(self) -> None:
        super().__init__("A read was cancelled.")


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
        self._pace = Pace()
        self.branches = 1
        """How many parts of a plan run side by side: a single one has nobody to read together with."""

    def load(self, relation: Relation[V], key: Any) -> Awaitable[V]:
        """What ``relation`` has for ``key``, read together with every other key of this turn of the loop."""
        return self._pace.of(self._level(relation).one(key))

    async def load_many(self, relation: Relation[V], keys: Sequence[Any]) -> list[V]:
        """As ``load`` for each of ``keys``, in their order."""
        level = self._level(relation)
        missing = level.missing(keys)
        if missing:
            await level.read(missing)
        return [level.known[key] for key in keys]

    def prime(self, relation: Relation[V], answers: Mapping[Any, V]) -> None:
        """Give answers that are already at hand, by their keys; those that were read before stay."""
        known = self._level(relation).known  # changed in place: a read may be about to add to it
        known.update({**answers, **known} if known else answers)

    def together(
        self, name: object, parent: object, call: Callable[[list[Any]], Awaitable[Sequence[V]]]
    ) -> Awaitable[V]:
        """The answer of ``call`` for ``parent``; called once for all parents of this turn under ``name``."""
        answer = asyncio.shield(self._loader(name, call, cache=False).load(parent))
        answer.add_done_callback(_look_at)
        return self._pace.of(answer)

    async def level(
        self, relation: Relation[V], keys: Sequence[Any], nothing: Any = None, *, sole: bool = False
    ) -> list[Any]:
        """What ``relation`` has for each of ``keys``; ``nothing`` where a key is None.

        One wait for the whole level: keys that another place asks for in the same turn of the loop are read
        by the same statement, unless this is the ``sole`` place that asks; and what was read before is not
        read again. For plans, of which no part is cancelled without the rest.
        """
        level = self._level(relation)
        missing = level.missing(keys)
        if missing:
            await level.lead(missing, alone=sole or self.branches == 1)
        known = level.known
        return [nothing if key is None else known[key] for key in keys]

    def at_hand(self, relation: Relation[Any]) -> bool:
        """Whether anything of it was read, or primed."""
        level = self._levels.get(relation)
        return level is not None and bool(level.known)

    def known(self, relation: Relation[V], keys: Sequence[Any], nothing: Any = None) -> list[Any] | None:
        """As ``level``, without a wait; None where something has yet to be read."""
        known = self._level(relation).known
        try:
            return [nothing if key is None else known[key] for key in keys]
        except KeyError:
            return None

    def beside(self) -> "Loading":
        """Loaders of another execution, for which what is read here is read as well."""
        other = Loading(self.source)
        other._levels, other._running = self._levels, self._running
        return other

    def forget(self) -> None:
        """Drop everything read so far, because something was written."""
        self._loaders.clear()
        self._levels.clear()

    def _level(self, relation: Relation[Any]) -> "_Level":
        level = self._levels.get(relation)
        if level is None:
            level = self._levels[relation] = _Level(relation, self.source, self._running)
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


def _look_at(answer: asyncio.Future[Any]) -> None:
    """Who waited for it may be gone: then nobody else would look at what went wrong."""
    if not answer.cancelled():
        answer.exception()


class _Level:
    """What one relation was asked for: the answers, and who waits for the next read.

    Everybody waits on a future of their own: who is cancelled takes nothing from the rest.
    """

    def __init__(self, relation: Relation[Any], source: Any, running: set[asyncio.Task[Any]]) -> None:
        self.known: dict[Any, Any] = {}
        self._relation = relation
        self._source = source
        self._running = running
        self._waiting: list[_Waiter] = []
        self._reading: dict[Any, asyncio.Future[Any]] = {}

    def one(self, key: Any) -> asyncio.Future[Any]:
        """The answer for one key."""
        if key not in self.known:
            return self._wait([key], single=True)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        answer.set_result(self.known[key])
        return answer

    def missing(self, keys: Sequence[Any]) -> list[Any]:
        """Those that have yet to be read, each once."""
        known = self.known
        return [key for key in dict.fromkeys(keys) if key is not None and key not in known]

    def read(self, keys: Sequence[Any]) -> asyncio.Future[Any]:
        """Done when ``keys`` are known: by the read that begins when this turn of the loop has ended."""
        return self._wait(keys, single=False)

    async def lead(self, keys: list[Any], *, alone: bool) -> None:
        """As ``read``, in the caller's own task if nobody reads yet: it goes down with its caller.

        ``alone``: there is nobody whose keys are worth waiting for.
        """
        if alone and not self._waiting and not self._reading:
            await self._load(keys)
            return
        future = self._join(keys, single=False)
        if len(self._waiting) == 1:
            await self._read()
        await future

    def _join(self, keys: Sequence[Any], *, single: bool) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiter(keys, future, single))
        return future

    def _wait(self, keys: Sequence[Any], *, single: bool) -> asyncio.Future[Any]:
        future = self._join(keys, single=single)
        if len(self._waiting) == 1:
            task = asyncio.create_task(self._read())
            self._running.add(task)  # the loop itself holds no task
            task.add_done_callback(self._running.discard)
        return future

    async def _read(self) -> None:
        await asyncio.sleep(0)  # whoever is at the same level asks in this turn
        waiting, self._waiting = self._waiting, []
        wanted = dict.fromkeys(key for waiter in waiting for key in waiter.keys if key not in self.known)
        under_way = {self._reading[key] for key in wanted if key in self._reading}
        keys = [key for key in wanted if key not in self._reading]
        try:
            if keys:
                await self._load(keys)
            for reading in under_way:
                await asyncio.shield(reading)
        except BaseException as fault:
            for waiter in waiting:
                waiter.fail(fault)
            if not isinstance(fault, Exception):
                raise
            return
        for waiter in waiting:
            if not waiter.future.done():
                waiter.future.set_result(self.known[waiter.keys[0]] if waiter.single else None)

    async def _load(self, keys: list[Any]) -> None:
        """Read ``keys``; who asks for one of them meanwhile waits for the same read."""
        reading = _Waiter(keys, asyncio.get_running_loop().create_future(), single=False)
        self._reading.update(dict.fromkeys(keys, reading.future))
        observation = current()
        began = perf_counter()
        try:
            self.known.update(zip(keys, await self._relation.load(self._source, keys), strict=True))
            reading.future.set_result(None)
        except BaseException as fault:
            reading.fail(fault)
            task = asyncio.current_task()
            if isinstance(fault, asyncio.CancelledError) and task is not None and not task.cancelling():
                raise ReadCancelled from None
            raise
        finally:
            for key in keys:
                del self._reading[key]
        if observation is not None:
            observation.batches.append(Batch(str(self._relation), len(keys), perf_counter() - began, began))


class _Waiter(NamedTuple):
    """Who asked for these keys; ``single`` for the answer to the only one."""

    keys: Sequence[Any]
    future: asyncio.Future[Any]
    single: bool

    def fail(self, fault: BaseException) -> None:
        if self.future.done():
            return
        if isinstance(fault, asyncio.CancelledError):  # the read was, and who waits for it was not
            fault = ReadCancelled()
        self.future.set_exception(fault)
        self.future.exception()  # seen, should nobody wait any more
