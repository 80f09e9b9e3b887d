"""Stock: who gets which units of which warehouse, and who falls short."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from domain.refusals import Invalid, Refusal

HOLD = timedelta(minutes=15)
"""How long units are held for a checkout that is being paid."""
PAID_HOLD = timedelta(hours=24)
"""How long they are held once money was taken, or is on its way."""
MOST_BACKORDERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Shortage:
    """``available`` units are fewer than the ``wanted`` ones."""

    variant_id: int
    wanted: int
    available: int


class InsufficientStock(Refusal):
    """Names every variant that falls short; the fact ``variants`` holds their ids."""

    code: ClassVar[str] = "INSUFFICIENT_STOCK"

    def __init__(self, shortages: Sequence[Shortage], *, field: str | None = None) -> None:
        named = "; ".join(f"{one.wanted} wanted, {one.available} available" for one in shortages)
        super().__init__(
            f"There is not enough stock: {named}.",
            field=field,
            facts={"variants": [one.variant_id for one in shortages]},
        )
        self.shortages = tuple(shortages)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A variant's place in a warehouse. ``free`` units are neither promised nor held for another checkout.

    ``backorder`` units may be promised besides, before they are there.
    """

    stock_id: int
    variant_id: int
    free: int
    backorder: int = 0


@dataclass(frozen=True, slots=True)
class Shelves:
    """What there is to take from, the shelf to empty first coming first.

    ``untracked`` variants never run out.
    """

    shelves: Sequence[Shelf]
    untracked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Take:
    """Units to take from one shelf."""

    stock_id: int
    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class LineWanted:
    """Units that an order line needs."""

    line_id: UUID
    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units of a shelf that an order line is promised."""

    line_id: UUID
    stock_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that come to a warehouse; below 0 they leave it."""

    warehouse_id: int
    variant_id: int
    quantity: int


def summed(lines: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Units by variant from (variant, quantity) lines: the same variant on many lines counts as one."""
    wanted: dict[int, int] = {}
    for variant_id, quantity in lines:
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    return wanted


def plan(wanted: Mapping[int, int], shelves: Shelves) -> list[Take]:
    """What to take from where, in the order of the shelves; nothing is taken of untracked variants.

    Units on hand anywhere come before units on backorder.
    ``wanted`` is units by variant. Raises ``InsufficientStock`` naming every variant that falls short.
    """
    missing = {
        variant_id: units for variant_id, units in wanted.items() if variant_id not in shelves.untracked
    }
    taken: Counter[int] = Counter()
    on_hand = [(shelf, shelf.free) for shelf in shelves.shelves]
    to_come = [(shelf, shelf.backorder) for shelf in shelves.shelves]
    for shelf, there in on_hand + to_come:
        units = min(missing.get(shelf.variant_id, 0), there)
        if units > 0:
            taken[shelf.stock_id] += units
            missing[shelf.variant_id] -= units
    shortages = [
        Shortage(variant_id, wanted[variant_id], wanted[variant_id] - units)
        for variant_id, units in missing.items()
        if units > 0
    ]
    if shortages:
        raise InsufficientStock(shortages)
    return [
        Take(shelf.stock_id, shelf.variant_id, taken[shelf.stock_id])
        for shelf in shelves.shelves
        if taken[shelf.stock_id]
    ]


def check_backorder_limit(limit: int, free: int) -> None:
    """Whether so many units may be promised beyond what is on hand. Raises ``Invalid``.

    ``free`` units are on hand, and neither promised nor held: below 0 where more is than there is.
    """
    if not 0 <= limit <= MOST_BACKORDERS:
        raise Invalid(f"Between 0 and {MOST_BACKORDERS} units can be on backorder.", field="limit")
    if limit < -free:
        raise Invalid(f"{-free} units that are not on hand are promised already.", field="limit")


def assign(lines: Sequence[LineWanted], takes: Sequence[Take]) -> list[Allocation]:
    """The planned units handed out to the lines that want them, in the lines' order."""
    left = {take.stock_id: take.quantity for take in takes}
    allocations = []
    for line in lines:
        missing = line.quantity
        for take in takes:
            units = min(missing, left[take.stock_id]) if take.variant_id == line.variant_id else 0
            if units > 0:
                allocations.append(Allocation(line.line_id, take.stock_id, units))
                left[take.stock_id] -= units
                missing -= units
    return allocations
