"""A whole server in a process of its own, told to stop while clients listen."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import asyncpg
import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.cli.serving import FLUSH_SECONDS, GRACE_SECONDS
from server.settings import Settings
from tests.factory import Factory
from tests.live.sockets import PROTOCOL
from tests.markets import Market

ROOT = Path(__file__).parents[2]
EVENTS = {"accept": "text/event-stream"}
WATCH = 'subscription ($ids: [ID!]!) { productVariantStockChanged(ids: $ids, channel: "web") { id } }'

WAITING = "select count(*) from pg_locks where relation = 'channels'::regclass and not granted"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def serve(settings: Settings, port: int, data_dir: Path) -> asyncio.subprocess.Process:
    """The whole server; nobody waits until it is up."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "server.cli", "serve"),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SEED": "none",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_open_sockets_and_streams_do_not_hold_up_the_end(
    settings: Settings, factory: Factory, tmp_path: Path
) -> None:
    market = await Market.open(factory)
    await market.variant()
    port = free_port()
    process = await serve(settings, port, tmp_path)
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
        ": this server goes down: come back with your cursor",
    ]
    assert took < GRACE_SECONDS - FLUSH_SECONDS, "which is how long it would have waited for them"


async def test_operations_under_way_are_answered_before_the_end_and_nobody_new_gets_in(
    settings: Settings, factory: Factory, tmp_path: Path
) -> None:
    await Market.open(factory)
    port = free_port()
    url = f"http://127.0.0.1:{port}/graphql/"
    bodies = [{"query": f"{{ channels {{ slug {more} }} }}"} for more in ("id", "name", "isActive")]
    process = await serve(settings, port, tmp_path)
    locking = await asyncpg.connect(settings.database_url)
    try:
        await up(port)
        async with (
            connect(f"ws://127.0.0.1:{port}/graphql/", subprotocols=[PROTOCOL]) as live,
            httpx2.AsyncClient(timeout=20) as http,
        ):
            await live.send(json.dumps({"type": "connection_init"}))
            await live.recv()
            lock = locking.transaction()
            await lock.start()
            await locking.execute("lock table channels in access exclusive mode")
            await live.send(json.dumps({"id": "1", "type": "subscribe", "payload": bodies[0]}))
            asked = asyncio.create_task(http.post(url, json=bodies[1]))
            streamed = asyncio.create_task(http.post(url, json=bodies[2], headers=EVENTS))
            async with asyncio.timeout(20):
                while await locking.fetchval(WAITING) < len(bodies):  # noqa: ASYNC110 - locks tell nobody
                    await asyncio.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            await closed(url)
            await lock.rollback()
            heard = [json.loads(await live.recv())["type"] for _ in range(2)]
            await live.wait_closed()
            answers = [(await asked).text, (await streamed).text]
        _, complaints = await asyncio.wait_for(process.communicate(), 20)
    finally:
        await locking.close()
        if process.returncode is None:
            process.kill()
        await process.wait()

    assert heard == ["next", "complete"]
    assert live.close_code == 1001
    assert answers[0].startswith('{"data":{"channels":[{"slug":"web"')
    assert answers[1].startswith('event: next\ndata: {"data":{"channels":[{"slug":"web"')
    assert answers[1].endswith("event: complete\ndata:\n\n")
    assert (process.returncode, complaints) == (0, b"")


async def closed(url: str) -> None:
    """Wait until nobody new gets in."""
    async with asyncio.timeout(5):
        while True:
            try:
                async with httpx2.AsyncClient() as newcomer:
                    await newcomer.get(url)
            except httpx2.ConnectError:
                return
            await asyncio.sleep(0.01)


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
