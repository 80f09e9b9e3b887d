"""Live fields: how many may listen, how soon they hear, and what that costs."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from typing import Any

import httpx2
import orjson
from redis.asyncio import Redis

from adapters.signing import generate_private_key
from bench import growing
from bench.comparing import free_port, serving, worked
from bench.listeners import Remote, crowd
from bench.shops import PUBLIC_URL
from bench.strawberry_live import CHANNEL as STRAWBERRY
from db import migrating, outbox
from db.pool import Database, PoolOptions, open_database
from domain.events import StockChanged
from schema.ids import to_global
from server.embedded import embedded_servers

STOCK = """subscription ($ids: [ID!]!, $channel: String!) {
  productVariantStockChanged(ids: $ids, channel: $channel) { id name sku quantityAvailable } }"""
PAGE_BYTES = 4096
ROUNDS = 5  # of what takes turns
CPU_ROUNDS = 9  # of what costs CPU, and is short
STOPPED = 10  # that stop reading in each
WATCHED = 89  # variants; of one the newest answer replaces those that wait
LET_GO = "matvis_connections_let_go_total"
MOST_KEPT = "matvis_connections_bytes_most"
LOOK = 0.2  # seconds between looks at them


@dataclass(frozen=True, slots=True)
class Effort:
    """How many listen, and how many events there are."""

    idle: int
    group: int
    events: int
    seconds: float


FULL = Effort(10_000, 1_000, 30, 10.0)
QUICK = Effort(200, 50, 5, 1.0)


def watching(*numbers: int) -> tuple[str, dict[str, Any]]:
    """The subscription to the stock of these variants."""
    ids = [to_global("ProductVariant", number) for number in numbers]
    return STOCK, {"ids": ids, "channel": growing.CHANNEL}


class Process:
    """A server: what the system says of it, and its own figures."""

    def __init__(self, number: int, port: int) -> None:
        self._number = number
        self._figures = f"http://127.0.0.1:{port}/metrics"

    async def figures(self) -> dict[str, float]:
        """Those without labels."""
        async with httpx2.AsyncClient() as http:
            lines = (await http.get(self._figures)).text.splitlines()
        told = (line.split() for line in lines if not line.startswith("#") and "{" not in line)
        return {name: float(value) for name, value in told}

    def kib(self) -> float:
        return int(Path(f"/proc/{self._number}/statm").read_text().split()[1]) * PAGE_BYTES / 1024

    def cpu(self) -> float:
        """Microseconds of CPU so far."""
        return worked(self._number) * 1000


@dataclass
class World:
    """The server, its database, and crowds that listen to it."""

    effort: Effort
    database: Database
    server: Process
    crowds: Sequence[Remote]

    async def connect(self, operations: Sequence[Any], times: int) -> float:
        """Spread over the crowds; how long it took. Half a second for subscriptions to begin."""
        began = monotonic()
        parts = len(self.crowds)
        if times == 1:
            shares: list[Any] = [(operations[part::parts], 1) for part in range(parts)]
        else:
            shares = [(operations, times // parts)] * parts
        await asyncio.gather(
            *(
                one("connect", operations=ops, times=n, path="/graphql/")
                for one, (ops, n) in zip(self.crowds, shares, strict=True)
            )
        )
        took = monotonic() - began
        await asyncio.sleep(1.5)
        return took

    async def everybody(self, name: str, **arguments: Any) -> list[Any]:
        return list(await asyncio.gather(*(one(name, **arguments) for one in self.crowds)))

    async def sell(self, variant: int) -> float:
        """Announce that the stock has changed; when that was committed."""
        async with self.database.transaction() as tx:
            await outbox.record(tx, StockChanged(variant))
        return monotonic()

    async def delays(self, number: int, pause: float, variants: int = 1) -> list[float]:
        """Milliseconds from the commit of each of so many events to its receipt by each listener."""
        await self.everybody("reset")
        times = []
        for count in range(number):
            due = monotonic() + pause
            times.append(await self.sell(1 + count % variants))
            await asyncio.sleep(max(0.0, due - monotonic()))
        heard = [one for part in await self.everybody("hear", number=number, within=10.0) for one in part]
        return [
            (came - committed) * 1000
            for one in heard
            if len(one) == number
            for committed, came in zip(times, one, strict=True)
        ]


def percentiles(delays: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    if not delays:
        return float("inf"), float("inf")
    cut = quantiles(delays, n=100)
    return cut[49], cut[98]


async def measure(quick: bool, only: Collection[str] = ()) -> str:  # noqa: FBT001 - as every bench
    """Everything, or ``only`` some of ``PARTS``, on a shop of its own."""
    effort = QUICK if quick else FULL
    lines = [
        f"# Live fields, {date.today().isoformat()}",  # noqa: DTZ011 - the day here
        "",
        "One server process; Postgres, Valkey and one or two processes of clients on the same two cores;",
        "real sockets.",
        "",
        "| | | aim |",
        "| --- | ---: | ---: |",
    ]
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matvis-live-")))
        servers = await stack.enter_async_context(embedded_servers(place, durable=True))
        await migrating.upgrade(servers.database_url)
        await growing.grow(servers.database_url, growing.TINY)
        environ = {
            "ENVIRONMENT": "production",
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "DATA_DIR": str(place),
            "PUBLIC_URL": PUBLIC_URL,
            "SECRET_KEY": "s" * 32,
            "JWT_PRIVATE_KEY": generate_private_key(),
            "LOG_LEVEL": "warning",
            "COST_BUDGET": "0",
        }
        database = await stack.enter_async_context(open_database(servers.database_url, PoolOptions()))
        for name, part in PARTS.items():
            if not only or name in only:
                lines += await _in_a_world(part, effort, database, environ)
        if not only or "cpu" in only:
            lines += await cpu(effort, database, environ)
    return "\n".join([*lines, ""])


async def _in_a_world(
    part: Callable[[World], Awaitable[list[str]]],
    effort: Effort,
    database: Database,
    environ: Mapping[str, str],
) -> list[str]:
    """A server of its own for each part, so that none inherits another's memory."""
    port = free_port()
    async with serving("live", port, environ) as number, crowd(port) as one, crowd(port) as other:
        await asyncio.sleep(0.5)
        return await part(World(effort, database, Process(number, port), [one, other]))


