"""Whether a shop keeps its promises: those that ``./run verify`` looks for, and what it cannot look for."""

from typing import Any

from db import verifying
from tests.factory import Factory


async def breaches(factory: Factory) -> dict[str, list[Any]]:
    """Everything that breaks a promise of the shop, by the promise."""
    found: dict[str, list[Any]] = {}
    for promise in verifying.PROMISES:
        async with factory.db.read() as connection:
            found[promise.text] = [tuple(row) for row in await verifying.breaches(connection, promise)]
    return {what: rows for what, rows in found.items() if rows}
