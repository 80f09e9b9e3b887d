"""Answers that are being made: whoever asks for one meanwhile waits for it, and it is made once.

The work belongs to all who wait for it. It goes on while anybody does, whoever it was that began it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from engine.caching.keeping import Key

T = TypeVar("T")


class Flight(Generic[T]):
    """One answer under way."""

    def __init__(self, flights: "Flights[T]", key: Key, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._flights = flights
        self._key = key
        self._waiting = 0
        self._task = asyncio.create_task(self._run(work))

    async def wait(self) -> T:
        """Its end, for whoever began it. Raises what it raised."""
        await self._ended()
        return self._task.result()

    async def follow(self) -> T | None:
        """Its end, for the others; None where it has none to tell."""
        await self._ended()
        return None if self._task.cancelled() or self._task.exception() else self._task.result()

    async def _ended(self) -> None:
        self._waiting += 1
        try:
            await asyncio.wait([self._task])
        finally:
            self._waiting -= 1
            if not self._waiting and not self._task.done():
                self._flights.forget(self._key, self)  # nobody may join what ends now
                self._task.cancel()

    async def _run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        try:
            return await work()
        finally:
            self._flights.forget(self._key, self)


class Flights(Generic[T]):
    """The answers under way, by what was asked."""

    def __init__(self) -> None:
        self._under_way: dict[Key, Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def find(self, key: Key) -> Flight[T] | None:
        return self._under_way.get(key)

    def begin(self, key: Key, work: Callable[[], Coroutine[Any, Any, T]]) -> Flight[T]:
        """Let ``work`` make the answer, and others join it until it ends."""
        flight = self._under_way[key] = Flight(self, key, work)
        return flight

    def forget(self, key: Key, flight: Flight[T]) -> None:
        """Let nobody join it any more."""
        if self._under_way.get(key) is flight:
            del self._under_way[key]