async def idle(world: World) -> list[str]:
    number = world.effort.idle
    each = number // 2
    # A group each for half of them; the others in a hundred groups.
    await world.connect([watching(1)], 2)
    before = world.server.kib()
    alone = [watching(1 + n % 300, 1 + (n // 300) % 300) for n in range(number // 2)]
    await world.connect(alone, 1)
    half = world.server.kib()
    took = await world.connect([watching(1 + n) for n in range(50)], number // 100)
    after = world.server.kib()
    return [
        f"| {number:,} idle listeners, the whole process | {after / 1024:.0f} MiB | 600 MiB |",
        f"| an idle listener with a group of its own | {(half - before) / (number // 2):.1f} KiB | 40 KiB |",
        f"| an idle listener in a group of {number // 100} | {(after - half) / each:.1f} KiB | 40 KiB |",
        f"| the last {number // 2:,} connect in | {took:.1f} s | 20 s |",
    ]


async def one_group(world: World) -> list[str]:
    await world.connect([watching(1)], world.effort.group)
    await world.delays(2, 0.3)
    _, late = percentiles(await world.delays(world.effort.events, 0.3))
    return [f"| one event to {world.effort.group:,} of one group, p99 | {late:.0f} ms | 100 ms |"]


async def selections(world: World) -> list[str]:
    operations = []
    for number in range(world.effort.group):
        query, variables = watching(1)
        operations.append((query.replace("quantityAvailable", f"q{number}: quantityAvailable"), variables))
    await world.connect(operations, 1)
    await world.delays(2, 1.0)
    _, late = percentiles(await world.delays(world.effort.events // 2, 1.0))
    return [f"| one event to {world.effort.group:,} different selections, p99 | {late:.0f} ms | 500 ms |"]


async def steady(world: World) -> list[str]:
    await world.connect([watching(1)], 100)
    await world.delays(100, 0.005)
    middle, late = percentiles(await world.delays(int(200 * world.effort.seconds), 0.005))
    return [
        f"| 200 events a second to 100 listeners, commit to receipt, p50 | {middle:.1f} ms | 15 ms |",
        f"| the same, p99 | {late:.1f} ms | 75 ms |",
    ]


async def slow(world: World) -> list[str]:
    """Ten of sixty stop reading, until each has been let go; what they watch is long, and changes all over.

    Rounds in which they read and in which they do not take turns, for machines have moods. The ten have small
    buffers, and each round begins with new ones, so that they do stop taking what is sent.
    """
    reading, other = world.crowds
    long = STOCK.replace("{ id", "{ " + " ".join(f"a{n}: sku b{n}: name" for n in range(90)) + " id")
    variables = watching(*range(1, WATCHED + 1))[1]
    await reading("connect", operations=[(long, variables)], times=50, path="/graphql/")
    await asyncio.sleep(1)
    world.crowds = [reading]
    number = int(150 * world.effort.seconds / ROUNDS)
    await world.delays(50, 0.01, WATCHED)
    late: dict[bool, list[float]] = {False: [], True: []}
    held: list[float] = []
    before = (await world.server.figures())[LET_GO]
    for stops in [False, True] * ROUNDS:
        await other("connect", operations=[(long, variables)], times=STOPPED, path="/graphql/", room=4096)
        await asyncio.sleep(0.5)
        if stops:
            await other("stop_reading")
        looking = asyncio.create_task(_look(world.server, held if stops else []))
        late[stops].append(percentiles(await world.delays(number, 0.01, WATCHED))[1])
        looking.cancel()
        await other("close")
    gone = (await world.server.figures())[LET_GO] - before
    usual, beside = median(late[False]), median(late[True])
    moved = median(stopped / read for read, stopped in zip(late[False], late[True], strict=True))
    return [
        f"| p99 of 50 listeners beside {STOPPED} that read, 100 long events a second | {usual:.1f} ms | |",
        f"| p99 of 50 listeners beside {STOPPED} that stop reading | {beside:.1f} ms | |",
        f"| the second over the first, round by round | {moved:.2f} | 1.1 |",
        f"| kept for one that stopped, at most, until it was let go | {max(held) / 1024:.0f} KiB | 1 MiB |",
        f"| of {STOPPED * ROUNDS} that stopped, let go | {gone:.0f} | all |",
    ]


async def _look(server: Process, held: list[float]) -> None:
    """Note the most that the server keeps for one client, time and again."""
    while True:
        held.append((await server.figures())[MOST_KEPT])
        await asyncio.sleep(LOOK)


async def cpu(effort: Effort, database: Database, environ: Mapping[str, str]) -> list[str]:
    """Microseconds of CPU a message, beside Strawberry's own path: both are up, and take turns.

    Each has one process of clients: a server's writes cost more where who reads them sleeps in between.
    """
    port, their_port = free_port(), free_port()
    redis: Redis = Redis.from_url(environ["REDIS_URL"])
    query, variables = watching(1)
    async with (
        redis,
        serving("live", port, environ) as number,
        serving("strawberry", their_port, environ) as their_number,
        crowd(port) as one,
        crowd(their_port) as ears,
    ):
        world = World(effort, database, Process(number, port), [one])
        await world.connect([watching(1)], effort.group)
        await ears("connect", operations=[(query, variables)], times=effort.group, path="/graphql/")
        await asyncio.sleep(1.5)
        message = orjson.dumps({"name": "Size 1", "sku": "SKU-1-1"})

        async def run_theirs(events: int) -> None:
            await ears("reset")
            for _ in range(events):
                await redis.publish(STRAWBERRY, message)
                await asyncio.sleep(0.4)
            await ears("hear", number=events, within=20.0)

        async def used(server: Process, work: Awaitable[object], events: int) -> float:
            before = server.cpu()
            await work
            return (server.cpu() - before) / events / effort.group

        theirs = Process(their_number, their_port)
        await world.delays(10, 0.1)
        await run_theirs(5)
        ours, others = [], []
        each = max(2, effort.events // ROUNDS)
        for turn in range(CPU_ROUNDS):
            # Whoever comes first in one round comes last in the next.
            for mine in (True, False) if turn % 2 else (False, True):
                if mine:
                    ours.append(await used(world.server, world.delays(each * 2, 0.1), each * 2))
                else:
                    others.append(await used(theirs, run_theirs(each), each))
    ratios = [other / own for own, other in zip(ours, others, strict=True)]
    return [
        f"| CPU a message, group of {effort.group:,}, median of {CPU_ROUNDS} | {_spread(ours)} us | |",
        f"| the same, Strawberry's own path | {_spread(others)} us | |",
        f"| the second over the first, round by round | {_spread(ratios)} | 15 |",
    ]


def _spread(figures: Sequence[float]) -> str:
    """The middle, and the least and the most."""
    return f"{median(figures):.1f} ({min(figures):.1f} to {max(figures):.1f})"


PARTS: Mapping[str, Callable[[World], Awaitable[list[str]]]] = {
    "idle": idle,
    "group": one_group,
    "selections": selections,
    "stream": steady,
    "slow": slow,
}
