"""Money that staff grants back for an order: how much that is, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.money import ZERO, rounded
from domain.payments import EventKind
from domain.refusals import Invalid, NotFound, Refusal, Required, refuse_all

Purse: TypeAlias = UUID | int
"""Where money goes back to: the payment with this id, or the gift card."""


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
    """A line of an order: what it cost with tax, and how many of its units were granted back before.

    ``paid`` is what those units were worth.
    """

    id: UUID
    quantity: int
    total: Decimal
    granted: int = 0
    paid: Decimal = ZERO

    @property
    def left(self) -> int:
        """Units that may still be granted back."""
        return self.quantity - self.granted

    def worth(self, units: int, currency: str) -> Decimal:
        """What so many more units cost: over the whole line no cent is made or lost."""
        share = rounded(self.total * (self.granted + units) / self.quantity, currency)
        return max(share - rounded(self.paid, currency), ZERO)


@dataclass(frozen=True, slots=True)
class Grant:
    """What is to be given back. ``amount`` null: what the units (by line) and the shipping cost.

    ``reasons`` are those of single lines.
    """

    amount: Decimal | None = None
    units: Mapping[UUID, int] = field(default_factory=dict)
    shipping: bool = False
    reason: str = ""
    reasons: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrantedLine:
    """Units of a line that were granted back, and what they cost."""

    id: int
    line_id: UUID
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GrantChange:
    """What is to become of a grant; null leaves what is there.

    Where lines or the shipping change and no ``amount`` is named, it is what they cost. ``removed`` are lines
    of the grant.
    """

    amount: Decimal | None = None
    added: Mapping[UUID, int] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    shipping: bool | None = None
    purse: Purse | None = None
    reason: str | None = None
    reasons: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def moves_money(self) -> bool:
        """Whether it is about more than the reason."""
        said = (self.amount, self.shipping, self.purse)
        return bool(self.added or self.removed or any(one is not None for one in said))


@dataclass(frozen=True, slots=True)
class Refundable:
    """An order as far as giving back goes.

    ``available`` is left of the payment or the gift card that the money goes back to.
    """

    currency: str
    lines: Sequence[RefundLine]
    shipping: Decimal
    shipping_granted: bool
    available: Decimal


@dataclass(frozen=True, slots=True)
class Granted:
    """What is granted back, above 0; ``worth`` is what the units of each line cost."""

    amount: Decimal
    worth: Mapping[UUID, Decimal] = field(default_factory=dict)


def to_grant(grant: Grant, order: Refundable, *, named: str = "lines") -> Granted:
    """What comes of it. Units and shipping that cost more than there is are granted as far as it goes.

    ``named`` is the input that lists the units. Raises ``Refused`` naming every reason at once.
    """
    lines = {line.id: line for line in order.lines}
    if unknown := [line_id for line_id in grant.units if line_id not in lines]:
        raise NotFound("The order has no such line.", field=named, facts=_about(unknown))
    over = [line_id for line_id, units in grant.units.items() if not 1 <= units <= lines[line_id].left]
    refuse_all(
        [
            *(
                [MoreUnitsThanAvailable("Not so many units remain.", field=named, facts=_about(over))]
                * bool(over)
            ),
            *(
                [ShippingAlreadyGranted("Shipping was granted back before.", field="grantRefundForShipping")]
                if grant.shipping and order.shipping_granted
                else []
            ),
        ]
    )
    worth = {line_id: lines[line_id].worth(units, order.currency) for line_id, units in grant.units.items()}
    whole = sum(worth.values(), order.shipping if grant.shipping else ZERO)
    amount = rounded(whole if grant.amount is None else grant.amount, order.currency)
    if amount <= 0:
        raise Required("There is nothing to give back.", field="amount")
    if grant.amount is None:
        amount = min(amount, max(order.available, ZERO)) or amount
    if amount > order.available:
        raise MoreThanAvailable(
            f"The amount is {amount}, and {order.available} can be given back.", field="amount"
        )
    return Granted(amount, worth)


def changed(before: Grant, lines: Sequence[GrantedLine], change: GrantChange) -> Grant:
    """What is to be given back then. Raises ``NotFound`` for lines that the grant does not have."""
    if unknown := sorted(change.removed - {line.id for line in lines}):
        raise NotFound(
            "Nothing was granted back for such a line.",
            field="removeLines",
            facts={"remove_lines": unknown},
        )
    units = dict(change.added)
    for line in lines:
        if line.id not in change.removed:
            units[line.line_id] = units.get(line.line_id, 0) + line.quantity
    is_other = bool(change.added or change.removed) or change.shipping is not None
    return Grant(
        amount=before.amount if change.amount is None and not is_other else change.amount,
        units=units,
        shipping=before.shipping if change.shipping is None else change.shipping,
        reason=before.reason if change.reason is None else change.reason,
        reasons=change.reasons,
    )


def check_change(change: GrantChange, status: GrantStatus, *, is_on_paper: bool) -> None:
    """Raise ``Invalid`` unless a grant that has come this far may be changed like this.

    ``is_on_paper``: a credit note says what was granted.
    """
    if not change.moves_money:
        return
    if status in {GrantStatus.PENDING, GrantStatus.SUCCESS}:
        raise Invalid("Of what is paid back, or about to be, only the reason can be changed.")
    if is_on_paper:
        raise Invalid("A credit note was issued for this: only the reason can be changed.")


def grant_status(kinds: Iterable[str], *, is_paid: bool = False) -> GrantStatus:
    """What came of it, by the kinds of events that were told of what was asked.

    ``is_paid``: the money is back on the gift card.
    """
    told = set(kinds)
    if EventKind.REFUND_SUCCESS in told:
        return GrantStatus.FAILURE if EventKind.REFUND_REVERSE in told else GrantStatus.SUCCESS
    if EventKind.REFUND_FAILURE in told:
        return GrantStatus.FAILURE
    if is_paid:
        return GrantStatus.SUCCESS
    return GrantStatus.PENDING if told else GrantStatus.NONE


def remaining_grant(granted: Decimal, total: Decimal, given_back: Decimal, taken: Decimal) -> Decimal:
    """What of ``granted`` has still to go back.

    ``given_back`` is what went back or is about to; what was ``taken`` beyond ``total`` goes back first.
    """
    beyond = max(taken + given_back - total, ZERO)
    return max(min(granted, total) - max(given_back - beyond, ZERO), ZERO)


def _about(line_ids: Sequence[UUID]) -> Mapping[str, Sequence[UUID]]:
    """Which lines are at fault, by either name that an error has for them."""
    return {"lines": line_ids, "add_lines": line_ids}
