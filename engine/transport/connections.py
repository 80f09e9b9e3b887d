"""What stays open: sockets and event streams, so that a server going down can end them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from random import shuffle
from typing import Final, Protocol

from graphql import OperationType

PACE: Final = 0.05  # seconds between two ends at most: a few clients are not kept waiting


class Connection(Protocol):
    """A socket, or an event stream."""

    @property
    def held(self) -> int:
        """Bytes that this process keeps for the client until it takes them."""

    def go(self) -> None:
        """Begin the end, and tell the client. Does not wait."""


class Farewell:
    """How one connection ends when the server goes: what it owes an answer is answered first."""

    __slots__ = ("_owed", "begun", "connection", "let_go")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.begun = False
        """Whether nothing new may be begun."""
        self.let_go = False
        """Whether the client did not keep up, and is to come back."""
        self._owed = 0

    def begin(self, *, at_once: bool) -> None:
        """End the connection when its queries and mutations are answered, or ``at_once``."""
        self.begun = True
        if at_once or not self._owed:
            self.connection.go()

    @contextmanager
    def owing(self, kind: OperationType) -> Iterator[None]:
        """Put the end off until the block is left, but for no subscription, which may never end."""
        owed = kind is not OperationType.SUBSCRIPTION
        self._owed += owed
        try:
            yield
        finally:
            self._owed -= owed
            if self.begun:
                self.begin(at_once=False)


class Connections:
    """Every open connection of this process."""

    def __init__(self) -> None:
        self._open: set[Farewell] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._closing = False
        self.let_go = 0
        """Connections so far whose clients did not keep up."""

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Farewell]:
        return iter(list(self._open))

    def held(self) -> list[int]:
        """The bytes that are kept for each client until it takes them."""
        return [farewell.connection.held for farewell in self._open]

    @property
    def closing(self) -> bool:
        """Whether the server is on its way down."""
        return self._closing

    def holding(self, connection: Farewell) -> "Holding":
        """Count the connection in for the block. After ``close_all`` it is sent away at once."""
        return Holding(self, connection)

    def begin(self, connection: Farewell) -> None:
        """As ``holding``, without an end."""
        self._open.add(connection)
        self._empty.clear()
        if self._closing:
            connection.begin(at_once=True)

    def end(self, connection: Farewell) -> None:
        """The connection is over."""
        self._open.discard(connection)
        self.let_go += connection.let_go
        if not self._open:
            self._empty.set()

    async def close_all(self, *, spread: float = 0.0, patience: float = 0.0) -> None:
        """End every connection, sockets with 1001, and wait until each has let go of what it held.

        Their ends are spread over so many seconds, in no order, for all that are sent away come back to
        another process. Those whose operations have not ended when ``patience`` is over end without.
        Call it when the signal arrives: ASGI's shutdown event comes only after the last stream has ended.
        """
        self._closing = True
        try:
            async with asyncio.timeout(patience):
                await self._see_off(spread)
                await self._empty.wait()
        except TimeoutError:
            for connection in list(self._open):
                connection.begin(at_once=True)
            await self._empty.wait()

    async def _see_off(self, spread: float) -> None:
        leaving = list(self._open)
        shuffle(leaving)
        pause = min(PACE, spread / len(leaving)) if leaving else 0.0
        for connection in leaving:
            if connection in self._open:
                connection.begin(at_once=False)
                await asyncio.sleep(pause)


class Holding:
    """The block of a connection. A class, for a generator of each takes half a kilobyte."""

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections, connection: Farewell) -> None:
        self._connections = connections
        self._connection = connection

    def __enter__(self) -> None:
        self._connections.begin(self._connection)

    def __exit__(self, *_: object) -> None:
        self._connections.end(self._connection)
