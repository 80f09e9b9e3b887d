"""Signs of life: who is welcome, and when."""

import asyncio

import httpx2
import pytest

from db.statements import Connection
from tests.clients import Client


async def status(client: Client, path: str) -> tuple[int, dict[str, str]]:
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        answer = await http.get(path)
    return answer.status_code, answer.json()


async def test_a_server_with_its_database_is_ready(client: Client) -> None:
    assert await status(client, "/readyz") == (200, {"status": "ok"})


async def test_a_server_that_was_told_to_stop_is_alive_and_not_ready(client: Client) -> None:
    client.app.state.readiness.leaving = True

    assert await status(client, "/healthz") == (200, {"status": "ok"})
    assert await status(client, "/readyz") == (503, {"status": "unavailable", "server": "leaving"})


async def test_a_server_whose_database_hangs_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_connection: Connection) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("server.health.PATIENCE", 0.05)
    monkeypatch.setattr("db.health.ping", hang)

    async with asyncio.timeout(5):
        told = await status(client, "/readyz")

    assert told == (503, {"status": "unavailable", "database": "unreachable"})
