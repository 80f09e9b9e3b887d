"""``./run bench caching``: answers that are told again, beside constant ones from the same HTTP stack."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import orjson

from bench.asking import Question, questions
from bench.clients import Failed, ask, posted, throughput
from bench.comparing import FULL, QUICK, Effort, free_port, serving, worked
from bench.constant import answers_in
from bench.shops import grown

SIDES = ("kept", "made", "constant")
NAMES = ("product", "product_page", "listing")
LEAST = 0.7
READY = 3.0  # seconds after which a process hears events, and keeps answers
PROGRAMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "kept": ("plan", {"CACHE_BYTES": str(64 << 20)}),
    "made": ("plan", {}),
    "constant": ("constant", {}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of the table: requests whose answers are at hand, and their size in bytes."""

    title: str
    requests: Mapping[str, Sequence[bytes]]
    size: int


class Rate(NamedTuple):
    """Answers a second, and microseconds for which the server's processor worked on one."""

    answers: float
    work: float


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    effort = QUICK if quick else FULL
    async with grown(effort.size) as shop, AsyncExitStack() as stack:
        place = Path(shop.environ["DATA_DIR"])
        answers_in(place).mkdir()
        ports = {side: free_port() for side in SIDES}
        processes = {
            side: await stack.enter_async_context(serving(program, ports[side], {**shop.environ, **changed}))
            for side, (program, changed) in PROGRAMS.items()
        }
        await asyncio.sleep(READY)
        asked = [await _asked(question, ports, place) for question in _questions()]
        rates: dict[tuple[str, str], list[Rate]] = {}
        for turn in range(effort.rounds):
            for one in asked:
                for side in (*SIDES[turn % 3 :], *SIDES[: turn % 3]):
                    rate = await _rate(processes[side], ports[side], one.requests[side], effort.seconds)
                    rates.setdefault((one.title, side), []).append(rate)
    medians = {key: Rate(*map(median, zip(*found, strict=True))) for key, found in rates.items()}
    return _written(asked, medians, effort)


async def _rate(process: int, port: int, requests: Sequence[bytes], seconds: float) -> Rate:
    began, before = perf_counter(), worked(process)
    rate = await throughput(port, requests, seconds)
    return Rate(rate, 1000 * (worked(process) - before) / (rate * (perf_counter() - began)))


def _questions() -> list[Question]:
    return [question for question in questions() if question.name in NAMES]


async def _asked(question: Question, ports: Mapping[str, int], place: Path) -> Asked:
    """The same question to each side. Raises ``Failed`` where their answers differ."""
    sent = question.requests("plan", "")[:1]
    answer = await ask(ports["kept"], sent[0])
    again = await ask(ports["kept"], sent[0])
    made = await ask(ports["made"], sent[0])
    if not answer == again == made or orjson.loads(answer)["data"] is None:
        raise Failed(f"{question.title}: {answer!r} {again!r} {made!r}")
    name = question.title.replace(" ", "-").replace("'", "")
    (answers_in(place) / name).write_bytes(answer)
    body = sent[0].partition(b"\r\n\r\n")[2]
    constant = [posted(f"/{name}", body)]
    return Asked(question.title, {"kept": sent, "made": sent, "constant": constant}, len(answer))


def _written(asked: Sequence[Asked], rates: Mapping[tuple[str, str], Rate], effort: Effort) -> str:
    day, told = datetime.now(UTC).date(), f"{effort.rounds} rounds, {effort.seconds:g} s each"
    lines = [
        "# Answers that are told again",
        "",
        f"Answers a second, {day}; the median of {told}, with 16 clients.",
        "",
        "*Work* is how long the server's own processor takes for an answer, in microseconds: what else runs",
        "on the machine disturbs that less. The ratios say how near a kept answer comes to a constant one;",
        "*made* is what the same server tells without keeping any.",
        "",
        "| answer | bytes | kept | constant | ratio | work: kept | constant | ratio | is to be | made |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in asked:
        kept, made, constant = (rates[one.title, side] for side in SIDES)
        lines.append(
            f"| {one.title} | {one.size:,} | {kept.answers:,.0f} | {constant.answers:,.0f} "
            f"| {kept.answers / constant.answers:.2f} | {kept.work:.1f} | {constant.work:.1f} "
            f"| {constant.work / kept.work:.2f} | {LEAST} | {made.answers:,.0f} |"
        )
    return "\n".join([*lines, ""])
