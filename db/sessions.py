"""A connection of one's own: for locks and notices, which belong to a session and get lost in a pool."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from db.statements import Connection, Statement

LEADER = 0x6C656164  # "lead": whoever does the shop's chores holds this advisory lock

TAKE_LOCK = Statement("select pg_try_advisory_lock(:lock)")


@asynccontextmanager
async def open_session(dsn: str) -> AsyncIterator[Connection]:
    """A connection that is nobody else's, straight to Postgres: no transaction pooler may stand between."""
    connection = await asyncpg.connect(
        dsn,
        timeout=10,
        command_timeout=10,
        server_settings={
            "application_name": "matvis chores",
            # A session whose machine is gone ends within half a minute, and its lock with it.
            "tcp_keepalives_idle": "15",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        },
    )
    try:
        yield connection
    finally:
        connection.terminate()


async def take_lead(session: Connection) -> bool:
    """Hold the leader's lock until the session ends; False at once when another session holds it.

    One that waited would keep a snapshot open for hours, and vacuum from its work.
    """
    return bool(await TAKE_LOCK.value(session, lock=LEADER))


@asynccontextmanager
async def listening(session: Connection, channel: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set by each notice on ``channel``, and by the session's end; clear it yourself."""
    noticed = asyncio.Event()

    def notice(*_: Any) -> None:
        noticed.set()

    session.add_termination_listener(notice)
    await session.add_listener(channel, notice)
    yield noticed
