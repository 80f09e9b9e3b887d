"""Online Retail's invoices as products, customers, orders and credit notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from commands.imports.places import NewChannel, open_channel, open_warehouse
from commands.imports.staged_rows import (
    article_rows,
    credit_line_rows,
    credit_rows,
    people_rows,
    sale_line_rows,
    sale_rows,
    set_aside_rows,
)
from commands.shop import Shop
from db import outbox, stocks
from db.channels import ChannelRow
from db.imports import articles, credit_notes, ledger, people, sales
from db.imports.staging import allow_long
from db.statements import Connection
from domain.imports.articles import articles as articles_of
from domain.imports.csv_rows import FileRefused
from domain.imports.invoices import Books, Open, OpenSales, arrange, sums_by_invoice
from domain.imports.online_retail import CURRENCY, Entry
from domain.imports.report import FileImported, Progress, Report, Undone, check_kept, silent
from domain.money import ZERO
from domain.stocks import Arrival

SOURCE = "online-retail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How to bring a file in.

    ``stock`` units of each product that is made are counted in; 0 leaves it sold out.
    """

    channel: str
    new_channel: NewChannel | None = None
    stock: int = 0
    dry_run: bool = False


async def bring_in(
    shop: Shop, file: str, entries: Sequence[Entry], terms: Terms, progress: Progress = silent
) -> Report:
    """Put the invoices that the shop does not have yet into it, all of them or none.

    What is there already stays as it is. At the end the shop is asked what it has of every invoice of the
    file; each comes to what the file says, or the whole is undone. Raises ``FileRefused`` and
    ``ChannelUnknown``. Records ``FileImported``.
    """
    try:
        async with shop.db.transaction() as tx:
            report = await _bring_in(tx, file, entries, terms, progress=progress, now=shop.clock())
            check_kept(report)
    except Undone as dry:
        return dry.report
    return report


async def _bring_in(
    tx: Connection, file: str, entries: Sequence[Entry], terms: Terms, *, progress: Progress, now: datetime
) -> Report:
    await allow_long(tx)
    channel = await open_channel(tx, terms.channel, terms.new_channel)
    if channel.currency_code != CURRENCY:
        what = f"its prices are in {CURRENCY}, and channel {channel.slug} sells in {channel.currency_code}"
        raise FileRefused(file, 0, what)
    expected = sums_by_invoice(entries)
    elsewhere = await ledger.put_down(tx, expected, channel.id)
    if elsewhere is not None:
        raise FileRefused(file, 0, f"invoices of this file are in channel {elsewhere} already")

    known = await ledger.known_invoices(tx)
    books = await _arranged(tx, channel.id, [entry for entry in entries if entry.invoice not in known])
    await people.bring_in(tx, people_rows(books))
    new = await articles.bring_in(
        tx, channel.id, article_rows(articles_of(books), channel.currency_code), now
    )
    warehouse_id = await open_warehouse(tx, channel)
    await stocks.receive(
        tx,
        [Arrival(warehouse_id, variant_id, terms.stock) for variant_id in new] if terms.stock else [],
        cause="IMPORTED",
        reference=SOURCE,
    )
    await _sell(tx, file, channel, books, progress)
    await credit_notes.put_down(tx, credit_rows(books), credit_line_rows(books))
    await credit_notes.bring_in(tx, channel.id, channel.currency_code)
    await ledger.set_aside(tx, set_aside_rows(SOURCE, books))
    await outbox.record(tx, FileImported(channel.id, SOURCE))

    await _check(tx, file, expected)
    return await _report(tx, file, entries, len(books.sales) + len(books.credits), dry=terms.dry_run)


async def _arranged(tx: Connection, channel_id: int, entries: Sequence[Entry]) -> Books:
    open_sales = OpenSales()
    back = {entry.customer for entry in entries if entry.customer and entry.value <= 0}
    for row in await ledger.open_lines(tx, channel_id, sorted(back)):
        open_sales.add(row.customer, row.code, Open(row.invoice, row.position, row.at, row.price, row.units))
    return arrange(entries, open_sales)


async def _sell(tx: Connection, file: str, channel: ChannelRow, books: Books, progress: Progress) -> None:
    lines = sum(len(sale.lines) for sale in books.sales)
    taken = await sales.put_down(
        tx, sale_rows(books), sale_line_rows(books), lambda done: progress("Copying lines", done, lines)
    )
    if taken is not None:
        raise FileRefused(file, 0, f"invoice {taken} cannot be brought in: another order has its number")
    count = len(books.sales)
    await sales.bring_in(
        tx, channel.id, channel.currency_code, count, lambda done: progress("Making orders", done, count)
    )


async def _check(tx: Connection, file: str, expected: Mapping[str, Decimal]) -> None:
    found = await ledger.sums(tx)
    for invoice, amount in expected.items():
        if found.get(invoice, ZERO) != amount:
            there = _shown(found.get(invoice, ZERO))
            what = f"invoice {invoice} comes to {_shown(amount)} here and to {there} in the shop"
            raise FileRefused(file, 0, f"{what}; nothing was changed")


async def _report(tx: Connection, file: str, entries: Sequence[Entry], papers: int, *, dry: bool) -> Report:
    figures, aside = await ledger.figures(tx)
    in_file = sum((entry.value for entry in entries), ZERO)
    kept = figures.sold + figures.shipping - figures.credited
    set_aside = sum((row.amount for row in aside), ZERO)
    rows = figures.order_lines + figures.shipping_rows + figures.credit_rows + sum(row.rows for row in aside)
    if (rows, kept + set_aside) != (len(entries), in_file):
        what = f"it has {len(entries)} rows worth {_shown(in_file)}, and the shop {rows}"
        raise FileRefused(file, 0, f"{what} worth {_shown(kept + set_aside)}; nothing was changed")
    return Report(
        "Online Retail",
        [
            ("Invoices new to the shop", f"{papers:,}"),
            ("Orders", f"{figures.orders:,}"),
            ("Customers", f"{figures.customers:,}"),
            ("Products", f"{figures.products:,}"),
            ("Credit notes", f"{figures.credit_notes:,}"),
            ("Returns of known orders' goods", f"{figures.returned_lines:,}"),
            ("Rows in the file", f"{len(entries):,}"),
            ("as lines of orders", f"{figures.order_lines:,}"),
            ("as their shipping", f"{figures.shipping_rows:,}"),
            ("in credit notes", f"{figures.credit_rows:,}"),
            *((f"set aside: {row.reason}", f"{row.rows:,}") for row in aside),
            ("Price of orders' lines", _shown(figures.sold)),
            ("Price of shipping", f"+ {_shown(figures.shipping)}"),
            ("Given back", f"- {_shown(figures.credited)}"),
            ("of it to known orders", _shown(figures.refunded)),
            ("Worth of rows set aside", f"+ {_shown(set_aside)}"),
            ("In the shop", _shown(kept + set_aside)),
            ("In the file", _shown(in_file)),
        ],
        dry=dry,
    )


def _shown(amount: Decimal) -> str:
    """At least two digits after the point, and as many as there are."""
    cents = amount.quantize(Decimal("0.01"))
    return f"{cents:,}" if cents == amount else f"{amount.normalize():,f}"
