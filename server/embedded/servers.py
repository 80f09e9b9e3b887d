"""Both servers together, in one data directory."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from server.embedded import binaries
from server.embedded.directory import OWNER, Taken, owned, vacated
from server.embedded.postgres import postgres
from server.embedded.process import account
from server.embedded.valkey import valkey


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the running servers are reached, by unix socket."""

    database_url: str
    redis_url: str


@asynccontextmanager
async def embedded_servers(
    data_dir: Path, *, durable: bool, environ: Mapping[str, str] = os.environ
) -> AsyncIterator[Servers]:
    """Postgres and Valkey for as long as the block lasts, or this process, however it ends.

    Enter it on the thread that lives as long as the process. Both keep their data in ``data_dir``, which is
    made when it is missing and held against other processes; without ``durable`` they are quick and careless,
    for tests. ``environ`` may name programs, ``POSTGRES_BIN`` (a directory) and ``VALKEY_BIN`` (a file).
    Raises ``ServerFailed``, and its kind ``Taken`` when another process has the directory.
    """
    place = data_dir.resolve()
    runner = account()
    with owned(place) as note:
        async with (
            vacated(place) as hold,
            postgres(
                binaries.postgres(environ, runner), place, runner, hold, durable=durable
            ) as database_url,
            valkey(binaries.valkey(environ, runner), place, runner, hold, durable=durable) as redis_url,
        ):
            os.write(note, f"{database_url}\n{redis_url}\n".encode())
            yield Servers(database_url, redis_url)


@asynccontextmanager
async def shared_servers(data_dir: Path) -> AsyncIterator[Servers]:
    """The servers of ``data_dir``: those of the process that has it, or else our own for the block.

    So that a second terminal can act on a shop that runs. Raises ``ServerFailed``.
    """
    try:
        async with embedded_servers(data_dir, durable=True) as servers:
            yield servers
    except Taken:
        addresses = (data_dir / OWNER).read_text().split()
        if len(addresses) != len(fields(Servers)):
            raise
        yield Servers(*addresses)
