"""``./run superuser``: somebody who may do everything."""

import asyncio
import sys
from typing import Annotated

import typer

from commands.accounts import registration
from db import migrating
from domain.refusals import Refusal, Refused
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import open_shop


def superuser(email: Annotated[str, typer.Argument()]) -> None:
    """Make EMAIL staff who may do everything; asks for the password, or reads a line of input."""
    password = _password()
    try:
        asyncio.run(_create(email, password))
    except Refused as refused:
        raise typer.BadParameter(" ".join(one.message for one in refused.refusals)) from None
    except Refusal as refusal:
        raise typer.BadParameter(refusal.message) from None
    typer.echo(f"{email} may log in and do everything.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return chosen


async def _create(email: str, password: str) -> None:
    async with any_servers(Settings.load()) as settings:
        await migrating.upgrade(settings.database_url)
        async with open_shop(settings) as shop:
            await registration.create_superuser(shop, email, password)
