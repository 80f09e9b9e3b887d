"""Postgres in a directory of ours, on a unix socket that nobody else can reach."""

import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from server.embedded.directory import reachable
from server.embedded.keeper import HERE
from server.embedded.process import Account, Program, ServerFailed, finish, give, running

NAME: Final = "matvis"  # of the database and of its owner
SOCKET: Final = ".s.PGSQL.5432"
BUILTIN_LOCALES_SINCE: Final = 17
STATE_LINE: Final = 8

SERVING: Final = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What is thrown away after the tests need not survive a power cut.
CARELESS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}


@asynccontextmanager
async def postgres(
    programs: Path, data_dir: Path, runner: Account, hold: int, *, durable: bool
) -> AsyncIterator[str]:
    """A running Postgres with an empty or kept database: its address, for asyncpg and libpq.

    The data lies in ``data_dir/postgres``. Without ``durable`` it is ended at once and loses a crash's data.
    Raises ``ServerFailed``.
    """
    home = data_dir / "postgres"
    log = data_dir / "postgres.log"
    options = SERVING | ({} if durable else CARELESS)
    program = Program(
        "Postgres",
        [str(programs / "postgres"), "-D", HERE, *(f"--{name}={value}" for name, value in options.items())],
        home,
        log,
        signal.SIGINT if durable else signal.SIGQUIT,
        hold,
    )
    if home.exists():
        _check_version(programs, home)
    else:
        await _create(programs, program, data_dir, runner, durable=durable)

    # Stale, because we hold the lock that every process of an earlier server had: it may name another's
    # process now.
    (home / "postmaster.pid").unlink(missing_ok=True)

    async with running(program, lambda pid: _is_ready(home, pid)):
        with reachable(home, SOCKET) as path:
            yield f"postgresql://{NAME}@/{NAME}?host={quote(str(path))}"


async def _create(
    programs: Path, program: Program, data_dir: Path, runner: Account, *, durable: bool
) -> None:
    """Lay the database out beside its place, and move it there when it is whole."""
    side = data_dir / "postgres.new"
    shutil.rmtree(side, ignore_errors=True)  # of a start that was cut short
    give(side, runner)
    apart = replace(program, directory=side, stop=signal.SIGKILL)

    # Sorted by code point, and cased by Unicode, the same on every machine and after every upgrade of it.
    locale = ["--locale=C.UTF-8"]
    if _major(programs) >= BUILTIN_LOCALES_SINCE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    haste = [] if durable else ["--no-sync"]
    initdb = [str(programs / "initdb"), "-D", HERE, "-U", NAME, "-A", "trust", "-E", "UTF8", *locale, *haste]
    await finish(apart, initdb)

    single = [str(programs / "postgres"), "--single", "-D", HERE, "-c", "exit_on_error=on", "postgres"]
    await finish(apart, single, f"create database {NAME}\n")
    side.rename(program.directory)


def _check_version(programs: Path, home: Path) -> None:
    made_by, found = int((home / "PG_VERSION").read_text()), _major(programs)
    if made_by != found:
        raise ServerFailed(
            f"{home} was made by Postgres {made_by}, and {programs} holds Postgres {found}: "
            f"name the programs of {made_by} in POSTGRES_BIN, or dump the database there and restore it here."
        )


def _major(programs: Path) -> int:
    # It answers: postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1).
    answer = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True)
    return int(answer.stdout.split()[2].partition(".")[0])


def _is_ready(home: Path, pid: int) -> bool:
    """Whether the postmaster says so in its file: its id in the first line, its state in the eighth."""
    try:
        lines = (home / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= STATE_LINE and lines[0] == str(pid) and lines[STATE_LINE - 1].strip() == "ready"
