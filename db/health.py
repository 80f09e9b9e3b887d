"""Whether Postgres answers."""

from db.statements import Connection, Statement

PING = Statement("select 1")


async def ping(connection: Connection) -> None:
    """Raises what asyncpg raises when it does not."""
    await PING.value(connection)
