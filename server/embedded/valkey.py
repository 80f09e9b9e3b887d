"""Valkey, or Redis, in a directory of ours, on a unix socket that nobody else can reach."""

import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from server.embedded.directory import reachable
from server.embedded.process import Account, Program, give, running

SOCKET: Final = "valkey.sock"


@asynccontextmanager
async def valkey(
    program: Path, data_dir: Path, runner: Account, hold: int, *, durable: bool
) -> AsyncIterator[str]:
    """A running Valkey: its address, for redis-py.

    The data lies in ``data_dir/valkey`` and loses at most a second of a crash; without ``durable`` nothing is
    kept. Raises ``ServerFailed``.
    """
    home = data_dir / "valkey"
    give(home, runner)
    (home / SOCKET).unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": SOCKET,
        "unixsocketperm": "700",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
    }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    child = Program(
        "Valkey",
        [str(program), *arguments],
        home,
        data_dir / "valkey.log",
        signal.SIGTERM if durable else signal.SIGKILL,
        hold,
    )
    with reachable(home, SOCKET) as path:
        async with running(child, lambda _: _is_ready(path / SOCKET)):
            yield f"unix://{quote(str(path / SOCKET))}"


def _is_ready(address: Path) -> bool:
    """Whether the server answers a ping: while it reads its log it listens, and says that it is loading."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
