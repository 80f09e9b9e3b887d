"""A shop to measure: servers of its own, goods, and the environment for processes that serve it."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from adapters.signing import generate_private_key
from adapters.tokens import Tokens
from bench import growing
from commands.shop import utc_now
from db import migrating
from server.embedded import embedded_servers

PUBLIC_URL: Final = "http://localhost"


@dataclass(frozen=True, slots=True)
class Grown:
    """A shop with goods. ``environ`` is production's, without kept answers and budgets."""

    database_url: str
    environ: Mapping[str, str]
    token: str
    """Of a customer with orders."""


@asynccontextmanager
async def grown(size: growing.Size) -> AsyncIterator[Grown]:
    """The shop, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="matvis-bench-") as place:
        async with embedded_servers(Path(place), durable=True) as servers:
            await migrating.upgrade(servers.database_url)
            await growing.grow(servers.database_url, size)
            key = generate_private_key()
            environ = {
                "ENVIRONMENT": "production",
                "DATABASE_URL": servers.database_url,
                "REDIS_URL": servers.redis_url,
                "DATA_DIR": place,
                "PUBLIC_URL": PUBLIC_URL,
                "SECRET_KEY": "s" * 32,
                "JWT_PRIVATE_KEY": key,
                "LOG_LEVEL": "warning",
                "COST_BUDGET": "0",
                "CACHE_BYTES": "0",
            }
            yield Grown(servers.database_url, environ, await token_of(servers.database_url, key))


async def token_of(database_url: str, key: str) -> str:
    """A login of the customer whose orders are asked for."""
    connection = await asyncpg.connect(database_url)
    try:
        user_id = await connection.fetchval("select id from users where email = $1", growing.CUSTOMER)
    finally:
        await connection.close()
    tokens = Tokens(key, issuer=f"{PUBLIC_URL}/graphql/", audience=PUBLIC_URL, clock=utc_now)
    tokens.access_lifetime *= 100
    return tokens.access(str(user_id), growing.TOKEN_KEY, str(growing.FAMILY), is_staff=False)
