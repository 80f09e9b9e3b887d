import asyncio
import fcntl
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from server.embedded import ServerFailed, Servers, embedded_servers, shared_servers

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds until a process that says nothing has failed
HOLD = """
import asyncio, sys
from pathlib import Path
from server.embedded import embedded_servers

async def hold():
    async with embedded_servers(Path(sys.argv[1]), durable=True) as servers:
        print(servers.database_url, servers.redis_url, flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


@asynccontextmanager
async def another_process(data_dir: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Servers]]:
    """A process that holds ``data_dir``, with its servers up; killed at the end if it still lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(data_dir), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        yield process, Servers(*line.decode().split())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await until_empty(data_dir)


async def count(servers: Servers) -> tuple[int, int]:
    """How often this was asked, by Postgres and by Valkey."""
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute("create table if not exists asked (at int)")
    await connection.execute("insert into asked values (1)")
    rows = await connection.fetchval("select count(*) from asked")
    await connection.close()
    async with Redis.from_url(servers.redis_url) as redis:
        return rows, await redis.incr("asked")


def processes_in(data_dir: Path) -> list[str]:
    """The commands of the processes that work in ``data_dir``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(data_dir):
                found.append((process / "cmdline").read_text())
        except OSError:  # it ended while we looked, or belongs to another user
            continue
    return found


async def until_empty(data_dir: Path) -> None:
    for _ in range(500):
        if not processes_in(data_dir):
            return
        await asyncio.sleep(0.02)
    pytest.fail("The servers outlived their parent.")


async def test_a_second_start_finds_the_data(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path, durable=True) as servers:
        first = await count(servers)
    left = processes_in(tmp_path)
    async with embedded_servers(tmp_path, durable=True) as servers:
        second = await count(servers)

    assert (first, left, second) == ((1, 1), [], (2, 2))


async def test_only_the_owner_can_reach_the_sockets(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path, durable=False):
        modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("postgres", "valkey")}

    assert modes == {"postgres": 0o700, "valkey": 0o700}


async def test_a_killed_parent_leaves_no_process_and_whole_data(tmp_path: Path) -> None:
    async with another_process(tmp_path) as (parent, servers):
        assert await count(servers) == (1, 1)
        await asyncio.sleep(1.1)  # Valkey's promise: a crash loses a second at most

        parent.send_signal(signal.SIGKILL)
        await parent.wait()

        async with embedded_servers(tmp_path, durable=True) as again:
            assert await count(again) == (2, 2)
    assert processes_in(tmp_path) == []


async def test_a_second_process_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with another_process(tmp_path) as (_, servers):
        with pytest.raises(ServerFailed) as refusal:
            async with embedded_servers(tmp_path, durable=True):
                pass

        assert str(refusal.value) == (
            f"Another process is using {tmp_path}: stop it, or set another DATA_DIR (and PORT) here."
        )
        assert await count(servers) == (1, 1)


async def test_a_second_terminal_shares_the_servers_of_the_first(tmp_path: Path) -> None:
    async with another_process(tmp_path) as (_, servers):
        async with shared_servers(tmp_path) as shared:
            pass

        assert shared == servers
        assert await count(servers) == (1, 1)


async def test_alone_it_shares_servers_of_its_own(tmp_path: Path) -> None:
    async with shared_servers(tmp_path) as servers:
        assert await count(servers) == (1, 1)

    assert processes_in(tmp_path) == []


async def test_two_directories_run_side_by_side(tmp_path: Path) -> None:
    async with (
        embedded_servers(tmp_path / "one", durable=False) as one,
        embedded_servers(tmp_path / "two", durable=False) as two,
    ):
        counts = [await count(one), await count(one), await count(two)]

    assert counts == [(1, 1), (2, 2), (1, 1)]


async def test_a_long_and_odd_path_is_no_hindrance(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path / ("a shop's 100% " * 9), durable=False) as servers:
        assert await count(servers) == (1, 1)


async def test_a_directory_that_is_closed_to_others_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)

    async with embedded_servers(tmp_path / "mine" / "data", durable=False) as servers:
        assert await count(servers) == (1, 1)


async def test_a_server_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(ServerFailed) as failure:
        async with embedded_servers(tmp_path, durable=False):
            pass

    assert str(failure.value).startswith(f"Postgres ended with 1; the end of {tmp_path}/postgres.log:\n")
    assert 'unrecognized configuration parameter "no_such_setting"' in str(failure.value)
    assert processes_in(tmp_path) == []


async def test_a_start_cut_short_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "half").touch()

    async with embedded_servers(tmp_path, durable=False) as servers:
        assert await count(servers) == (1, 1)
    assert not (tmp_path / "postgres.new").exists()


async def test_a_stale_process_file_is_no_hindrance(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path, durable=True) as servers:
        await count(servers)
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n/elsewhere\n")

    async with embedded_servers(tmp_path, durable=True) as servers:
        assert await count(servers) == (2, 2)


async def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    async with embedded_servers(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(ServerFailed, match=rf"^{tmp_path}/postgres was made by Postgres 9, and "):
        async with embedded_servers(tmp_path, durable=False):
            pass


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("POSTGRES_BIN", "/nowhere", "POSTGRES_BIN is /nowhere, where there is no program postgres."),
        ("VALKEY_BIN", "/nowhere/server", "VALKEY_BIN is /nowhere, where there is no program server."),
    ],
)
async def test_a_program_that_is_not_there_is_named(
    tmp_path: Path, setting: str, value: str, sentence: str
) -> None:
    with pytest.raises(ServerFailed) as refusal:
        async with embedded_servers(tmp_path, durable=False, environ={setting: value}):
            pass

    assert str(refusal.value) == sentence
    assert processes_in(tmp_path) == []


async def test_waits_for_the_servers_of_an_earlier_life(tmp_path: Path) -> None:
    dying = os.open(tmp_path / "servers.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(dying, fcntl.LOCK_EX)
    asyncio.get_running_loop().call_later(0.3, os.close, dying)

    async with embedded_servers(tmp_path, durable=False) as servers:
        assert await count(servers) == (1, 1)
