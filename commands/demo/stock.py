"""Units on the demo shop's shelves: what came, what was sent, and what orders are promised."""

from datetime import datetime
from uuid import UUID

from db.seeding import Rows


class Shelves:
    """Keeps every stock's units in step with its movements and its allocations."""

    def __init__(self, rows: Rows, opened_at: datetime) -> None:
        self._rows = rows
        self._opened_at = opened_at
        self._ids: dict[tuple[int, int], int] = {}
        self._on_hand: dict[int, int] = {}
        self._allocated: dict[int, int] = {}

    def fill(self, warehouse_id: int, variant_id: int, units: int) -> None:
        """A new stock, and the units that are free to be sold."""
        stock_id = self._rows.add(
            "stocks", warehouse_id=warehouse_id, variant_id=variant_id, on_hand=0, allocated=0
        )
        self._ids[warehouse_id, variant_id] = stock_id
        self._on_hand[stock_id] = self._allocated[stock_id] = 0
        if units:
            self._move(stock_id, units, "RECEIVED", "", self._opened_at)

    def send(self, stock: tuple[int, int], units: int, order_id: UUID, at: datetime) -> int:
        """Units that came for this order to a (warehouse, variant), and have left with it; the stock's id."""
        stock_id = self._came_for(stock, units, order_id)
        self._move(stock_id, -units, "FULFILLED", str(order_id), at)
        return stock_id

    def take_back(self, stock_id: int, units: int, order_id: UUID, at: datetime) -> None:
        self._move(stock_id, units, "RETURNED", str(order_id), at)

    def promise(self, stock: tuple[int, int], units: int, order_id: UUID, line_id: UUID) -> None:
        """Units that came for this order to a (warehouse, variant), and wait to be sent."""
        stock_id = self._came_for(stock, units, order_id)
        self._rows.add("allocations", order_line_id=line_id, stock_id=stock_id, quantity=units)
        self._allocated[stock_id] += units
        self._rows.change("stocks", stock_id, allocated=self._allocated[stock_id])

    def _came_for(self, stock: tuple[int, int], units: int, order_id: UUID) -> int:
        stock_id = self._ids[stock]
        self._move(stock_id, units, "RECEIVED", str(order_id), self._opened_at)
        return stock_id

    def _move(self, stock_id: int, units: int, cause: str, reference: str, at: datetime) -> None:
        self._rows.add(
            "stock_movements",
            stock_id=stock_id,
            quantity=units,
            cause=cause,
            reference=reference,
            created_at=at,
        )
        self._on_hand[stock_id] += units
        self._rows.change("stocks", stock_id, on_hand=self._on_hand[stock_id])
