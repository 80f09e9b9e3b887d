"""``python -m bench``: what ``./run bench`` hands over to."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.comparing import FULL, QUICK, compare
from bench.table import written

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--quick", action="store_true", help="a small shop, one short round, nothing kept")
    quick = parser.parse_args().quick
    effort = QUICK if quick else FULL
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(compare(effort))
    text = written(figures, effort, datetime.now(UTC).date())
    print(text)  # noqa: T201 - the table is the point
    if not quick:
        RESULTS.write_text(text)


if __name__ == "__main__":
    main()
