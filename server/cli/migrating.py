"""``./run migrate``: the database's tables, up or down."""

import asyncio
from typing import Annotated, Literal

import typer

from db import migrating
from server.cli.servers import any_servers
from server.settings import Settings


def migrate(
    direction: Annotated[Literal["up", "down"], typer.Argument()] = "up",
    revision: Annotated[str, typer.Argument()] = "",
) -> None:
    """Bring the tables up to date; or up REVISION, or down REVISION."""
    if direction == "down" and not revision:
        raise typer.BadParameter("name the revision to go down to, or `base`")
    asyncio.run(_migrate(direction, revision or "head"))


async def _migrate(direction: Literal["up", "down"], revision: str) -> None:
    move = migrating.upgrade if direction == "up" else migrating.downgrade
    async with any_servers(Settings.load()) as settings:
        await move(settings.session_url, revision)
