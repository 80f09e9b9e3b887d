"""Units on the demo shop's shelves: what came, what was sent, and what orders are promised."""

from datetime import datetime
from uuid import UUID

from db.seeding import Rows


class Shelves:
    """Keeps every stock's units in step with its movements and its allocations."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._ids: dict[tuple[int, int], int] = {}
        self._on_hand: dict[int, int] = {}
        self._allocated: dict[int, int] = {}

    def fill(self, warehouse_id: int, variant_id: int, units: int, at: datetime) -> None:
        """A new stock, and the units that are free to be sold."""
        id = self._rows.add("stocks", warehouse_id=warehouse_id, variant_id=variant_id, on_hand=0, allocated=0)
        self._ids[warehouse_id, variant_id] = id
        self._on_hand[id] = self._allocated[id] = 0
        if units:
            self._move(id, units, "RECEIVED", "", at)

    def send(self, warehouse_id: int, variant_id: int, units: int, order_id: UUID, at: datetime) -> int:
        """Units that came for this order, and have left with it; their stock's id."""
        id = self._came_for(warehouse_id, variant_id, units, order_id, at)
        self._move(id, -units, "FULFILLED", str(order_id), at)
        return id

    def take_back(self, stock_id: int, units: int, order_id: UUID, at: datetime) -> None:
        self._move(stock_id, units, "RETURNED", str(order_id), at)

    def promise(
        self, warehouse_id: int, variant_id: int, units: int, order_id: UUID, line_id: UUID, at: datetime
    ) -> None:
        """Units that came for this order, and wait to be sent."""
        id = self._came_for(warehouse_id, variant_id, units, order_id, at)
        self._rows.add("allocations", order_line_id=line_id, stock_id=id, quantity=units)
        self._allocated[id] += units
        self._rows.change("stocks", id, allocated=self._allocated[id])

    def _came_for(self, warehouse_id: int, variant_id: int, units: int, order_id: UUID, at: datetime) -> int:
        id = self._ids[warehouse_id, variant_id]
        self._move(id, units, "RECEIVED", str(order_id), at)
        return id

    def _move(self, id: int, units: int, cause: str, reference: str, at: datetime) -> None:
        self._rows.add(
            "stock_movements", stock_id=id, quantity=units, cause=cause, reference=reference, created_at=at
        )
        self._on_hand[id] += units
        self._rows.change("stocks", id, on_hand=self._on_hand[id])
