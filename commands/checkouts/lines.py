"""What is in a cart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from commands.checkouts.changing import locked, repriced
from commands.checkouts.filling import check_units, fill, line_problems
from commands.shop import Shop
from db import checkout_lines
from db.checkout_lines import CheckoutLineRow, LineChange
from db.checkouts import CheckoutRow
from domain.access import Permission, Viewer
from domain.checkouts import NewLine, ReasonWithoutPrice, ZeroQuantity
from domain.metadata import metadata_problems
from domain.refusals import Invalid, NotFound, Refusal, refuse_all


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdit:
    """What a line is to be: named by its id, or by its variant while that is in one line only.

    ``quantity`` 0 removes it, null leaves it. ``sets_price``: ``price`` is meant, and null is the listed one.
    """

    line_id: UUID | None = None
    variant_id: int | None = None
    quantity: int | None = None
    sets_price: bool = False
    price: Decimal | None = None
    price_reason: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)


async def add(shop: Shop, viewer: Viewer, checkout_id: UUID, lines: Sequence[NewLine]) -> CheckoutRow:
    """The cart with more in it. Raises ``NotFound``, or ``Refused`` with all that is wrong with the lines."""
    refuse_all(line_problems(viewer, lines))
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        await fill(tx, checkout, lines)
        return await repriced(tx, viewer, checkout, shop.clock())


async def update(shop: Shop, viewer: Viewer, checkout_id: UUID, edits: Sequence[LineEdit]) -> CheckoutRow:
    """The cart with its lines as told; a variant that is not in it is added.

    Raises ``NotFound`` for the checkout, ``Refused`` for the lines, all at once.
    """
    if any(edit.sets_price for edit in edits):
        viewer.require(Permission.HANDLE_CHECKOUTS)
    refuse_all(_edit_problems(edits))
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        there = await checkout_lines.by_checkout_ids(tx, [checkout.id])
        meant, new = _meant(there, edits)
        quantities = {row.id: row.quantity for row in there} | {
            row.id: edit.quantity for row, edit in meant if edit.quantity is not None
        }
        units = Counter[int]()
        for row in there:
            units[row.variant_id] += quantities[row.id]
        for line in new:
            units[line.variant_id] += line.quantity
        touched = {row.variant_id for row, _ in meant if quantities[row.id]} | {
            line.variant_id for line in new
        }
        await check_units(tx, checkout, Counter({variant: units[variant] for variant in touched}))
        await checkout_lines.delete(tx, checkout.id, [row.id for row, _ in meant if not quantities[row.id]])
        await checkout_lines.update(
            tx,
            checkout.id,
            [_edited(row, edit, quantities[row.id]) for row, edit in meant if quantities[row.id]],
        )
        await checkout_lines.insert(tx, checkout.id, new)
        return await repriced(tx, viewer, checkout, shop.clock())


async def delete(shop: Shop, viewer: Viewer, checkout_id: UUID, line_ids: Sequence[UUID]) -> CheckoutRow:
    """The cart without these lines. Raises ``NotFound`` for the checkout, or for a line that is not in it."""
    async with shop.db.transaction() as tx:
        checkout = await locked(tx, viewer, checkout_id)
        there = {row.id for row in await checkout_lines.by_checkout_ids(tx, [checkout.id])}
        missing = [line_id for line_id in line_ids if line_id not in there]
        if missing:
            raise NotFound("A line is not in this cart.", field="linesIds", facts={"lines": missing})
        await checkout_lines.delete(tx, checkout.id, line_ids)
        return await repriced(tx, viewer, checkout, shop.clock())


def _edit_problems(edits: Sequence[LineEdit]) -> list[Refusal]:
    found: list[Refusal] = []
    for edit in edits:
        if (edit.line_id is None) == (edit.variant_id is None):
            found.append(Invalid("Name a line by its lineId or by its variantId.", field="lineId"))
        if edit.quantity is not None and edit.quantity < 0:
            found.append(ZeroQuantity("A quantity cannot be below 0.", field="quantity"))
        if edit.price_reason and edit.price is None:
            found.append(ReasonWithoutPrice("A reason needs a price.", field="priceOverrideReason"))
        found += metadata_problems(edit.meta)
    named = [edit.line_id or edit.variant_id for edit in edits]
    if len(set(named)) < len(named):
        found.append(Invalid("Name each line once.", field="lines"))
    return found


def _meant(
    there: Sequence[CheckoutLineRow], edits: Sequence[LineEdit]
) -> tuple[list[tuple[CheckoutLineRow, LineEdit]], list[NewLine]]:
    """Each edit with the line it names, and what has no line yet. Raises ``Refused``."""
    meant: list[tuple[CheckoutLineRow, LineEdit]] = []
    new: list[NewLine] = []
    found: list[Refusal] = []
    for edit in edits:
        named = [row for row in there if row.id == edit.line_id or row.variant_id == edit.variant_id]
        if len(named) > 1:
            found.append(Invalid("This variant is in several lines: name one by its id.", field="variantId"))
        elif named:
            meant.append((named[0], edit))
        elif edit.variant_id is None:
            found.append(
                NotFound("A line is not in this cart.", field="lineId", facts={"lines": [edit.line_id]})
            )
        elif edit.quantity:
            new.append(NewLine(edit.variant_id, edit.quantity, edit.price, edit.price_reason, meta=edit.meta))
    rows = [row.id for row, _ in meant]
    if len(set(rows)) < len(rows):
        found.append(Invalid("Name each line once.", field="lines"))
    refuse_all(found)
    return meant, new


def _edited(row: CheckoutLineRow, edit: LineEdit, quantity: int) -> LineChange:
    return LineChange(
        id=row.id,
        quantity=quantity,
        price_override=edit.price if edit.sets_price else row.price_override,
        price_override_reason=edit.price_reason if edit.sets_price else row.price_override_reason,
        meta=dict(edit.meta),
    )
