"""Whether a shop keeps its promises: those that ``./run verify`` looks for, and what it cannot look for."""

from typing import Any

from db import verifying
from tests.factory import Factory


async def breaches(factory: Factory) -> dict[str, list[Any]]:
    """Everything that breaks a promise of the shop, by the promise."""
    return {
        finding.promise.text: [tuple(row) for row in finding.breaches]
        for finding in await verifying.search(factory.db)
        if finding.breaches
    }
