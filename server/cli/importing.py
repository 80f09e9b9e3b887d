"""``./run import``: other shops' files, into a channel of this one."""

import asyncio
import gc
import io
import lzma
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from babel.numbers import is_currency
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.fetching import Fetcher
from commands.imports import online_retail, pictures, shopify
from commands.imports.places import NewChannel
from commands.jobs import job
from commands.shop import Shop
from db import migrating
from domain.countries import CountryCode
from domain.imports.csv_rows import FileRefused
from domain.imports.online_retail import read
from domain.imports.report import Progress as Told
from domain.imports.report import Report
from domain.imports.shopify import Catalogue
from domain.refusals import Refusal
from schema.ids import to_global
from server.cli.servers import any_servers
from server.settings import Settings
from server.wiring import open_shop

imports = typer.Typer(no_args_is_help=True, help="Bring another shop's files in: shopify, online-retail.")
XZ = b"\xfd7zXZ\x00"
EVERY = 5_000
"""Rows between two looks at the progress bar."""


def _from_there(name: str) -> Path:
    """A file as it was named where ``./run`` was called, which itself works in the checkout."""
    return Path(os.environ.get("CALLED_FROM", "")) / name


File = Annotated[Path, typer.Argument(parser=_from_there, help="The file; packed with xz will do.")]
Files = Annotated[
    list[Path],
    typer.Argument(parser=_from_there, help="One or more files in Shopify's product CSV format."),
]
Channel = Annotated[str, typer.Option("--channel", help="Slug of the channel to sell in.")]
Create = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--create-channel",
        metavar="CURRENCY COUNTRY",
        help="Make the channel if it is not there: GBP GB.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do all of it, report, and keep nothing.")]


@imports.command("shopify")
def import_shopify(
    files: Files,
    channel: Channel,
    create_channel: Create = None,
    *,
    images: Annotated[
        bool, typer.Option("--images/--no-images", help="Copy pictures, or show them from where they are.")
    ] = True,
    keep_stock: Annotated[
        bool, typer.Option("--keep-stock", help="Leave the units of variants that are here as they are.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Products from Shopify's CSV; run again, it brings them up to date."""
    terms = shopify.Terms(
        channel=channel, new_channel=_new_channel(create_channel), keep_stock=keep_stock, dry_run=dry_run
    )

    async def work(shop: Shop, told: Told) -> Report:
        imported = await shopify.bring_in(shop, catalogue, terms, told)
        if not images or not imported.pictures:
            return imported.report
        fetched = await pictures.fetch(shop, Fetcher(), imported.pictures, told)
        return Report(
            imported.report.title,
            [*imported.report.figures, ("Pictures copied", f"{fetched.kept:,}")],
            [*imported.report.notes, *fetched.notes],
        )

    with _refusing():
        catalogue = Catalogue()
        for file in files:
            catalogue.add(str(file), _lines(file))
        _show(asyncio.run(_with_shop(work, f"import shopify: {_names(files)}")))


@imports.command("online-retail")
def import_online_retail(
    file: File,
    channel: Channel,
    create_channel: Create = None,
    *,
    stock: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Units of each new product to count in.")
    ] = 0,
    dry_run: DryRun = False,
) -> None:
    """Products, customers and past orders from the Online Retail data set; what is here already stays."""
    terms = online_retail.Terms(
        channel=channel, new_channel=_new_channel(create_channel), stock=stock, dry_run=dry_run
    )

    async def work(shop: Shop, told: Told) -> Report:
        return await online_retail.bring_in(shop, str(file), entries, terms, told)

    # What is read lies about until the end and forms no circles: looking for some costs a tenth of the time.
    gc.disable()
    with _refusing():
        with _bar() as told:
            entries = list(read(str(file), _lines(file, told)))
        _show(asyncio.run(_with_shop(work, f"import online-retail: {_names([file])}")))


async def _with_shop(work: Callable[[Shop, Told], Awaitable[Report]], name: str) -> Report:
    """Do the work as a job, so that it can be watched from elsewhere too."""
    async with any_servers(Settings.load()) as settings:
        await migrating.upgrade(settings.database_url)
        async with open_shop(settings) as shop, job(shop, name) as begun:
            with _bar(f"Job {to_global('Job', begun.id)}") as shown:

                def told(stage: str, done: int, of: int) -> None:
                    shown(stage, done, of)
                    begun.told(stage, done, of)

                return await work(shop, told)


def _names(files: list[Path]) -> str:
    return ", ".join(file.name for file in files)


@contextmanager
def _refusing() -> Iterator[None]:
    """A refusal ends the word with its sentence."""
    try:
        yield
    except Refusal as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201 - a sentence for the terminal
        raise typer.Exit(1) from refusal


def _new_channel(given: tuple[str, str] | None) -> NewChannel | None:
    if given is None:
        return None
    currency, country = given[0].upper(), given[1].upper()
    if not is_currency(currency):
        raise typer.BadParameter(f"{given[0]} is no currency of ISO 4217", param_hint="--create-channel")
    if country not in CountryCode.__members__:
        raise typer.BadParameter(f"{given[1]} is no country's code", param_hint="--create-channel")
    return NewChannel(currency, country)


def _lines(file: Path, told: Told | None = None) -> Iterator[bytes]:
    """The file's lines, unpacked where it is packed. Raises ``FileRefused``."""
    try:
        with file.open("rb", buffering=0) as raw:
            packed = raw.read(len(XZ)) == XZ
            raw.seek(0)
            size = os.fstat(raw.fileno()).st_size
            with io.BufferedReader(lzma.LZMAFile(raw) if packed else raw) as source:
                for number, line in enumerate(source):
                    if told is not None and number % EVERY == 0:
                        told("Reading", raw.tell(), size)
                    yield line
            if told is not None:
                told("Reading", size, size)
    except (lzma.LZMAError, EOFError):
        raise FileRefused(str(file), 0, "cannot be unpacked: it is broken, or not whole") from None
    except OSError as error:
        raise FileRefused(str(file), 0, f"cannot be read: {error.strerror or error}") from None


@contextmanager
def _bar(title: str = "") -> Iterator[Told]:
    """A progress bar on the terminal's side channel, a line for each stage, below a title."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        stages: dict[str, TaskID] = {}
        if title and console.is_terminal:
            bar.print(title)

        def told(stage: str, done: int, of: int) -> None:
            if stage not in stages:
                stages[stage] = bar.add_task(stage, total=of)
            bar.update(stages[stage], completed=done, total=of)

        yield told


def _show(report: Report) -> None:
    console = Console(highlight=False)
    table = Table(
        title=f"{report.title}{' (dry run: nothing was kept)' if report.dry else ''}", show_header=False
    )
    table.add_column()
    table.add_column(justify="right")
    for name, value in report.figures:
        table.add_row(name, value)
    console.print(table)
    for note in report.notes:
        console.print(note, soft_wrap=True)
