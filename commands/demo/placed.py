"""An order of the demo shop, and what orders are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.demo.catalogue import Catalogue, Sold
from commands.demo.histories import Bought, Course
from commands.demo.offers import Offers
from commands.demo.places import Places
from commands.demo.stock import Shelves
from db.seeding import Rows
from domain.carts import Cart, PricedCart
from domain.completing import LineFigures


@dataclass(frozen=True, slots=True)
class World:
    """What orders are made of."""

    rows: Rows
    places: Places
    catalogue: Catalogue
    offers: Offers
    people: Mapping[str, int]
    shelves: Shelves


@dataclass(frozen=True, slots=True)
class Placed:
    """An order's lines with all that belongs to each."""

    id: UUID
    bought: Bought
    at: datetime
    sold: Sequence[Sold]
    cart: Cart
    priced: PricedCart
    figures: Sequence[LineFigures]


def is_sent(course: Course, position: int) -> bool:
    """Whether the line in this place, the first being 1, has left."""
    return course in {Course.SENT, Course.RETURNED} or (course is Course.PARTLY_SENT and position == 1)
