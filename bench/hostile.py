"""``./run bench hostile``: how long refusing takes what wears a server out, and what others notice of it."""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import orjson

from adapters.signing import generate_private_key
from bench import growing
from bench.attacks import BODIES, DOCUMENTS
from bench.clients import posted
from bench.comparing import QUICK, free_port, serving
from bench.shops import PUBLIC_URL
from db import migrating
from server.embedded import embedded_servers

REFUSED_WITHIN, STALLED_WITHIN = 50.0, 100.0  # milliseconds
PING = {"query": '{ product(slug: "product-1", channel: "web") { name } }'}
PAUSE = 0.005  # seconds between an answer to the other client and what it asks next
ATTACKERS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds. ``alone``: to answer the attack, the median. Then what another client waits meanwhile."""

    title: str
    answer: str
    alone: float
    usual: float
    longest: float


class Line:
    """A connection of one client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes) -> tuple[float, bytes]:
        """How many milliseconds the answer took, and its body."""
        began = perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"
        )
        body = await self._reader.readexactly(length)
        return (perf_counter() - began) * 1000, body

    def close(self) -> None:
        self._writer.close()


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    async with AsyncExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matvis-bench-")))
        servers = await stack.enter_async_context(embedded_servers(place, durable=False))
        await migrating.upgrade(servers.database_url)
        await growing.grow(servers.database_url, QUICK.size)
        port = free_port()
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
            "INTROSPECTION": "everyone",
            # What a customer may send: guests are refused most of it.
            "DOCUMENT_TOKENS_GUEST": "2000",
            "DOCUMENT_DEPTH_GUEST": "20",
            "DOCUMENT_SELECTIONS_GUEST": "3000",
            "DOCUMENT_ALIASES_GUEST": "250",
            "DOCUMENT_ROOT_FIELDS_GUEST": "50",
            "COST_LIMIT_GUEST": "100000",
        }
        await stack.enter_async_context(serving("plan", port, environ))
        figures = [await _nothing(port, 0.5 if quick else 3.0)]
        for title, bodies in _attacks():
            figures.append(await _attacked(port, title, bodies, 0.3 if quick else 2.0))
    return _written(figures)


def _attacks() -> Iterator[tuple[str, Iterator[Any]]]:
    """Each under its name, over and over; no document is sent twice, or it would be known."""
    for title, text in DOCUMENTS.items():
        yield title, ({"query": f"#{number}\n{text}"} for number in itertools.count())
    for title, body in BODIES.items():
        yield title, itertools.repeat(body)


async def _nothing(port: int, seconds: float) -> Figure:
    waits = await _pings(port, asyncio.create_task(asyncio.sleep(seconds)))
    return Figure("(nothing)", "", 0.0, median(waits), max(waits))


async def _attacked(port: int, title: str, bodies: Iterator[Any], seconds: float) -> Figure:
    """The attack alone, then by several at once while another client goes on."""
    prepared = [_request(next(bodies)) for _ in range(60)]
    line = await _line(port)
    asked = [await line.ask(request) for request in prepared[:9]]
    line.close()
    attack = asyncio.create_task(_attack(port, itertools.cycle(prepared[9:]), seconds))
    waits = await _pings(port, attack)
    await attack
    return Figure(title, _code(asked[0][1]), median(took for took, _ in asked), median(waits), max(waits))


async def _attack(port: int, requests: Iterator[bytes], seconds: float) -> None:
    until = perf_counter() + seconds

    async def client() -> None:
        line = await _line(port)
        while perf_counter() < until:
            await line.ask(next(requests))
        line.close()

    await asyncio.gather(*(client() for _ in range(ATTACKERS)))


async def _pings(port: int, attack: asyncio.Task[None]) -> Sequence[float]:
    """What each question of an ordinary client took while the attack went on."""
    line = await _line(port)
    waits = []
    while not attack.done():
        waits.append((await line.ask(_request(PING)))[0])
        await asyncio.sleep(PAUSE)
    line.close()
    return waits


async def _line(port: int) -> Line:
    return Line(*await asyncio.open_connection("127.0.0.1", port))


def _request(body: Any) -> bytes:
    return posted("/graphql/", orjson.dumps(body))


def _code(body: bytes) -> str:
    errors = orjson.loads(body).get("errors")
    return errors[0]["extensions"]["code"] if errors else "answered"


def _written(figures: Sequence[Figure]) -> str:
    rows = [
        f"| {one.title} | {one.answer} | {_told(one.alone, REFUSED_WITHIN)} | {one.usual:.1f} "
        f"| {_told(one.longest, STALLED_WITHIN)} |"
        for one in figures
    ]
    return "\n".join(
        [
            f"# Figures of {datetime.now(UTC).date().isoformat()}",
            "",
            "Milliseconds. Each document is new to the server, and has a customer's limits. *Alone* is the",
            "median of nine answers; then",
            f"{ATTACKERS} clients send it as fast as they are answered while another one asks for a product:",
            "what that one usually waits, and at most. Clients, server and Postgres share two cores.",
            "",
            "| | answer | alone | another waits | at most |",
            "| --- | --- | ---: | ---: | ---: |",
            *rows,
            "",
        ]
    )


def _told(milliseconds: float, most: float) -> str:
    return f"{milliseconds:.1f}" if milliseconds <= most else f"**{milliseconds:.1f}**"
