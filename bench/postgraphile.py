"""``./run bench postgraphile``: answers a second, beside PostGraphile over the same database.

Node and npm have to be there; npm fetches what ``packages/package-lock.json`` lists, the first time.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from bench.asking import DOCUMENTS, Question, questions
from bench.clients import CLIENTS, Failed, ask, posted, throughput
from bench.comparing import FULL, QUICK, ROOT, Effort, free_port, serving
from bench.shops import grown

SIDES = ("plan", "postgraphile")
NAMES = ("product_page", "listing")
PACKAGES = Path(__file__).parent / "packages"
PLACE = ROOT / ".tools" / "postgraphile"
FILES = ("package.json", "package-lock.json", "serve.mjs")


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of the table: what each side is sent, what its answer has, and its size in bytes."""

    title: str
    requests: Mapping[str, Sequence[bytes]]
    sizes: Mapping[str, int]


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    effort = QUICK if quick else FULL
    await install()
    async with grown(effort.size) as shop:
        ports = {side: free_port() for side in SIDES}
        async with (
            serving("plan", ports["plan"], shop.environ),
            _postgraphile(shop.database_url, ports["postgraphile"]),
        ):
            asked = [await _asked(question, ports) for question in questions() if question.name in NAMES]
            rates: dict[tuple[str, str], list[float]] = {}
            for turn in range(effort.rounds + 1):
                for one in asked:
                    for side in SIDES if turn % 2 else reversed(SIDES):
                        rate = await throughput(ports[side], one.requests[side], effort.seconds)
                        if turn:  # the first is Node's, to compile what is hot
                            rates.setdefault((one.title, side), []).append(rate)
    return _written(asked, {key: median(found) for key, found in rates.items()}, effort)


async def install() -> None:
    """PostGraphile, put where git does not look. Raises ``Failed``."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Failed("PostGraphile needs node and npm.")
    PLACE.mkdir(parents=True, exist_ok=True)
    known = PLACE / "node_modules" / ".package-lock.json"
    lock = PLACE / "package-lock.json"
    fresh = lock.exists() and lock.read_bytes() == (PACKAGES / lock.name).read_bytes()
    for name in FILES:
        shutil.copy(PACKAGES / name, PLACE / name)
    if fresh and known.exists():
        return
    process = await asyncio.create_subprocess_exec("npm", "ci", "--no-audit", "--no-fund", cwd=PLACE)
    if await process.wait():
        raise Failed("npm could not install PostGraphile.")


@asynccontextmanager
async def _postgraphile(database_url: str, port: int) -> AsyncIterator[None]:
    environ = {**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    process = await asyncio.create_subprocess_exec(
        "node", "serve.mjs", database_url, str(port), cwd=PLACE, env=environ
    )
    try:
        async with asyncio.timeout(60):
            while process.returncode is None:
                with suppress(OSError, Failed):
                    await ask(port, _posted("{ __typename }", {}))
                    break
                await asyncio.sleep(0.2)
            else:
                raise Failed(f"PostGraphile ended with {process.returncode} before it listened.")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _posted(text: str, variables: Mapping[str, Any]) -> bytes:
    return posted("/graphql", orjson.dumps({"query": text, "variables": variables}))


async def _asked(question: Question, ports: Mapping[str, int]) -> Asked:
    """The same page of each side. Raises ``Failed`` where one has more products, variants or pictures."""
    text = (DOCUMENTS / "postgraphile" / f"{question.name}.graphql").read_text()
    given = [{name: one[name] for name in one if name != "channel"} for one in question.variables]
    requests = {
        "plan": question.requests("plan", ""),
        "postgraphile": [_posted(text, variables) for variables in given],
    }
    answers = {side: await ask(ports[side], requests[side][0]) for side in SIDES}
    slugs, skus = (
        [sorted(_named(orjson.loads(answer)["data"], name)) for answer in answers.values()]
        for name in ("slug", "sku")
    )
    pictures = [len(list(_named(orjson.loads(answer)["data"], "alt"))) for answer in answers.values()]
    if slugs[0] != slugs[1] or skus[0] != skus[1] or pictures[0] != pictures[1] or not skus[0]:
        raise Failed(f"{question.title}: {answers}")
    return Asked(question.title, requests, {side: len(answer) for side, answer in answers.items()})


def _named(value: object, name: str) -> list[Any]:
    """Every value under this name, wherever it stands."""
    match value:
        case dict():
            own = [value[name]] if name in value else []
            return [*own, *(found for part in value.values() for found in _named(part, name))]
        case list():
            return [found for part in value for found in _named(part, name)]
    return []


def _written(asked: Sequence[Asked], rates: Mapping[tuple[str, str], float], effort: Effort) -> str:
    version = orjson.loads((PACKAGES / "package.json").read_bytes())["dependencies"]["postgraphile"]
    lines = [
        "# Beside PostGraphile",
        "",
        f"Answers a second, {datetime.now(UTC).date()}; PostGraphile {version};",
        f"{effort.size.products:,} products; {CLIENTS} clients; one process a side, Postgres and the clients",
        "on the same two cores; the sides take turns, and a figure is the median of",
        f"{effort.rounds} rounds of {effort.seconds:g} s.",
        "",
        "| | Matvis | PostGraphile | Matvis : PostGraphile | bytes of each |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for one in asked:
        ours, theirs = (rates[one.title, side] for side in SIDES)
        ratio = f"{ours / theirs:.2f}" if ours > theirs else f"{ours / theirs:.2f} (**behind**)"
        sizes = " / ".join(f"{one.sizes[side]:,}" for side in SIDES)
        lines.append(f"| {one.title} | {ours:,.0f} | {theirs:,.0f} | {ratio} | {sizes} |")
    return "\n".join([*lines, ""])
