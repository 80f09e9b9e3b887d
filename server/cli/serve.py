"""``./run``: the shop, ready for its clients."""

from collections.abc import Sequence

from db import migrating
from server.asgi import create_app
from server.cli import serving
from server.settings import Settings


def serve() -> None:
    """Serve the shop, on embedded servers where none are named."""
    serving.serve(Settings.load(), _prepare, create_app)


async def _prepare(settings: Settings) -> Sequence[str]:
    await migrating.upgrade(settings.session_url)
    return []
