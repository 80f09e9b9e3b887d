"""Papers of record: invoices and credit notes, and all that one says."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from domain.money import ZERO, rounded, spread, taxed
from domain.orders import OrderStatus
from domain.refusals import Refusal


class PaperKind(StrEnum):
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class NotReady(Refusal):
    """No paper can be issued about an order that stands like this."""

    code: ClassVar[str] = "INVALID"


UNBILLED = frozenset({OrderStatus.DRAFT, OrderStatus.UNCONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELED})
LETTERS = {PaperKind.INVOICE: "", PaperKind.CREDIT_NOTE: "C"}


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of a paper; ``rate`` 0.2 is 20 %."""

    name: str
    quantity: int
    rate: Decimal
    net: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that a paper says. ``refers_to`` is the invoice that a credit note takes back, if there is one.

    ``by_gift_card`` of the sum was paid by gift cards.
    """

    kind: PaperKind
    number: str
    day: date
    order: str
    currency: str
    seller: Sequence[str]
    buyer: Sequence[str]
    rows: Sequence[PaperRow]
    by_gift_card: Decimal = ZERO
    refers_to: str | None = None
    note: str = ""

    @property
    def net(self) -> Decimal:
        return sum((row.net for row in self.rows), ZERO)

    @property
    def gross(self) -> Decimal:
        return sum((row.gross for row in self.rows), ZERO)

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """The tax by its rate, the lowest rate first: together it is ``gross - net``."""
        sums: dict[Decimal, Decimal] = {}
        for row in self.rows:
            sums[row.rate] = sums.get(row.rate, ZERO) + row.gross - row.net
        return dict(sorted(sums.items()))

    def facts(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return asdict(self)


def read(facts: Mapping[str, Any]) -> Paper:
    """The reverse of ``facts``, after it has been JSON."""
    rows = [
        PaperRow(
            row["name"], row["quantity"], Decimal(row["rate"]), Decimal(row["net"]), Decimal(row["gross"])
        )
        for row in facts["rows"]
    ]
    changed = {
        "kind": PaperKind(facts["kind"]),
        "day": date.fromisoformat(facts["day"]),
        "rows": rows,
        "by_gift_card": Decimal(facts["by_gift_card"]),
    }
    return Paper(**{**facts, **changed})


def number_of(kind: PaperKind, channel: str, serial: int) -> str:
    """What the channel's paper with this serial is called: ``WEB-000007``, a credit note ``WEB-C000007``."""
    return f"{channel.upper()}-{LETTERS[kind]}{serial:06}"


def check_issue(status: OrderStatus) -> None:
    """Raise ``NotReady`` unless an invoice may be issued of an order that stands like this."""
    if status in UNBILLED:
        raise NotReady(f"No invoice is issued of an order that is {status}.", field="orderId")


def credited(rows: Sequence[tuple[PaperRow, Decimal]], amount: Decimal, currency: str) -> list[PaperRow]:
    """``amount`` given back for these rows in proportion to their weights, each with the tax of its row."""
    shares = spread(amount, [weight for _, weight in rows], currency)
    return [
        PaperRow(row.name, row.quantity, row.rate, taxed(share, row.rate, currency, with_tax=True).net, share)
        for (row, _), share in zip(rows, shares, strict=True)
        if share > 0
    ]


def shown(amount: Decimal, currency: str) -> str:
    """An amount as it is printed: ``12.50 EUR``, ``1,200 JPY``."""
    return f"{rounded(amount, currency):,} {currency}"


def percent(rate: Decimal) -> str:
    """A rate as it is printed: ``8.25 %``."""
    return f"{(rate * 100).normalize():f} %"
