"""Listening to a cluster: a topic is announced by the node that has its slot, and by no other."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Final

from redis.asyncio.cluster import ClusterNode, RedisCluster

from adapters.clusters import FAILURES, connect_cluster
from adapters.listening import TIMEOUT, Line, LineDown

WAITING: Final = 1_000  # messages taken from the nodes before somebody has to read them


class ShardedLine:
    """Lines to the nodes of a cluster that are needed for what is listened to, used as one ``Line`` is.

    When one of them is lost, or a topic moves to another node, all are: whoever opens the next has to make
    good what was missed, and asks the cluster anew which node has what. Messages of one topic come in order,
    those of topics on different nodes may not.
    """

    def __init__(self, url: str, prefix: str) -> None:
        self._cluster: RedisCluster = connect_cluster(url, timeout=TIMEOUT)
        self._prefix = prefix
        self._lines: dict[str, Line] = {}
        self._readers: list[asyncio.Task[None]] = []
        self._heard: asyncio.Queue[tuple[str, bytes] | LineDown] = asyncio.Queue(WAITING)

    async def open(self) -> None:
        """Ask which node has what. Raises ``LineDown``."""
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._cluster.initialize()
        except (*FAILURES, TimeoutError) as down:
            raise LineDown(str(down) or "the cluster does not answer") from down

    async def close(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        for line in self._lines.values():
            await line.close()
        await self._cluster.aclose()

    async def tune(self, wanted: Mapping[str, bool]) -> None:
        """As ``Line.tune``."""
        nodes: dict[str, ClusterNode] = {}
        parts: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for topic, want in wanted.items():
            node = self._node_of(topic)
            nodes[node.name] = node
            parts[node.name][topic] = want
        for name, part in parts.items():
            if name in self._lines or any(part.values()):
                line = self._lines.get(name) or await self._open_line(nodes[name])
                await line.tune(part)

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        """As ``Line.messages``."""
        while True:
            heard = await self._heard.get()
            if isinstance(heard, LineDown):
                raise heard
            yield heard

    def _node_of(self, topic: str) -> ClusterNode:
        try:
            node = self._cluster.get_node_from_key(self._prefix + topic)
        except FAILURES as uncovered:
            raise LineDown(str(uncovered)) from uncovered
        assert node is not None, "only a replica may be missing"
        return node

    async def _open_line(self, node: ClusterNode) -> Line:
        # Whoever listens hears nothing for as long as nothing happens.
        options = {**node.connection_kwargs, "socket_timeout": None}
        line = Line(node.connection_class(**options), self._prefix, is_shard=True)
        self._lines[node.name] = line
        await line.open()
        self._readers.append(asyncio.create_task(self._read(line)))
        return line

    async def _read(self, line: Line) -> None:
        try:
            async for heard in line.messages():
                await self._heard.put(heard)
        except LineDown as down:
            await self._heard.put(down)
