"""``./run verify``: whether the shop's data keeps the shop's promises."""

import asyncio
from dataclasses import replace
from time import perf_counter

import typer
from rich.console import Console

from db import migrating
from db.pool import open_database
from db.verifying import PROMISES, breaches
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import pool_options

SHOWN = 10  # breaches of one promise
PATIENCE = 300.0  # seconds for one promise
MEMORY = 256  # MiB: what the lines of a million orders are added up in


def verify() -> None:
    """Check the shop's data against the shop's promises: stock, sums, payments, vouchers, gift cards, events.

    Only reads, so that it may be done to a shop that is open.
    """
    raise typer.Exit(1 if asyncio.run(_verify(Settings.load())) else 0)


async def _verify(settings: Settings) -> int:
    """How many promises are broken."""
    console = Console()
    broken = 0
    async with any_servers(settings) as ready:
        stands, head = await migrating.revision(ready.database_url), migrating.head()
        if stands != head:
            console.print(
                f"The database stands at {stands or 'nothing'}, and not at {head}: run ./run migrate."
            )
            return 1
        options = replace(pool_options(ready), read_only=True, statement_timeout=PATIENCE, memory=MEMORY)
        async with open_database(ready.database_url, options) as database:
            for promise in PROMISES:
                began = perf_counter()
                async with database.read() as connection:
                    found = await breaches(connection, promise)
                broken += bool(found)
                seconds = perf_counter() - began
                console.print(f"{'BROKEN' if found else 'kept  '} {seconds:5.1f} s  {promise.text}")
                for breach in found[:SHOWN]:
                    console.print(f"        {breach.subject}: {breach.what}")
                if len(found) > SHOWN:
                    console.print(f"        and {len(found) - SHOWN} more")
    return broken
