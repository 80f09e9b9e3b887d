"""What puts lines into a locked checkout: every check on what may be bought is here."""

from collections import Counter
from collections.abc import Sequence

from db import checkout_lines, stocks
from db.checkout_lines import CheckoutLineRow, LineChange
from db.checkouts import CheckoutRow
from db.statements import Connection
from domain.access import Permission, Viewer
from domain.checkouts import NewLine, line_refusals, merged, refusals_to_sell, shortages
from domain.metadata import metadata_problems
from domain.refusals import Refusal, refuse_all


def line_problems(viewer: Viewer, lines: Sequence[NewLine]) -> list[Refusal]:
    """What is wrong with the lines as they were written. Raises ``Denied`` for a price not set by staff."""
    if any(line.price is not None for line in lines):
        viewer.require(Permission.HANDLE_CHECKOUTS)
    return [*line_refusals(lines), *(problem for line in lines for problem in metadata_problems(line.meta))]


async def fill(tx: Connection, checkout: CheckoutRow, lines: Sequence[NewLine]) -> None:
    """Put the lines into the locked checkout: onto the line that the variant has, if it has one.

    Raises ``Refused`` with every reason at once.
    """
    there = await checkout_lines.by_checkout_ids(tx, [checkout.id])
    changes: list[LineChange] = []
    new: list[NewLine] = []
    for line in merged(lines):
        own = [row for row in there if row.variant_id == line.variant_id]
        if line.alone or len(own) != 1:
            new.append(line)
        else:
            changes.append(_grown(own[0], line))
    units = Counter(dict.fromkeys((line.variant_id for line in lines), 0))
    for row in there:
        if row.variant_id in units:
            units[row.variant_id] += row.quantity
    for line in lines:
        units[line.variant_id] += line.quantity
    await check_units(tx, checkout, units)
    await checkout_lines.update(tx, checkout.id, changes)
    await checkout_lines.insert(tx, checkout.id, new)


async def check_units(tx: Connection, checkout: CheckoutRow, units: Counter[int]) -> None:
    """Raise ``Refused`` unless all these units, by variant and summed over the cart, may be bought now."""
    if not units:
        return
    offers = await checkout_lines.offers(tx, checkout.channel_id, list(units))
    free = await stocks.available(
        tx, [(variant, checkout.channel_id) for variant in units], checkout_id=checkout.id
    )
    sold = {
        variant: count for variant, count in units.items() if variant in offers and offers[variant].is_open
    }
    refuse_all(
        [
            *refusals_to_sell(units, offers),
            *shortages(sold, {row.variant_id: row.quantity for row in free}),
        ]
    )


def _grown(row: CheckoutLineRow, line: NewLine) -> LineChange:
    priced = line.price is not None
    return LineChange(
        id=row.id,
        quantity=row.quantity + line.quantity,
        price_override=line.price if priced else row.price_override,
        price_override_reason=line.price_reason if priced else row.price_override_reason,
        meta=dict(line.meta),
    )
