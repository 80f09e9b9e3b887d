"""Money that staff grants back for an order: how much that is, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.money import ZERO, rounded
from domain.payments import EventKind
from domain.refusals import NotFound, Refusal, Required, refuse_all


class GrantStatus(StrEnum):
    """What came of money that was granted back, by the API's names."""

    NONE = "NONE"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


class MoreThanAvailable(Refusal):
    """Less was charged, or is still free to be granted back; names both figures."""

    code: ClassVar[str] = "AMOUNT_GREATER_THAN_AVAILABLE"


class MoreUnitsThanAvailable(Refusal):
    """The fact ``lines`` names the lines of which fewer units remain."""

    code: ClassVar[str] = "QUANTITY_GREATER_THAN_AVAILABLE"


class ShippingAlreadyGranted(Refusal):
    code: ClassVar[str] = "SHIPPING_COSTS_ALREADY_GRANTED"


class RefundPending(Refusal):
    code: ClassVar[str] = "REFUND_IS_PENDING"


class RefundDone(Refusal):
    code: ClassVar[str] = "REFUND_ALREADY_PROCESSED"


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A line of an order: what it cost with tax, and how many of its units were granted back before."""

    id: UUID
    quantity: int
    total: Decimal
    granted: int

    def worth(self, units: int, currency: str) -> Decimal:
        """What so many more units cost: over the whole line no cent is made or lost."""
        before = rounded(self.total * self.granted / self.quantity, currency)
        return rounded(self.total * (self.granted + units) / self.quantity, currency) - before


@dataclass(frozen=True, slots=True)
class Grant:
    """What is to be given back. ``amount`` null: what the units (by line) and the shipping cost."""

    amount: Decimal | None = None
    units: Mapping[UUID, int] = field(default_factory=dict)
    shipping: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refundable:
    """An order as far as giving back goes; ``available`` is left of the payment that gives it back."""

    currency: str
    lines: Sequence[RefundLine]
    shipping: Decimal
    shipping_granted: bool
    available: Decimal


def amount_to_grant(grant: Grant, order: Refundable) -> Decimal:
    """What is granted back, above 0. Raises ``Refused`` naming every reason at once."""
    lines = {line.id: line for line in order.lines}
    if unknown := [line_id for line_id in grant.units if line_id not in lines]:
        raise NotFound("The order has no such line.", field="lines", facts={"lines": unknown})
    over = [line_id for line_id, units in grant.units.items() if not 1 <= units <= _left(lines[line_id])]
    refuse_all(
        [
            *(
                [MoreUnitsThanAvailable("Not so many units remain.", field="lines", facts={"lines": over})]
                if over
                else []
            ),
            *(
                [ShippingAlreadyGranted("Shipping was granted back before.", field="grantRefundForShipping")]
                if grant.shipping and order.shipping_granted
                else []
            ),
        ]
    )
    worth = [lines[line_id].worth(units, order.currency) for line_id, units in grant.units.items()]
    whole = sum(worth, order.shipping if grant.shipping else ZERO)
    amount = rounded(whole if grant.amount is None else grant.amount, order.currency)
    if amount <= 0:
        raise Required("There is nothing to give back.", field="amount")
    if amount > order.available:
        raise MoreThanAvailable(
            f"The amount is {amount}, and {order.available} can be given back.", field="amount"
        )
    return amount


def grant_status(kinds: Iterable[str], *, was_asked: bool) -> GrantStatus:
    """What came of it, by the kinds of events that were told of what was asked."""
    told = set(kinds)
    if EventKind.REFUND_SUCCESS in told:
        return GrantStatus.FAILURE if EventKind.REFUND_REVERSE in told else GrantStatus.SUCCESS
    if EventKind.REFUND_FAILURE in told:
        return GrantStatus.FAILURE
    return GrantStatus.PENDING if was_asked else GrantStatus.NONE


def _left(line: RefundLine) -> int:
    return line.quantity - line.granted
