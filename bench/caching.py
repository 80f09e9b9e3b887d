"""``./run bench caching``: answers that are told again, beside constant ones from the same HTTP stack."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import orjson

from bench.asking import Question, questions
from bench.clients import Failed, ask, posted, throughput
from bench.comparing import FULL, QUICK, Effort, free_port, serving
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


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    effort = QUICK if quick else FULL
    async with grown(effort.size) as shop, AsyncExitStack() as stack:
        place = Path(shop.environ["DATA_DIR"])
        answers_in(place).mkdir()
        ports = {side: free_port() for side in SIDES}
        for side, (program, changed) in PROGRAMS.items():
            await stack.enter_async_context(serving(program, ports[side], {**shop.environ, **changed}))
        await asyncio.sleep(READY)
        asked = [await _asked(question, ports, place) for question in _questions()]
        rates: dict[tuple[str, str], list[float]] = {}
        for turn in range(effort.rounds):
            for one in asked:
                for side in (*SIDES[turn % 3 :], *SIDES[: turn % 3]):
                    rate = await throughput(ports[side], one.requests[side], effort.seconds)
                    rates.setdefault((one.title, side), []).append(rate)
    return _written(asked, {key: median(found) for key, found in rates.items()}, effort)


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


def _written(asked: Sequence[Asked], rates: Mapping[tuple[str, str], float], effort: Effort) -> str:
    day, told = datetime.now(UTC).date(), f"{effort.rounds} rounds, {effort.seconds:g} s each"
    lines = [
        "# Answers that are told again",
        "",
        f"Answers a second, {day}; the median of {told}, with 16 clients.",
        "",
        "| answer | bytes | kept | constant | kept / constant | is to be | made each time |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in asked:
        kept, made, constant = (rates[one.title, side] for side in SIDES)
        lines.append(
            f"| {one.title} | {one.size:,} | {kept:,.0f} | {constant:,.0f} | {kept / constant:.2f} "
            f"| {LEAST} | {made:,.0f} |"
        )
    return "\n".join([*lines, ""])
