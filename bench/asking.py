"""What is asked of each side: a document of Matvis, a page of the handwritten one, for the same answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from bench.clients import posted
from bench.growing import CARTS, CHANNEL
from schema.ids import to_global

DOCUMENTS = Path(__file__).parent / "documents"
VARIED = 50  # different values of the variables that differ


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the table. ``least`` is the share of handwritten speed that it is to reach."""

    title: str
    name: str
    variables: Sequence[Mapping[str, Any]]
    least: float
    faster: float | None = None
    """How many times faster than the reference it is to be."""
    logged_in: bool = False

    def requests(self, side: str, token: str) -> list[bytes]:
        own = token if self.logged_in else None
        if side == "handwritten":
            return [posted(f"/{self.name}", orjson.dumps(given), own) for given in self.variables]
        text = (DOCUMENTS / f"{self.name}.graphql").read_text()
        return [
            posted("/graphql/", orjson.dumps({"query": text, "variables": given}), own)
            for given in self.variables
        ]


def questions() -> list[Question]:
    products = [{"slug": f"product-{n}", "channel": CHANNEL} for n in range(1, VARIED + 1)]
    carts = [
        {
            "id": to_global("Checkout", UUID(int=n)),
            "lines": [{"variantId": to_global("ProductVariant", n), "quantity": 1}],
        }
        for n in range(1, CARTS + 1)
    ]
    return [
        Question("a product by its slug", "product", products, 0.8),
        Question("a product's page", "product_page", products, 0.8),
        Question("a listing of 24", "listing", [{"channel": CHANNEL, "first": 24}], 0.8, 8),
        Question("a listing of 100", "listing", [{"channel": CHANNEL, "first": 100}], 0.8, 12),
        Question("ten orders with lines", "orders", [{"first": 10}], 0.8, logged_in=True),
        Question("a line into a cart", "lines_add", carts, 0.65),
    ]
