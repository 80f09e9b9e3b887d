"""``./run``: the shop, ready for its clients."""

from collections.abc import Sequence

from db import migrating
from server import logs
from server.asgi import create_app
from server.cli import serving
from server.cli.seeding import seed_if_empty
from server.settings import Settings


def serve() -> None:
    """Serve the shop, on embedded servers where none are named."""
    settings = Settings.load()
    logs.configure(settings.log_level, readable=settings.environment == "development")
    serving.serve(settings, _prepare, create_app)


async def _prepare(settings: Settings) -> Sequence[str]:
    await migrating.upgrade(settings.session_url)
    return await seed_if_empty(settings) if settings.seed == "demo" else []
