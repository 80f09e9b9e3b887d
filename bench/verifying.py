"""``./run bench verify``: how long ``./run verify`` takes for a million orders, by how many connections."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from bench import growing, selling
from db import migrating
from db.pool import PoolOptions, open_database
from db.verifying import search
from server.cli.verifying import MEMORY, PATIENCE
from server.embedded import embedded_servers

ORDERS: Final = 1_000_000
FEW: Final = 2_000
SIDE_BY_SIDE: Final = (1, 2)


async def measure(quick: bool) -> str:  # noqa: FBT001 - one signature for all measures
    orders = FEW if quick else ORDERS
    with tempfile.TemporaryDirectory(prefix="matvis-bench-") as place:
        async with embedded_servers(Path(place), durable=False) as servers:
            await migrating.upgrade(servers.database_url)
            await growing.grow(servers.database_url, growing.Size(growing.TARGET.products, orders=0))
            await selling.sell(servers.database_url, orders)
            return await measure_at(servers.database_url, orders)


async def measure_at(database_url: str, orders: int) -> str:
    """The figures of a shop that is there, by one connection and by several."""
    options = PoolOptions(read_only=True, statement_timeout=PATIENCE, memory=MEMORY)
    rows = []
    for connections in SIDE_BY_SIDE:
        async with open_database(database_url, replace(options, maximum=connections)) as database:
            began = perf_counter()
            found = await search(database, connections)
            seconds = perf_counter() - began
        broken = sum(bool(finding.breaches) for finding in found)
        rows.append(f"| {connections} | {seconds:.1f} | {len(found)} | {broken} |")
    return _written(orders, rows)


def _written(orders: int, rows: list[str]) -> str:
    return "\n".join(
        [
            f"# Verifying, {datetime.now(UTC).date().isoformat()}",
            "",
            f"{orders:,} orders with {orders * selling.LINES:,} lines, their payments, shipments, stock",
            "movements, histories and invoices:",
            "",
            "| connections | seconds | promises | broken |",
            "| ---: | ---: | ---: | ---: |",
            *rows,
            "",
        ]
    )
