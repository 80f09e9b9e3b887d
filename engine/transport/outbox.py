"""What is on its way to one client. Whoever tells it something does not wait for it; its bounds are ours."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Hashable
from types import coroutine
from typing import Any, Final

MESSAGES: Final = 256  # that may wait for a client
BYTES: Final = 256 << 10  # in all of them

_Key = tuple[Hashable, Hashable]


class Overflow(Exception):
    """The client does not keep up."""


class Outbox:
    """Sends messages one after another, by ``send``; as long as that never waits there is no task.

    ``lost`` is called once with what ended it: a ``TimeoutError`` where the client took longer than
    ``timeout`` seconds for one message, or what ``send`` raised.
    """

    __slots__ = ("_in_hand", "_lost", "_number", "_send", "_size", "_task", "_timeout", "_waiting")

    def __init__(
        self,
        send: Callable[[bytes], Coroutine[Any, Any, None]],
        lost: Callable[[Exception], None],
        timeout: float,
    ) -> None:
        self._send = send
        self._lost: Callable[[Exception], None] | None = lost
        self._timeout = timeout
        self._task: asyncio.Task[None] | None = None
        self._waiting: dict[_Key, bytes] = {}
        self._number = 0  # of messages that were offered, and wait
        self._size = 0  # of these
        self._in_hand = 0  # bytes of the message that the client is slow to take

    @property
    def is_free(self) -> bool:
        """Whether nothing is on its way, and the client not lost."""
        return self._task is None and self._lost is not None

    @property
    def held(self) -> int:
        """Bytes that are kept here for the client."""
        return self._in_hand + sum(map(len, self._waiting.values()))

    def offer(self, owner: Hashable, message: bytes, about: Hashable = None) -> None:
        """Send as soon as it can be, and do not wait.

        Takes the place of a waiting one of its owner ``about`` the same. Raises ``Overflow``.
        """
        if self._task is None:
            self._begin(message)
            return
        key = (owner, object() if about is None else about)
        self._take(key)
        if self._number >= MESSAGES or (self._number and self._size + len(message) > BYTES):
            raise Overflow
        self._waiting[key] = message
        self._number += 1
        self._size += len(message)

    async def write(self, owner: Hashable, message: bytes) -> None:
        """Send, and wait until it is on its way. Cancelled while it waits, it is not sent."""
        if self._task is None:
            task = self._begin(message)
            if task is not None:
                await asyncio.wait([task])
            return
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[owner, sent] = message
        try:
            await sent
        finally:
            self._waiting.pop((owner, sent), None)

    def forget(self, owner: Hashable) -> None:
        """Send nothing more of the owner's."""
        for key in [key for key in self._waiting if key[0] == owner]:
            self._take(key)

    async def close(self) -> None:
        """Send nothing more."""
        self._lost = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self, message: bytes) -> asyncio.Task[None] | None:
        if self._lost is None:
            return None
        try:
            rest = begun(self._send(message))
        except Exception as exception:  # noqa: BLE001 - whoever has the outbox knows what it means
            self._fail(exception)
            return None
        if rest is not None:
            self._in_hand = len(message)
            self._task = asyncio.create_task(self._drain(rest))
        return self._task

    def _take(self, key: _Key) -> bytes | None:
        """The waiting message under the key, no longer waiting; None where there is none."""
        message = self._waiting.pop(key, None)
        if message is not None and not isinstance(key[1], asyncio.Future):
            self._number -= 1
            self._size -= len(message)
        return message

    async def _drain(self, rest: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await rest
            while self._waiting:
                key = next(iter(self._waiting))
                message = self._take(key) or b""
                self._in_hand = len(message)
                async with asyncio.timeout(self._timeout):
                    await self._send(message)
                if isinstance(key[1], asyncio.Future) and not key[1].done():
                    key[1].set_result(None)
        except Exception as exception:  # noqa: BLE001 - as above
            self._fail(exception)
        finally:
            self._task = None
            for _, sent in self._waiting:
                if isinstance(sent, asyncio.Future) and not sent.done():
                    sent.set_result(None)
            self._waiting.clear()
            self._number = self._size = self._in_hand = 0

    def _fail(self, exception: Exception) -> None:
        lost, self._lost = self._lost, None
        if lost is not None:
            lost(exception)


def begun(work: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Do the work up to where it has to wait; what is left of it, if that ever comes."""
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    try:
        while True:
            try:
                sent = yield awaited
            except BaseException as thrown:  # noqa: BLE001 - it is for the work to catch
                awaited = work.throw(thrown)
            else:
                awaited = work.send(sent)
    except StopIteration:
        return
