import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a process that does not do what is waited for has failed
SERVE = """
import sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from server.cli import serving
from server.health import Readiness
from server.settings import Settings, SettingsError

async def prepare(settings):
    return [f"database {settings.database_url}"]

def create_app(settings):
    async def answer(request):
        return PlainTextResponse(settings.redis_url)
    async def leaving(request):
        return PlainTextResponse(str(app.state.readiness.leaving))
    app = Starlette(routes=[Route("/", answer), Route("/leaving", leaving)])
    app.state.readiness = Readiness()
    return app

try:
    serving.serve(Settings.load(), prepare, create_app)
except SettingsError as refusal:
    sys.exit(str(refusal))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def shop(data_dir: Path, port: int, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that serves a small app on ``port``, perhaps not yet; killed at the end if it still lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVE,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(port), "COLUMNS": "200"}
        | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(process: asyncio.subprocess.Process, words: str) -> str:
    """What the process prints up to the line that has ``words``."""
    assert process.stdout is not None
    printed = ""
    async with asyncio.timeout(PATIENCE):
        while words not in printed:
            line = await process.stdout.readline()
            assert line, f"it ended after {printed!r}"
            printed += line.decode()
    return printed


async def until_it_leaves(client: httpx2.AsyncClient) -> None:
    """Ask until it says so: a signal takes its time to arrive."""
    async with asyncio.timeout(PATIENCE):
        while (await client.get("/leaving")).text != "True":  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.01)


async def test_serves_on_servers_of_its_own_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    async with shop(tmp_path, port) as process, httpx2.AsyncClient() as client:
        printed = await until(process, "Stop with Ctrl-C.")
        answer = await client.get(f"http://127.0.0.1:{port}/")
        process.send_signal(signal.SIGTERM)
        _, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)

    assert f"http://127.0.0.1:{port}/graphql" in printed
    assert f"database postgresql://matvis@/matvis?host={tmp_path}/postgres" in printed
    assert answer.text == f"unix://{tmp_path}/valkey/valkey.sock"
    assert "server" not in answer.headers
    assert (process.returncode, complaints) == (0, b"")
    assert (tmp_path / "postgres.log").read_text().endswith("database system is shut down\n")


async def test_ctrl_c_during_the_start_stops_in_order(tmp_path: Path) -> None:
    async with shop(tmp_path, free_port()) as process:
        while not (tmp_path / "postgres.new").exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGINT)
        printed, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)

    assert (process.returncode, printed, complaints) == (0, b"", b"")


async def test_servers_that_are_named_are_used(tmp_path: Path) -> None:
    urls = {"DATABASE_URL": "postgresql://elsewhere/shop", "REDIS_URL": "redis://elsewhere:6379/0"}
    port = free_port()
    async with shop(tmp_path, port, **urls) as process, httpx2.AsyncClient() as client:
        printed = await until(process, "Stop with Ctrl-C.")
        answer = await client.get(f"http://127.0.0.1:{port}/")

    assert "database postgresql://elsewhere/shop" in printed
    assert answer.text == "redis://elsewhere:6379/0"
    assert not (tmp_path / "postgres").exists()


async def test_a_port_in_use_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with shop(tmp_path, port) as process:
            _, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)

    sentence = f"HOST 127.0.0.1 and PORT {port} cannot be listened on: Address already in use.\n"
    assert (process.returncode, complaints.decode()) == (1, sentence)
    assert not (tmp_path / "postgres").exists()


async def test_a_server_that_leaves_says_so_while_it_still_serves(tmp_path: Path) -> None:
    port = free_port()
    async with (
        shop(tmp_path, port, DRAIN_SECONDS="3") as process,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await until(process, "Stop with Ctrl-C.")
        before = await client.get("/leaving")
        process.send_signal(signal.SIGTERM)
        await until_it_leaves(client)
        _, complaints = await asyncio.wait_for(process.communicate(), PATIENCE)

    assert before.text == "False"
    assert (process.returncode, complaints) == (0, b"")


async def test_a_second_signal_ends_the_leave(tmp_path: Path) -> None:
    port = free_port()
    async with (
        shop(tmp_path, port, DRAIN_SECONDS="60") as process,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await until(process, "Stop with Ctrl-C.")
        process.send_signal(signal.SIGTERM)
        await until_it_leaves(client)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), PATIENCE)

    assert process.returncode == 0
