"""Settings in which both servers' addresses are there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from server.embedded import Servers, embedded_servers, shared_servers
from server.settings import Settings


@asynccontextmanager
async def own_servers(settings: Settings) -> AsyncIterator[Settings]:
    """The servers that are named, and embedded ones for the rest. Raises ``ServerFailed``."""
    async with AsyncExitStack() as stack:
        if settings.database_url and settings.redis_url:
            yield settings
        else:
            yield _filled(
                settings, await stack.enter_async_context(embedded_servers(settings.data_dir, durable=True))
            )


@asynccontextmanager
async def any_servers(settings: Settings) -> AsyncIterator[Settings]:
    """As ``own_servers``, but those of a shop that runs already will do: for a word in a second terminal."""
    async with AsyncExitStack() as stack:
        if settings.database_url and settings.redis_url:
            yield settings
        else:
            yield _filled(settings, await stack.enter_async_context(shared_servers(settings.data_dir)))


def _filled(settings: Settings, servers: Servers) -> Settings:
    return settings.model_copy(
        update={
            "database_url": settings.database_url or servers.database_url,
            "redis_url": settings.redis_url or servers.redis_url,
        }
    )
