"""The run itself: servers up, answers compared, throughputs taken in turns, and the table."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import orjson

from bench import growing
from bench.asking import Question, questions
from bench.clients import Failed, ask, throughput
from bench.shops import grown

SIDES = ("plan", "reference", "handwritten")
HOST = "127.0.0.1"
PATIENCE = 90.0  # seconds until a server that does not listen has failed
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work goes into the figures: each is the median of ``rounds``, ``seconds`` each."""

    size: growing.Size
    rounds: int
    seconds: float


FULL = Effort(growing.TARGET, 5, 2.0)
QUICK = Effort(growing.TINY, 1, 0.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """Answers a second, by side."""

    question: Question
    rates: Mapping[str, float]

    @property
    def of_handwritten(self) -> float:
        return self.rates["plan"] / self.rates["handwritten"]

    @property
    def of_reference(self) -> float:
        return self.rates["plan"] / self.rates["reference"]


async def compare(effort: Effort) -> list[Figure]:
    """Everything, on a shop of its own. Raises ``Failed`` where two sides answer differently."""
    async with grown(effort.size) as shop, AsyncExitStack() as stack:
        ports = {side: free_port() for side in SIDES}
        for side, port in ports.items():
            await stack.enter_async_context(serving(side, port, shop.environ))
        asked = questions()
        for question in asked:
            await _check(question, ports, shop.token)
        return await _measure(asked, ports, shop.token, effort)


async def _measure(
    asked: Sequence[Question], ports: Mapping[str, int], token: str, effort: Effort
) -> list[Figure]:
    rates: dict[tuple[str, str], list[float]] = {}
    for turn in range(effort.rounds):
        for question in asked:
            # Whoever comes first in one round comes last in another.
            for side in (*SIDES[turn % 3 :], *SIDES[: turn % 3]):
                rate = await throughput(ports[side], question.requests(side, token), effort.seconds)
                rates.setdefault((question.title, side), []).append(rate)
    return [
        Figure(question, {side: median(rates[question.title, side]) for side in SIDES}) for question in asked
    ]


async def _check(question: Question, ports: Mapping[str, int], token: str) -> None:
    """Every side gives the same answer to each request, but for what a mutation has changed in between."""
    requests = {side: question.requests(side, token) for side in SIDES}
    for number in range(min(5, len(question.variables))):
        answers = [orjson.loads(await ask(ports[side], requests[side][number])) for side in SIDES]
        if question.name == "lines_add":
            answers = [_shape(answer) for answer in answers]
        if answers[0].get("errors") or any(answer["data"] != answers[0]["data"] for answer in answers):
            raise Failed(f"{question.title}: {answers}")


def _shape(answer: dict[str, object]) -> dict[str, object]:
    """With every number replaced: quantities grow from one answer to the next."""

    def shape(value: object) -> object:
        match value:
            case dict():
                return {name: shape(part) for name, part in value.items()}
            case list():
                return [shape(part) for part in value]
            case int():
                return 0
        return value

    return {name: shape(value) for name, value in answer.items()}


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def serving(side: str, port: int, environ: Mapping[str, str]) -> AsyncIterator[int]:
    """A server's process, and its number."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.serving", side, str(port), env=dict(environ), cwd=ROOT
    )
    try:
        await _listening(process, port)
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def worked(process: int) -> float:
    """Milliseconds for which a processor has run the threads of a process."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1_000_000


async def _listening(process: asyncio.subprocess.Process, port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, port)
                writer.close()
                return
            await asyncio.sleep(0.1)
    raise Failed(f"A server ended with {process.returncode} before it listened.")
