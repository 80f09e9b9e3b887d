"""A cluster of Valkeys of a test's own, whose nodes can be stopped and started, and their slots moved."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError

from server.embedded import binaries
from server.embedded.process import Program, account, give, running

SLOTS = 16_384


class Node:
    """One server of the cluster, with a port of its own that it keeps."""

    def __init__(self, place: Path, hold: int) -> None:
        self.port, self._bus = _free_ports()
        self._home = place / str(self.port)
        self._hold = hold
        self._stack = AsyncExitStack()
        self.client: Any = Redis(
            host="127.0.0.1", port=self.port, protocol=2, decode_responses=True, retry=Retry(NoBackoff(), 0)
        )

    async def start(self) -> None:
        runner = account()
        give(self._home, runner)
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "cluster-enabled": "yes",
            "cluster-port": str(self._bus),
            "cluster-config-file": "nodes.conf",
            "cluster-node-timeout": "1000",
            "save": "",
            "daemonize": "no",
        }
        command = [str(binaries.valkey({}, runner))]
        command += [word for name, value in options.items() for word in (f"--{name}", value)]
        log = self._home.with_suffix(".log")
        program = Program("Valkey", command, self._home, log, signal.SIGKILL, self._hold)
        await self._stack.enter_async_context(running(program, lambda _: _answers(self.port)))

    async def stop(self) -> None:
        await self.client.aclose()
        await self._stack.aclose()


class Cluster:
    """Three nodes that share the slots between them."""

    def __init__(self, place: Path, hold: int) -> None:
        self.nodes = [Node(place, hold) for _ in range(3)]

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    async def start(self) -> None:
        await asyncio.gather(*(node.start() for node in self.nodes))
        share = SLOTS // len(self.nodes) + 1
        for number, node in enumerate(self.nodes):
            first, last = number * share, min((number + 1) * share, SLOTS) - 1
            await node.client.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
            await node.client.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            await self.nodes[0].client.execute_command("CLUSTER MEET", "127.0.0.1", node.port, node._bus)
        await self.stands()

    async def stands(self) -> None:
        """Wait until every node says that every slot is served, and knows all the others."""
        async with asyncio.timeout(20):
            for node in self.nodes:
                while await _state(node) != ("ok", str(len(self.nodes))):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.02)

    async def stop(self) -> None:
        for node in self.nodes:
            await node.stop()

    async def node_of(self, key: str) -> Node:
        """Who has the key's slot."""
        for node in self.nodes:
            ids = await self._slots(node)
            if any(first <= key_slot(key.encode()) <= last for first, last in ids):
                return node
        raise AssertionError(key)

    async def move(self, key: str) -> None:
        """Give the key's slot, in which nothing is kept, to another node."""
        slot, old = key_slot(key.encode()), await self.node_of(key)
        new = next(node for node in self.nodes if node is not old)
        name = await new.client.execute_command("CLUSTER MYID")
        for node in (new, old, *self.nodes):
            await node.client.execute_command("CLUSTER SETSLOT", slot, "NODE", name)

    async def _slots(self, node: Node) -> list[tuple[int, int]]:
        found = await self.nodes[0].client.execute_command("CLUSTER SLOTS")
        return [(first, last) for first, last, primary, *_ in found if primary[1] == node.port]


async def _state(node: Node) -> tuple[str, str]:
    """How the cluster is, and how many nodes it has, as this one sees it."""
    try:
        info = await node.client.execute_command("CLUSTER INFO")
    except (RedisError, OSError):
        return "", ""
    return info["cluster_state"], info["cluster_known_nodes"]


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(1)
        try:
            connection.connect(("127.0.0.1", port))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
