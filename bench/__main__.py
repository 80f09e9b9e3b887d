"""``python -m bench WHAT``: what ``./run bench`` hands over to."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path

import uvloop

from bench import caching, checkouts, commands, hostile, live, newcomers, postgraphile, requests, verifying

RESULTS = Path(__file__).parent / "results"
# Each measures, quickly (everything runs, roughly) or in full, and gives the Markdown of its figures.
MEASURES: Mapping[str, Callable[[bool], Awaitable[str]]] = {
    "caching": caching.measure,
    "checkouts": checkouts.measure,
    "commands": commands.measure,
    "hostile": hostile.measure,
    "live": live.measure,
    "newcomers": newcomers.measure,
    "postgraphile": postgraphile.measure,
    "requests": requests.measure,
    "verify": verifying.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--quick", action="store_true", help="a small shop, one short round, nothing kept")
    parser.add_argument("--part", action="append", default=[], help="of live: only this part, nothing kept")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        text = runner.run(_measured(asked.what, quick=asked.quick, only=asked.part))
    print(text)  # noqa: T201 - the figures are the point
    if not asked.quick and not asked.part:
        (RESULTS / f"{asked.what}.md").write_text(text)


async def _measured(what: str, *, quick: bool, only: Collection[str]) -> str:
    if only:
        return await live.measure(quick, only)
    return await MEASURES[what](quick)


if __name__ == "__main__":
    main()
