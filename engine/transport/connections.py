"""What stays open: sockets and event streams, so that a server going down can end them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Connection(Protocol):
    """Something that stays open until it is told to end."""

    def going_away(self) -> None:
        """Begin to end, telling the client that the server goes. Does not wait."""


class Connections:
    """Every open connection of this process."""

    def __init__(self) -> None:
        self._open: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        """Count the connection in for the block. After ``close_all`` it is sent away at once."""
        self._open.add(connection)
        self._empty.clear()
        if self._closing:
            connection.going_away()
        try:
            yield
        finally:
            self._open.discard(connection)
            if not self._open:
                self._empty.set()

    async def close_all(self) -> None:
        """End every connection, sockets with 1001, and wait until each has let go of what it held.

        Call it when the signal arrives: ASGI's shutdown event comes only after the last stream has ended.
        """
        self._closing = True
        for connection in list(self._open):
            connection.going_away()
        await self._empty.wait()
