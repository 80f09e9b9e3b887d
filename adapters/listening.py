"""One connection to Redis that listens.

redis-py's own PubSub is not used: it reconnects without a word, and nobody knows that something was missed.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from typing import Any

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

TIMEOUT = 5.0  # seconds Redis may take to answer
SILENCE = 15.0  # seconds without a word before the line is tested, and then before it is given up


class LineDown(Exception):
    """The connection is lost, or was never had."""


class Line:
    """A connection that hears messages on topics; ``prefix`` and topic make the name of Redis's channel.

    ``is_shard``: it leads to a node of a cluster, and the channels are of that node's slots. ``tune`` and
    ``messages`` are for one task each, at the same time: one writes, the other reads.
    """

    def __init__(self, connection: AbstractConnection, prefix: str, *, is_shard: bool = False) -> None:
        self._connection = connection
        self._is_shard = is_shard
        self._prefix = prefix
        self._tuned: set[str] = set()
        self._numbers = itertools.count(1)
        self._pongs: dict[str, asyncio.Future[None]] = {}

    async def open(self) -> None:
        """Connect. Raises ``LineDown``."""
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._connection.connect()  # type: ignore[no-untyped-call]  # redis-py left it untyped
        except (RedisError, OSError, TimeoutError) as down:
            raise LineDown(str(down) or "Redis does not answer") from down

    async def close(self) -> None:
        await self._connection.disconnect(nowait=True)

    async def tune(self, wanted: Mapping[str, bool]) -> None:
        """Listen to the topics that are wanted, no more to those that are not.

        Redis has done it when this returns. Raises ``LineDown``.
        """
        more = [self._prefix + topic for topic, want in wanted.items() if want and topic not in self._tuned]
        less = [self._prefix + topic for topic, want in wanted.items() if not want and topic in self._tuned]
        for topic, want in wanted.items():
            (self._tuned.add if want else self._tuned.discard)(topic)
        for command, channels in (("SUBSCRIBE", more), ("UNSUBSCRIBE", less)):
            if self._is_shard:
                for channel in channels:  # one command may name those of one slot only
                    await self._send(f"S{command}", channel)
            elif channels:
                await self._send(command, *channels)
        # Redis answers in order: when it answers this, it has done what was asked before.
        number = str(next(self._numbers))
        pong = self._pongs[number] = asyncio.get_running_loop().create_future()
        await self._send("PING", number)
        try:
            async with asyncio.timeout(TIMEOUT):  # 3.11's wait_for loses a cancellation that meets the answer
                await pong
        except TimeoutError as late:
            raise LineDown("Redis does not answer") from late

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        """Topic and text of each message, as they come. Raises ``LineDown``."""
        tested = False
        while True:
            try:
                answer: Any = await self._connection.read_response(timeout=SILENCE, disconnect_on_error=False)
            except (RedisError, OSError) as down:
                raise LineDown(str(down)) from down
            match answer:
                case None if tested:
                    raise LineDown("Redis is silent")
                case None:
                    await self._send("PING", "")
                case [b"message" | b"smessage", channel, text]:
                    yield channel.decode()[len(self._prefix) :], text
                case [b"sunsubscribe", channel, _] if channel.decode()[len(self._prefix) :] in self._tuned:
                    raise LineDown("a slot has moved to another node")
                case [b"pong", number] | (bytes() as number):  # bare as long as no topic is listened to
                    pong = self._pongs.pop(number.decode(), None)
                    if pong is not None and not pong.done():
                        pong.set_result(None)
                case _:
                    pass  # a subscription confirmed: the answer to the ping says it for all
            tested = answer is None

    async def _send(self, *command: str) -> None:
        """Raises ``LineDown``, also where redis-py would connect anew by itself."""
        if not self._connection.is_connected:
            raise LineDown("the connection is closed")
        try:
            await self._connection.send_command(*command, check_health=False)
        except (RedisError, OSError) as down:
            raise LineDown(str(down)) from down
