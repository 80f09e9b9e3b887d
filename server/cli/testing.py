"""``./run test``: the suite on real servers of its own."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import typer

from server.embedded import embedded_servers

ENOUGH = 4 << 30
"""Bytes: Postgres lets its log grow to one gibibyte, and each process has one database at a time."""

MOST = 4
"""Processes: each has up to some forty connections to a Postgres that takes two hundred."""


# Everything after the word is pytest's, options and --help included.
tests = typer.Typer(add_completion=False)


@tests.command(
    "test",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def test(context: typer.Context) -> None:
    """Run the tests on throw-away servers; arguments are pytest's: -k WORD, --slow, a path ..."""
    raise typer.Exit(asyncio.run(_test(context.args)))


async def _test(arguments: Sequence[str]) -> int:
    """Pytest's exit code.

    The tests find the servers in TEST_DATABASE_URL and TEST_REDIS_URL. What is set already is used, and
    wiped: those names are the tests' alone, so that nobody's shop is meant by accident.
    """
    async with AsyncExitStack() as stack:
        given = dict(os.environ)
        if not (given.get("TEST_DATABASE_URL") and given.get("TEST_REDIS_URL")):
            place = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="matvis-test-", dir=_memory()))
            )
            servers = await stack.enter_async_context(embedded_servers(place, durable=False))
            given["TEST_DATABASE_URL"] = given.get("TEST_DATABASE_URL") or servers.database_url
            given["TEST_REDIS_URL"] = given.get("TEST_REDIS_URL") or servers.redis_url
        given.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of the processes compiles everything anew
        pytest = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pytest", *_spread(arguments), *arguments, env=given
        )
        # Pytest ends in its own time, with a report, and the servers after it. Ctrl-C reaches it from the
        # terminal.
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        loop.add_signal_handler(signal.SIGTERM, pytest.send_signal, signal.SIGINT)
        return await pytest.wait()


def _memory() -> Path | None:
    """A file system in memory with room enough, if the machine has one.

    Each test copies a database of 600 files, which takes ten times as long on a disk.
    """
    shared = Path("/dev/shm")  # noqa: S108 - a directory of a name of its own is made in it
    room = shutil.disk_usage(shared).free if os.access(shared, os.W_OK) else 0
    return shared if room >= ENOUGH else None


def _spread(arguments: Sequence[str]) -> list[str]:
    """A process more than there are processors, for many tests wait; unless the caller chose.

    Who has run its share takes over what others have not begun.
    """
    chose = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
    return [] if chose else ["-n", str(min(MOST, (os.cpu_count() or 1) + 1)), "--dist", "worksteal"]
