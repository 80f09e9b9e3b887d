"""``./run verify``: whether the shop's data keeps the shop's promises."""

import asyncio

import typer
from rich.console import Console

from db import migrating
from db.pool import open_database
from db.verifying import PROMISES, breaches
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import pool_options

SHOWN = 10  # breaches of one promise


def verify() -> None:
    """Check the shop's data against the shop's promises: stock, sums, vouchers, gift cards, migrations."""
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
        async with open_database(ready.database_url, pool_options(ready)) as database:
            for promise in PROMISES:
                async with database.read() as connection:
                    found = await breaches(connection, promise)
                broken += bool(found)
                console.print(f"{'BROKEN' if found else 'kept  '}  {promise.text}")
                for breach in found[:SHOWN]:
                    console.print(f"        {breach.subject}: {breach.what}")
                if len(found) > SHOWN:
                    console.print(f"        and {len(found) - SHOWN} more")
    return broken
