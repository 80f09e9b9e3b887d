"""A whole server in a process of its own, told to stop while clients listen."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.settings import Settings
from tests.factory import Factory
from tests.live.sockets import PROTOCOL
from tests.markets import Market

ROOT = Path(__file__).parents[2]
WATCH = 'subscription ($ids: [ID!]!) { productVariantStockChanged(ids: $ids, channel: "web") { id } }'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_open_sockets_and_streams_do_not_hold_up_the_end(
    settings: Settings, factory: Factory, tmp_path: Path
) -> None:
    market = await Market.open(factory)
    await market.variant()
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server.cli", "serve"),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "PORT": str(port),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SEED": "none",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await up(port)
        body = {"query": WATCH, "variables": {"ids": ["UHJvZHVjdFZhcmlhbnQ6MQ=="]}}
        async with (
            connect(f"ws://127.0.0.1:{port}/graphql/", subprotocols=[PROTOCOL]) as live,
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
            http.stream(
                "POST", "/graphql/", json=body, headers={"accept": "text/event-stream"}, timeout=20
            ) as stream,
        ):
            await live.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await live.recv()) == {"type": "connection_ack"}
            await live.send(json.dumps({"id": "1", "type": "subscribe", "payload": body}))
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            last = [line async for line in stream.aiter_lines()]
            try:
                await live.recv()
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else None
            else:
                code = None
        await asyncio.wait_for(process.wait(), 20)
        took = time.monotonic() - began
    finally:
        if process.returncode is None:
            process.kill()
        _, complaints = await process.communicate()

    assert (process.returncode, code, complaints) == (0, 1001, b"")
    assert [line for line in last if line not in ("", ":") and not line.startswith("id: ")] == [
        "event: complete",
        "data:",
    ]
    assert took < 3


async def up(port: int) -> None:
    """Wait until the server answers."""
    async with asyncio.timeout(30), httpx2.AsyncClient() as http:
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/readyz")
            except httpx2.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
