"""A transaction is opened by a command, and by nobody else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = (
    "server",
    "engine",
    "resolvers",
    "subscriptions",
    "schema",
    "loaders",
    "adapters",
    "domain",
    "db",
)
OPENER = ROOT / "db" / "pool.py"


def openings(path: Path) -> list[int]:
    """The lines that call something named ``transaction``."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "transaction"
    ]


@pytest.mark.parametrize("floor", ELSEWHERE)
def test_only_commands_open_transactions(floor: str) -> None:
    found = {
        str(path.relative_to(ROOT)): openings(path)
        for path in (ROOT / floor).rglob("*.py")
        if path != OPENER and openings(path)
    }

    assert found == {}
