"""``./run bench newcomers``: what a document costs that nobody has sent before, and what many hold."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import NamedTuple

import orjson
from graphql import GraphQLSchema

from bench.asking import DOCUMENTS, Question, questions
from bench.clients import posted, read_answer
from bench.comparing import FULL, HOST, QUICK, free_port, serving, worked
from bench.reading import STEPS, steps_of
from bench.shops import grown
from engine.documents import MAX_BYTES, Documents
from engine.plans.shelf import MOST_ON_SHELF, SELECTION_BYTES
from server.api import build_schema

MOST = 8.0  # ms that a document may cost more the first time
HELD = "product_page"  # the document whose likes fill the memory
BOUND = MAX_BYTES + MOST_ON_SHELF * SELECTION_BYTES
# At the end of a selection or between two of its fields, not as an argument.
RENAMED = re.compile(r"(?<![$\w])(id|amount|url|edges|node|gross|hasNextPage|email)\b(?=[ \n])")
COLD = 20  # documents before the process is warm
COLUMNS = (
    "document",
    "known",
    "more",
    "more, 90 of 100",
    "processor: known",
    "more",
    "more, 90 of 100",
    "is to be",
)
Send = Callable[[bytes], Awaitable["Took"]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How many documents are met of each kind, and how many for their memory."""

    times: int
    held: int


class Took(NamedTuple):
    """Milliseconds until the answer was there, and those for which a processor ran the server."""

    passed: float
    worked: float


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One row of the table: what known documents took, and new ones more; the steps of reading one."""

    title: str
    known: Took
    more: Sequence[Took]
    steps: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a process: warm, after ``held`` documents and after as many more; what the registry counts."""

    held: int
    found: Sequence[int]
    kept: int
    counted: int


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    effort = Effort(5, 40) if quick else Effort(150, 1_000)
    schema = build_schema().graphql
    asked = {question.name: question for question in reversed(questions())}
    async with grown((QUICK if quick else FULL).size) as shop:
        port = free_port()
        async with serving("plan", port, shop.environ) as process, _client(port, process) as send:
            newcomers = [
                await _newcomer(send, asked[name], schema, shop.token, effort.times)
                for name in reversed(asked)
            ]
        port = free_port()
        async with serving("plan", port, shop.environ) as process, _client(port, process) as send:
            memory = await _memory(send, process, asked[HELD], schema, effort.held)
    return _written(newcomers, memory, effort)


def text_of(question: Question, number: int) -> str:
    """The question's document as nobody has sent it: the operation and a field of each object are renamed."""
    text = (DOCUMENTS / f"{question.name}.graphql").read_text()
    named = re.sub(r"^(query|mutation) (\w+)", rf"\1 \2_{number}", text)
    return RENAMED.sub(rf"\1_{number}: \1", named)


@asynccontextmanager
async def _client(port: int, process: int) -> AsyncIterator[Send]:
    """One connection to the server that is this process."""
    reader, writer = await asyncio.open_connection(HOST, port)

    async def send(request: bytes) -> Took:
        began, before = perf_counter(), worked(process)
        writer.write(request)
        await read_answer(reader)
        passed = perf_counter() - began
        await asyncio.sleep(0.001)  # it may have to put things away
        return Took(passed * 1000, worked(process) - before)

    try:
        yield send
    finally:
        writer.close()
        await writer.wait_closed()


def _request(question: Question, number: int, token: str | None) -> bytes:
    given = {"query": text_of(question, number), "variables": question.variables[0]}
    return posted("/graphql/", orjson.dumps(given), token)


async def _newcomer(
    send: Send, question: Question, schema: GraphQLSchema, token: str, times: int
) -> Newcomer:
    """Each document is sent three times; the first is held against the third."""
    known: list[Took] = []
    more: list[Took] = []
    for number in range(COLD + times):
        request = _request(question, number, token if question.logged_in else None)
        first, _, third = [await send(request) for _ in range(3)]
        known.append(third)
        more.append(Took(first.passed - third.passed, first.worked - third.worked))
    texts = [text_of(question, number) for number in range(COLD + times)]
    steps = steps_of(schema, texts, question.variables[0], times)
    passed, worked = (median(part) for part in zip(*known[COLD:], strict=True))
    return Newcomer(question.name, Took(passed, worked), more[COLD:], steps)


async def _memory(send: Send, process: int, question: Question, schema: GraphQLSchema, held: int) -> Memory:
    documents = Documents(schema)
    for _ in range(200):
        await send(_request(question, 0, None))
    found = [_resident(process)]
    for number in range(1, 2 * held + 1):
        await send(_request(question, number, None))
        if number % held == 0:
            found.append(_resident(process))
    for number in range(1, held + 1):
        documents.find(text_of(question, number))
    return Memory(held, found, len(documents), documents.weight)


def _resident(process: int) -> int:
    """Bytes of real memory that a process has."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) << 10


def _written(newcomers: Sequence[Newcomer], memory: Memory, effort: Effort) -> str:
    return "\n".join(
        [
            "# Documents that are new",
            "",
            f"Milliseconds, {datetime.now(UTC).date()}; one client, {effort.times} documents of each kind,",
            "no two of them alike. *More* is what the first answer took over the third: of time, and of the",
            f"server's processor, which is to be {MOST:g} ms at most. The steps, in a process without a",
            "server, are medians of processor time. The documents of a kind have one shape, whose Python is",
            "compiled once; the last step is what compiling takes where no document had it.",
            "",
            f"| {' | '.join([*COLUMNS, *STEPS])} |",
            f"|---|{'---:|' * (len(COLUMNS) - 1 + len(STEPS))}",
            *map(_row, newcomers),
            "",
            *_held(memory),
            "",
        ]
    )


def _held(memory: Memory) -> list[str]:
    before, after, later = memory.found
    verdicts = ["" if size - before <= BOUND else " (**beyond the bound**)" for size in (after, later)]
    return [
        "## Memory",
        "",
        f"A fresh server of {_mib(before)} has {_mib(after)} after {memory.held:,} different product pages,",
        f"each asked once: {_mib(after - before)} more{verdicts[0]}, and {_mib(later - before)} after as",
        f"many again{verdicts[1]}. The bound is {_mib(BOUND)}: {_mib(MAX_BYTES)} of documents, and",
        f"{MOST_ON_SHELF:,} compiled selections of {SELECTION_BYTES:,} bytes. By its own count the",
        f"registry keeps {memory.kept:,} of these documents, in {_mib(memory.counted)}.",
    ]


def _row(one: Newcomer) -> str:
    passed, worked = ([took[part] for took in one.more] for part in (0, 1))
    cells = [
        *_three(one.known.passed, passed),
        *_three(one.known.worked, worked),
        f"{MOST:g}" if median(worked) <= MOST else f"**{MOST:g}: missed**",
        *(f"{one.steps[step]:.2f}" for step in STEPS),
    ]
    return f"| {' | '.join([one.title, *cells])} |"


def _three(known: float, more: Sequence[float]) -> list[str]:
    return [f"{number:.1f}" for number in (known, median(more), quantiles(more, n=10)[-1])]


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"
