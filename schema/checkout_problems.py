"""What keeps a cart from becoming an order, told before it is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import strawberry

from db.checkout_lines import CheckoutLineRow
from db.checkout_problems import LineProblemRow
from db.checkouts import CheckoutRow
from db.shipping import DeliveryRow
from engine.words import attribute, edge
from loaders.checkouts import CheckoutLoaders
from loaders.shipping import ShippingLoaders
from loaders.variants import VariantLoaders
from schema.context import Context
from schema.products import ProductVariant
from schema.shipping import Delivery

if TYPE_CHECKING:
    from schema.checkouts import CheckoutLine


@dataclass(frozen=True, slots=True)
class StaleRow:
    delivery: DeliveryRow


@dataclass(frozen=True, slots=True)
class InvalidRow:
    delivery: DeliveryRow


@dataclass(frozen=True, slots=True)
class ShortRow:
    line: LineProblemRow
    variant_id: int
    channel_id: int
    available_quantity: int


@dataclass(frozen=True, slots=True)
class UnavailableRow:
    line: LineProblemRow


LineProblemValue = ShortRow | UnavailableRow
ProblemValue = StaleRow | InvalidRow | LineProblemValue


@strawberry.type(
    description="The cart has changed since the chosen delivery was offered: calculate the options again."
)
class CheckoutProblemDeliveryMethodStale:
    represents: ClassVar[type] = StaleRow

    delivery: Delivery = attribute("The chosen delivery.")


@strawberry.type(description="The chosen delivery can no longer be had: choose another.")
class CheckoutProblemDeliveryMethodInvalid:
    represents: ClassVar[type] = InvalidRow

    delivery: Delivery = attribute("The chosen delivery.")


@strawberry.type(description="There are fewer units than the cart has of a variant.")
class CheckoutLineProblemInsufficientStock:
    represents: ClassVar[type] = ShortRow

    line: Annotated["CheckoutLine", strawberry.lazy("schema.checkouts")] = attribute("The line.")
    available_quantity: int | None = attribute("The units that can be bought.")
    variant: ProductVariant | None = edge(
        VariantLoaders.any_by_key,
        key=("variant_id", "channel_id"),
        description="What there is too little of.",
    )


@strawberry.type(description="A line's variant is no longer sold: remove the line.")
class CheckoutLineProblemVariantNotAvailable:
    represents: ClassVar[type] = UnavailableRow

    line: Annotated["CheckoutLine", strawberry.lazy("schema.checkouts")] = attribute("The line.")


CheckoutProblem = Annotated[
    CheckoutProblemDeliveryMethodStale
    | CheckoutProblemDeliveryMethodInvalid
    | CheckoutLineProblemInsufficientStock
    | CheckoutLineProblemVariantNotAvailable,
    strawberry.union("CheckoutProblem", description="What keeps a cart from becoming an order."),
]
CheckoutLineProblem = Annotated[
    CheckoutLineProblemInsufficientStock | CheckoutLineProblemVariantNotAvailable,
    strawberry.union("CheckoutLineProblem", description="What keeps a line from being bought."),
]


async def problems(rows: Sequence[CheckoutRow], context: Context) -> list[list[ProblemValue]]:
    """The chosen delivery's problem, then those of the lines."""
    load_many = context.loading.load_many
    chosen = [row.delivery_id for row in rows if row.delivery_id is not None]
    deliveries = {
        found.checkout_id: found
        for found in await load_many(ShippingLoaders.delivery, chosen)
        if found is not None
    }
    lines = await load_many(CheckoutLoaders.line_problems, [row.id for row in rows])
    return [
        [*_delivery_problems(row, deliveries.get(row.id)), *map(_line_problem, found)]
        for row, found in zip(rows, lines, strict=True)
    ]


async def line_problems(rows: Sequence[CheckoutLineRow], context: Context) -> list[list[LineProblemValue]]:
    checkout_ids = list(dict.fromkeys(row.checkout_id for row in rows))
    found = await context.loading.load_many(CheckoutLoaders.line_problems, checkout_ids)
    by_line = {line.id: line for lines in found for line in lines}
    return [[_line_problem(by_line[row.id])] if row.id in by_line else [] for row in rows]


def _delivery_problems(checkout: CheckoutRow, delivery: DeliveryRow | None) -> list[ProblemValue]:
    if delivery is None:
        return []
    if not delivery.is_valid:
        return [InvalidRow(delivery)]
    return [StaleRow(delivery)] if delivery.checkout_version != checkout.version else []


def _line_problem(line: LineProblemRow) -> LineProblemValue:
    if not line.is_open:
        return UnavailableRow(line)
    return ShortRow(line, line.variant_id, line.channel_id, line.available)
