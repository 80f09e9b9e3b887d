"""``./run verify``: whether the shop's data keeps the shop's promises."""

import asyncio
from dataclasses import replace
from time import perf_counter
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from db import migrating
from db.pool import PoolOptions, open_database
from db.verifying import Finding, search
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import pool_options

SHOWN: Final = 10  # breaches of one promise
PATIENCE: Final = 300.0  # seconds for one statement
MEMORY: Final = 256  # MiB: what the lines of a million orders are added up in
Connections = Annotated[
    int, typer.Option(min=1, max=32, help="How many queries run side by side: as many as Postgres has cores.")
]


def verify(connections: Connections = 2) -> None:
    """Check the shop's data against its promises: stock, sums, payments, vouchers, gift cards, events.

    Reads only, and all in the data of one moment, so that it may be done to a shop that is open. Prints each
    promise as kept or BROKEN, with what breaks it; ends with 1 where any is broken. A million orders take
    seconds, and up to 512 MiB of Postgres's memory for each connection.
    """
    raise typer.Exit(1 if asyncio.run(_verify(Settings.load(), connections)) else 0)


async def _verify(settings: Settings, connections: int) -> int:
    """How many promises are broken."""
    console = Console()
    async with any_servers(settings) as ready:
        stands, head = await migrating.revision(ready.database_url), migrating.head()
        if stands != head:
            console.print(
                f"The database stands at {stands or 'nothing'}, and not at {head}: run ./run migrate."
            )
            return 1
        options = replace(
            pool_options(ready),
            minimum=1,
            maximum=connections,
            read_only=True,
            statement_timeout=PATIENCE,
            memory=MEMORY,
        )
        began = perf_counter()
        found = await _searched(ready.database_url, options)
        seconds = perf_counter() - began
    for finding in found:
        _print(console, finding)
    broken = sum(bool(finding.breaches) for finding in found)
    console.print(f"{len(found) - broken} promises are kept and {broken} broken, in {seconds:.1f} s.")
    return broken


async def _searched(url: str, options: PoolOptions) -> list[Finding]:
    """What was found; a terminal sees how far the search has come."""
    columns = TextColumn("Looking for broken promises"), BarColumn(), MofNCompleteColumn()
    terminal = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=terminal, transient=True, disable=not terminal.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        async with open_database(url, options) as database:
            return await search(
                database, options.maximum, lambda done, of: bar.update(task, completed=done, total=of)
            )


def _print(console: Console, finding: Finding) -> None:
    console.print(f"{'BROKEN' if finding.breaches else 'kept  '}  {finding.promise.text}")
    for breach in finding.breaches[:SHOWN]:
        console.print(f"        {breach.subject}: {breach.what}")
    if len(finding.breaches) > SHOWN:
        console.print(f"        and {len(finding.breaches) - SHOWN} more")
