"""``./run seed``: a demonstration in a shop that has nothing yet."""

import asyncio
import secrets
import sys
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table

from commands.demo import seeding
from commands.demo.people import LOGINS
from commands.demo.seeding import DemoReport, ShopNotEmpty
from db import migrating
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import open_shop

PASSWORD = "demo-shop-2026"  # noqa: S105  # for everybody to know, on a developer's machine
SHOWN = {
    "products": "Products",
    "product_variants": "Variants",
    "users": "People",
    "orders": "Orders",
    "files": "Files",
}


def seed() -> None:
    """Fill an empty shop with the demonstration."""
    try:
        report, password = asyncio.run(_seed(Settings.load()))
    except ShopNotEmpty as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201  # a sentence for the terminal
        raise typer.Exit(1) from refusal
    console = Console(highlight=False)
    table = Table.grid(padding=(0, 2))
    for name, title in SHOWN.items():
        table.add_row(title, f"{report.counts[name]:,}")
    console.print(table)
    for note in _logins(password):
        console.print(note)


async def seed_if_empty(settings: Settings) -> Sequence[str]:
    """Fill the shop if it has nothing yet; what to tell whoever started it.

    Where the demonstration was made on an earlier start, its logins are told again if they are known: in
    production nobody knows them any more.
    """
    async with open_shop(settings) as shop:
        password = _password(settings)
        try:
            await seeding.seed(shop, password)
        except ShopNotEmpty:
            if settings.environment == "production" or not await seeding.is_seeded(shop):
                return []
        return _logins(password)


async def _seed(settings: Settings) -> tuple[DemoReport, str]:
    password = _password(settings)
    async with any_servers(settings) as ready:
        await migrating.upgrade(ready.session_url)
        async with open_shop(ready) as shop:
            return await seeding.seed(shop, password), password


def _password(settings: Settings) -> str:
    """A password that is in the documentation would let everybody into a server that all can reach."""
    return PASSWORD if settings.environment == "development" else secrets.token_urlsafe(12)


def _logins(password: str) -> Sequence[str]:
    staff = ", ".join(person.email for person in LOGINS if person.group is not None)
    shoppers = ", ".join(person.email for person in LOGINS if person.group is None)
    return [f"Shoppers  {shoppers}", f"Staff     {staff}", f"Password  {password}"]
