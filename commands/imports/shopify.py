"""Shopify's products, in one transaction; their pictures afterwards, because those come over the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commands.imports import catalogue_rows as rows
from commands.imports.places import NewChannel, open_channel, open_warehouse
from commands.shop import Shop
from db import outbox, promotions, stocks
from db.channels import ChannelRow
from db.imports import kinds, offers, products
from db.imports.offers import PictureRow
from db.imports.staging import allow_long
from db.statements import Connection
from domain.events import StockChanged
from domain.imports.csv_rows import FileRefused
from domain.imports.report import FileImported, Progress, Report, Undone, check_kept, silent
from domain.imports.shopify import Catalogue, Item
from domain.money import exponent
from domain.stocks import Arrival

SOURCE = "shopify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How to bring the files in.

    With ``keep_stock`` the units of variants that the shop knows stay as they are.
    """

    channel: str
    new_channel: NewChannel | None = None
    keep_stock: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done, and the pictures of these products that the shop has no copy of."""

    report: Report
    pictures: Sequence[PictureRow]


async def bring_in(shop: Shop, catalogue: Catalogue, terms: Terms, progress: Progress = silent) -> Imported:
    """Make the products, and bring those that came from such files before up to date: all of them or none.

    Nothing is deleted. Raises ``FileRefused`` and ``ChannelUnknown``. Records ``FileImported``, and
    ``StockChanged`` for each variant whose units changed.
    """
    try:
        async with shop.db.transaction() as tx:
            imported = await _bring_in(tx, catalogue, terms, progress, shop.clock())
            check_kept(imported.report)
    except Undone as dry:
        return Imported(dry.report, ())
    return imported


async def _bring_in(
    tx: Connection, catalogue: Catalogue, terms: Terms, progress: Progress, now: datetime
) -> Imported:
    await allow_long(tx)
    items = list(catalogue.items.values())
    steps = 5
    channel = await open_channel(tx, terms.channel, terms.new_channel)
    _check_prices(items, channel)
    progress("Types and categories", 1, steps)
    categories = rows.category_rows(items)
    await kinds.bring_in_categories(tx, categories, 1 + max((row[2] for row in categories), default=-1))
    await kinds.bring_in_types(tx, rows.type_rows(items), *rows.attribute_rows(items))

    progress("Products", 2, steps)
    foreign = await products.put_down(
        tx, rows.item_rows(items), rows.variation_rows(items), rows.assigned_rows(items)
    )
    if foreign is not None:
        item = items[foreign.item]
        what = f"{foreign.sku} belongs to product {foreign.slug} of the shop"
        raise FileRefused(item.file, item.variations[foreign.position].line, what, column="Variant SKU")
    changes = await products.bring_in(tx, now)

    progress("Prices and stock", 3, steps)
    await promotions.lock(tx)
    await offers.price(tx, channel.id, rows.offer_rows(items), rows.shown_rows(items), now)
    await promotions.refresh(tx, now)
    warehouse_id = await open_warehouse(tx, channel)
    changed, kept_back = await _count_stock(tx, warehouse_id, keep=terms.keep_stock)

    progress("Pictures", 4, steps)
    pictures = await offers.show(tx, rows.picture_rows(items), rows.worn_rows(items))
    await outbox.record(
        tx, FileImported(channel.id, SOURCE), *(StockChanged(variant_id) for variant_id in changed)
    )
    progress("Done", steps, steps)
    return Imported(_report(catalogue, changes, len(changed), kept_back, dry=terms.dry_run), pictures)


def _check_prices(items: Sequence[Item], channel: ChannelRow) -> None:
    smallest = exponent(channel.currency_code)
    for item in items:
        for one in item.variations:
            for column, amount in (
                ("Variant Price", one.price),
                ("Variant Compare At Price", one.compare_at),
            ):
                if amount is not None and amount % smallest:
                    what = f"{amount} is finer than {channel.currency_code} can be paid"
                    raise FileRefused(item.file, one.line, what, column=column)


async def _count_stock(tx: Connection, warehouse_id: int, *, keep: bool) -> tuple[list[int], int]:
    """The variants whose units changed, and how many keep more units than the files say.

    Those promised to orders.
    """
    locked, wanted = await offers.shelves(tx, warehouse_id)
    there = {shelf.variant_id: shelf for shelf in locked}
    arrivals, kept_back = [], 0
    for one in wanted:
        shelf = there.get(one.variant_id)
        if shelf is not None and keep:
            continue
        on_hand, promised = (shelf.on_hand, shelf.promised) if shelf else (0, 0)
        kept_back += promised > one.units
        if max(one.units, promised) != on_hand:
            arrivals.append(Arrival(warehouse_id, one.variant_id, max(one.units, promised) - on_hand))
    await stocks.receive(tx, arrivals, cause="IMPORTED", reference=SOURCE)
    return [arrival.variant_id for arrival in arrivals], kept_back


def _report(
    catalogue: Catalogue, changes: products.Changes, stock_changed: int, kept_back: int, *, dry: bool
) -> Report:
    items = catalogue.items.values()
    variations = [one for item in items for one in item.variations]
    oversold = sum(one.quantity < 0 for one in variations)
    notes = [
        (oversold, "variants are oversold in the file (a quantity below 0): they come with none on hand."),
        (kept_back, "variants keep more units than the file says, because orders are promised them."),
        (changes.unmentioned, "variants of these products are not in the file; they stay."),
    ]
    left_out = sorted(catalogue.left_out.items())
    return Report(
        "Shopify",
        [
            ("Products in the files", f"{len(items):,}"),
            ("Products made", f"{changes.products_made:,}"),
            ("Products changed", f"{changes.products_changed:,}"),
            ("Variants in the files", f"{len(variations):,}"),
            ("Variants made", f"{changes.variants_made:,}"),
            ("Variants changed", f"{changes.variants_changed:,}"),
            ("Variants whose units changed", f"{stock_changed:,}"),
        ],
        [
            *(f"{count:,} {sentence}" for count, sentence in notes if count),
            *(f"Column {name} has no place here: {count:,} values are left out." for name, count in left_out),
        ],
        dry=dry,
    )
