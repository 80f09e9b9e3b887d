"""Which units of which shelves move when something of an order is sent or given up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.fulfillments import Line, status_refusals, unit_refusals
from domain.orders import OrderStatus
from domain.refusals import refuse_all
from domain.stocks import Allocation, InsufficientStock, Shortage


@dataclass(frozen=True, slots=True)
class Place:
    """A shelf. ``free`` units are on hand, and neither promised nor held for a checkout.

    Below 0 where more is promised and held than there is.
    """

    stock_id: int
    warehouse_id: int
    variant_id: int
    on_hand: int
    free: int


@dataclass(frozen=True, slots=True)
class ToSend:
    """Units of a line to send from a warehouse."""

    line_id: UUID
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Packed:
    """Units of a line in a shipment; ``stock_id`` is null where stock is not counted."""

    line_id: UUID
    stock_id: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Move:
    """What happens on a shelf for a line: units promised to it and on hand, more or (below 0) fewer."""

    line_id: UUID
    stock_id: int
    promised: int = 0
    on_hand: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """``shipments`` are by warehouse, in the order in which these were named."""

    shipments: Mapping[int, Sequence[Packed]]
    moves: Sequence[Move]


@dataclass(slots=True)
class _Shelves:
    """What is on hand, promised and free while units are taken one wish after another."""

    places: Mapping[tuple[int, int], Place]
    promises: dict[tuple[UUID, int], int]
    on_hand: dict[int, int]
    free: dict[int, int]
    short: dict[int, Shortage] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def take(self, line: Line, wish: ToSend) -> Packed:
        """The line's own units of the shelf, then free ones in place of what it was promised elsewhere."""
        assert line.variant_id is not None, "its stock is counted"
        place = self.places.get((wish.warehouse_id, line.variant_id))
        stock_id = place.stock_id if place else 0
        own = min(self.promises.get((line.id, stock_id), 0), wish.quantity)
        other = wish.quantity - own
        available = min(own + max(self.free.get(stock_id, 0), 0), self.on_hand.get(stock_id, 0))
        if wish.quantity > available:
            self.short[line.variant_id] = Shortage(line.variant_id, wish.quantity, available)
            return Packed(line.id, stock_id, wish.quantity)
        self.on_hand[stock_id] -= wish.quantity
        self._promise(line.id, stock_id, -own)
        if other:
            self.free[stock_id] -= other
            self.release(line.id, other)
        self.moves.append(Move(line.id, stock_id, promised=-own, on_hand=-wish.quantity))
        return Packed(line.id, stock_id, wish.quantity)

    def release(self, line_id: UUID, units: int) -> None:
        """Promise the line so many units fewer, those of the shelf that was promised last first."""
        for (of_line, stock_id), promised in reversed(list(self.promises.items())):
            fewer = min(units, promised) if of_line == line_id else 0
            if fewer:
                self._promise(line_id, stock_id, -fewer)
                self.free[stock_id] = self.free.get(stock_id, 0) + fewer
                self.moves.append(Move(line_id, stock_id, promised=-fewer))
                units -= fewer

    def _promise(self, line_id: UUID, stock_id: int, more: int) -> None:
        if more:
            self.promises[line_id, stock_id] += more


def send(
    lines: Sequence[Line],
    promises: Sequence[Allocation],
    places: Sequence[Place],
    wishes: Sequence[ToSend],
    status: OrderStatus,
) -> Sending:
    """What goes into which shipment, and what that moves.

    Nothing is sent before it is on hand. A warehouse that was not promised gives of its free units, and as
    many are let go elsewhere. Raises ``Refused`` naming every reason at once.
    """
    by_id = {line.id: line for line in lines}
    refuse_all(
        [*status_refusals(status), *unit_refusals(by_id, [(one.line_id, one.quantity) for one in wishes])]
    )
    shelves = _shelves(promises, places)
    shipments: defaultdict[int, list[Packed]] = defaultdict(list)
    for wish in wishes:
        line = by_id[wish.line_id]
        packed = shelves.take(line, wish) if line.is_tracked else Packed(line.id, None, wish.quantity)
        shipments[wish.warehouse_id].append(packed)
    if shelves.short:
        raise InsufficientStock(list(shelves.short.values()), field="stocks")
    return Sending(shipments, joined(shelves.moves))


def give_up(
    lines: Sequence[Line], promises: Sequence[Allocation], wishes: Sequence[tuple[UUID, int]]
) -> list[Move]:
    """What is let go where these units (line, quantity) are never sent. Raises ``Refused``."""
    refuse_all(unit_refusals({line.id: line for line in lines}, wishes))
    shelves = _shelves(promises, [])
    for line_id, units in wishes:
        shelves.release(line_id, units)
    return joined(shelves.moves)


def let_go(promises: Iterable[Allocation]) -> list[Move]:
    """Every promise is taken back."""
    return [Move(one.line_id, one.stock_id, promised=-one.quantity) for one in promises]


def joined(moves: Iterable[Move]) -> list[Move]:
    """One move for each line and shelf; those that change nothing are left out."""
    sums: dict[tuple[UUID, int], tuple[int, int]] = {}
    for move in moves:
        promised, on_hand = sums.get((move.line_id, move.stock_id), (0, 0))
        sums[move.line_id, move.stock_id] = promised + move.promised, on_hand + move.on_hand
    return [Move(*key, *changes) for key, changes in sums.items() if any(changes)]


def _shelves(promises: Sequence[Allocation], places: Sequence[Place]) -> _Shelves:
    return _Shelves(
        {(place.warehouse_id, place.variant_id): place for place in places},
        {(one.line_id, one.stock_id): one.quantity for one in promises},
        {place.stock_id: place.on_hand for place in places},
        {place.stock_id: place.free for place in places},
    )
