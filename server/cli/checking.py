"""``./run check``: everything that is checked without running the shop."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import typer
from rich.console import Console

SDL: Final = Path("schema/schema.graphql")
# A contract may lie in a folder beside the checkout. The promise to its clients is kept in the SDL itself.
CONTRACT: Final = "*/contract/coverage.py"

CHECKS: Final = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy", "."],
    "floors": ["lint-imports"],
    "dependencies": ["deptry", "."],
    "SDL": ["python", "-m", "server.cli", "schema", "--check"],
}


def check() -> None:
    """Lint, format, types, floors, dependencies, SDL and contract: all of them, then the verdict."""
    console = Console(highlight=False)
    checks = {
        name: [str(Path(sys.executable).parent / program), *rest] for name, (program, *rest) in CHECKS.items()
    }
    contract = next(Path("..").glob(CONTRACT), None)
    if contract is not None:
        checks["contract"] = [sys.executable, str(contract), str(SDL), "--level", "storefront", "--missing"]

    failed = [name for name, command in checks.items() if not _passes(console, name, command)]

    if contract is None:
        console.print(f"contract: skipped, there is no ../{CONTRACT}")
    console.print(f"[red]failed: {', '.join(failed)}" if failed else "[green]all checks pass")
    raise typer.Exit(1 if failed else 0)


def _passes(console: Console, name: str, command: list[str]) -> bool:
    console.rule(name, align="left")
    return subprocess.run(command, check=False).returncode == 0
