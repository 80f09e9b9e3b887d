"""``./run bench``: how fast it is, beside the reference executor and beside handlers written by hand."""

import subprocess
import sys
from typing import Annotated

import typer


def bench(
    *, quick: Annotated[bool, typer.Option(help="A small shop and one short round; nothing is kept.")] = False
) -> None:
    """Compare speeds, about five minutes; bench/README.md says what with what."""
    command = [sys.executable, "-m", "bench", *(["--quick"] if quick else [])]
    raise typer.Exit(subprocess.run(command, check=False).returncode)
