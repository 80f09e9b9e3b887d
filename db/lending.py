"""Who has a connection, and who waits for one.

asyncpg's pool opens, keeps and closes connections; but its ``acquire`` with a timeout and its ``release``
cost as much as a small statement. So connections that came back clean are kept at hand here, and go to the
next borrower without a word; all others go through the pool, which looks after them.
"""

import asyncio
from collections import deque
from time import perf_counter
from typing import Any, NamedTuple

import asyncpg
import structlog

from db.connections import PooledConnection
from domain.refusals import Busy

log = structlog.get_logger(__name__)

TIDY = (
    60.0  # seconds; connections that nobody needed for so long go back to the pool, which closes them in time
)


class _Turn(NamedTuple):
    """Somebody in line, who waits ``until`` then by the loop's clock."""

    future: "asyncio.Future[PooledConnection | None]"
    until: float


class Lender:
    """Lends the connections of a pool, first come first served.

    ``lent`` and ``refused`` count loans; ``waited`` are the seconds that all borrowers stood in line.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", wait: float) -> None:
        self.lent = 0
        self.refused = 0
        self.waited = 0.0
        self._pool = pool
        self._wait = wait
        self._idle: list[PooledConnection] = []
        self._proxies: dict[PooledConnection, Any] = {}  # what the pool knows those by that are out
        self._spare = 0  # how many of them were idle all the time since things were tidied
        self._out = 0  # connections that the pool has given us, idle ones included
        self._line: deque[_Turn] = deque()
        self._timer: asyncio.TimerHandle | None = None  # one for the whole line
        self._leaving: set[asyncio.Task[None]] = set()
        self._tidying = asyncio.create_task(self._keep_tidy())

    @property
    def idle(self) -> int:
        """Connections that nobody uses."""
        return len(self._idle) + self._pool.get_idle_size()

    async def borrow(self) -> PooledConnection:
        """A connection, open as far as anybody can know. Raises ``Busy`` when none comes free in time."""
        while self._idle:
            connection = self._idle.pop()
            self._spare = min(self._spare, len(self._idle))
            if not connection.is_closed():
                self.lent += 1
                return connection
            await self.dismiss(connection)
        began = perf_counter()
        try:
            connection = await self._draw_or_wait()
        except TimeoutError as late:
            self.refused += 1
            log.warning("database_busy", waited=self._wait, size=self._pool.get_size())
            raise Busy from late
        finally:
            self.waited += perf_counter() - began
        self.lent += 1
        return connection

    def give_back(self, connection: PooledConnection) -> bool:
        """Take back a connection that is free again; false for one that ``dismiss`` has to look after."""
        if connection.is_closed() or connection.is_in_transaction():
            return False
        waiting = self._next_in_line() if self._line else None
        if waiting is None:
            self._idle.append(connection)
        else:
            waiting.set_result(connection)
        return True

    async def dismiss(self, connection: PooledConnection) -> None:
        """Let the pool have a connection back, whatever state it is in.

        Goes on when its caller is cancelled.
        """
        await asyncio.shield(self._leave(connection))

    async def close(self) -> None:
        """Give every connection that is at hand back to the pool. What is lent comes back by its borrower."""
        self._tidying.cancel()
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(self._tidying, return_exceptions=True)
        while self._idle:
            await self.dismiss(self._idle.pop())

    async def _draw_or_wait(self) -> PooledConnection:
        """Raises ``TimeoutError``."""
        if self._out < self._pool.get_max_size() and not self._line:
            self._out += 1
            return await self._draw()
        loop = asyncio.get_running_loop()
        turn = _Turn(loop.create_future(), loop.time() + self._wait)
        self._line.append(turn)
        if self._timer is None:
            self._timer = loop.call_later(self._wait, self._give_up, loop)
        future = turn.future
        try:
            connection = await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:  # it came as we left
                self._pass_on(future.result())
            raise
        return await self._draw() if connection is None else connection

    async def _draw(self) -> PooledConnection:
        """A connection of the pool's, which has been counted as out already."""
        try:
            async with asyncio.timeout(self._wait):
                proxy: Any = await self._pool.acquire()
        except BaseException:
            self._pass_on(None)
            raise
        connection: PooledConnection = proxy.itself
        self._proxies[connection] = proxy
        return connection

    def _pass_on(self, connection: PooledConnection | None) -> None:
        """Give a connection, or the right to draw one, to the next in line."""
        if connection is not None:
            if not self.give_back(connection):
                self._leave(connection)
            return
        waiting = self._next_in_line()
        if waiting is None:
            self._out -= 1
        else:
            waiting.set_result(None)

    def _next_in_line(self) -> "asyncio.Future[PooledConnection | None] | None":
        while self._line:
            waiting = self._line.popleft().future
            if not waiting.done():
                return waiting
        return None

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell those who have waited too long. All wait equally long, so the first to come is the first."""
        self._timer = None
        now = loop.time()
        while self._line:
            turn = self._line[0]
            if turn.until > now and not turn.future.done():
                self._timer = loop.call_later(turn.until - now, self._give_up, loop)
                return
            self._line.popleft()
            if not turn.future.done():
                turn.future.set_exception(TimeoutError())

    def _leave(self, connection: PooledConnection) -> asyncio.Task[None]:
        task = asyncio.create_task(self._release(connection))
        self._leaving.add(task)  # the loop itself holds no task
        task.add_done_callback(self._leaving.discard)
        return task

    async def _release(self, connection: PooledConnection) -> None:
        try:
            await self._pool.release(self._proxies.pop(connection))
        finally:
            self._pass_on(None)

    async def _keep_tidy(self) -> None:
        while True:
            self._spare = len(self._idle)
            await asyncio.sleep(TIDY)
            for _ in range(min(self._spare, self._out - self._pool.get_min_size())):
                self._leave(self._idle.pop(0))
