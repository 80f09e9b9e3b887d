"""The data directory: one process at a time, and paths short enough for a socket."""

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from server.embedded.process import ServerFailed

OWNER: Final = "owner.lock"
SOCKET_BYTES: Final = 100  # of the 107 that an address holds, after the socket's own name is taken off
DYING_SECONDS: Final = 15.0


class Taken(ServerFailed):
    """Another process has the data directory."""


@contextmanager
def owned(data_dir: Path) -> Iterator[int]:
    """Hold ``data_dir`` for this process; others may read what is written to the file that is given.

    Raises ``Taken`` at once when another process has it.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = _open(data_dir / OWNER)
    except OSError as error:
        raise ServerFailed(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from error
    try:
        if not _take(lock):
            raise Taken(
                f"Another process is using {data_dir}: stop it, or set another DATA_DIR (and PORT) here."
            )
        os.truncate(lock, 0)
        yield lock
    finally:
        os.close(lock)


@asynccontextmanager
async def vacated(directory: Path) -> AsyncIterator[int]:
    """A lock for the servers of ``directory`` to inherit, had once those of an earlier life are gone.

    After a ``kill -9`` of their parent they are still closing their files, for a moment: this waits. While it
    is held no server of ours runs there, so whatever they left that says otherwise is stale. Raises
    ``ServerFailed`` when they do not go.
    """
    lock = _open(directory / "servers.lock")
    try:
        deadline = asyncio.get_running_loop().time() + DYING_SECONDS
        while not _take(lock):
            if asyncio.get_running_loop().time() > deadline:
                raise ServerFailed(f"A database server of an earlier run is still using {directory}.")
            await asyncio.sleep(0.02)
        yield lock
    finally:
        os.close(lock)


@contextmanager
def reachable(directory: Path, socket: str) -> Iterator[Path]:
    """A path to ``directory`` with which a client can name ``socket``: itself, or a short link to it."""
    if len(os.fsencode(directory / socket)) <= SOCKET_BYTES:
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="matvis-", dir="/tmp") as short:
        link = Path(short) / "d"
        link.symlink_to(directory)
        yield link


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
