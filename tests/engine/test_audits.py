"""GraphQL over HTTP, judged by the audits of the package graphql-http."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "audits"


async def run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()
    return out.decode()


@pytest.fixture
async def audits() -> None:
    """The audits' packages, installed once where git ignores them."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not here")
    if not (HERE / "node_modules" / "graphql-http").exists():
        await run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")


@pytest.mark.usefixtures("audits")
async def test_every_audit_of_graphql_over_http_passes(serving: Any) -> None:
    async with serving() as server:
        printed = await run("node", "audit.mjs", server.url)

    results = json.loads(printed)

    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
