"""Whether Postgres answers, and what waits in it."""

from datetime import datetime
from typing import NamedTuple

from db.rows import Row
from db.statements import Connection, Statement

PING = Statement("select 1")
WAITING = Statement(
    "select count(*) as number, min(created_at) as oldest from outbox where published_at is null"
)


class WaitingRow(Row):
    number: int
    oldest: datetime | None


class Backlog(NamedTuple):
    """Events that nobody has been told of yet, and the age of the oldest in seconds."""

    number: int
    seconds: float


async def ping(connection: Connection) -> None:
    """Raises what asyncpg raises when there is no answer."""
    await PING.value(connection)


async def backlog(connection: Connection, now: datetime) -> Backlog:
    """What waits in the outbox."""
    row = await WAITING.row(connection, WaitingRow)
    assert row is not None, "an aggregate gives one row"
    return Backlog(row.number, max(0.0, (now - row.oldest).total_seconds()) if row.oldest else 0.0)
