"""``./run bench``: what is fast and what is not, measured; bench/README.md says what with what."""

import subprocess
import sys
from typing import Annotated

import typer


def bench(
    what: Annotated[str, typer.Argument(help="What to measure; bench/README.md lists it.")] = "requests",
    *,
    quick: Annotated[bool, typer.Option(help="A small shop and one short round; nothing is kept.")] = False,
    part: Annotated[list[str] | None, typer.Option(help="Only this part of live; nothing is kept.")] = None,
) -> None:
    """Compare speeds, about five minutes; the figures are written to bench/results."""
    command = [sys.executable, "-m", "bench", what, *(["--quick"] if quick else [])]
    command += [word for name in part or () for word in ("--part", name)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)
