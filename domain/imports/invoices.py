"""What became of invoice rows: sales, money given back, and what is neither.

Every row's value ends up in exactly one place, so the three add up to the file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.imports.online_retail import Entry
from domain.money import ZERO


class Kind(StrEnum):
    """What a row is about."""

    PRODUCT = "PRODUCT"
    SHIPPING = "SHIPPING"
    CHARGE = "CHARGE"
    DISCOUNT = "DISCOUNT"


NO_PRODUCTS: Mapping[str, Kind] = {
    "POST": Kind.SHIPPING,
    "DOT": Kind.SHIPPING,
    "C2": Kind.SHIPPING,  # carriage
    "D": Kind.DISCOUNT,
    "M": Kind.CHARGE,  # entered by hand
    "S": Kind.CHARGE,  # samples
    "B": Kind.CHARGE,  # bad debt
    "CRUK": Kind.CHARGE,  # commission for a charity
    "BANK CHARGES": Kind.CHARGE,
    "AMAZONFEE": Kind.CHARGE,
}
"""Stock codes under which no goods are sold."""
GIFT_VOUCHERS = "GIFT_"

STOCK_OUT = "stock note: units taken out, with no price and no customer"
STOCK_IN = "stock note: units added, with no price and no customer"
NOTHING = "a quantity of nothing"


def kind_of(code: str) -> Kind:
    if code.startswith(GIFT_VOUCHERS):
        return Kind.CHARGE
    return NO_PRODUCTS.get(code, Kind.PRODUCT)


@dataclass(slots=True)
class Sale:
    """An invoice's rows with money to pay, or with goods for nothing; shipping stands apart."""

    invoice: str
    at: datetime
    customer: str | None
    country: str
    lines: list[Entry] = field(default_factory=list)
    shipping: list[Entry] = field(default_factory=list)

    @property
    def shipping_price(self) -> Decimal:
        return sum((row.value for row in self.shipping), ZERO)


@dataclass(slots=True)
class Open:
    """What may still be given back of one line of a sale, or of its shipping (``position`` None).

    ``units`` counts a line's goods; of shipping, ``units`` is 1 and ``price`` what is left of the money.
    """

    invoice: str
    position: int | None
    at: datetime
    price: Decimal
    units: int


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Money that goes back: ``quantity`` times ``price``, both above zero or the price zero.

    ``sale`` and ``position`` name what it is given back for, where that is known; the position is None for
    shipping.
    """

    entry: Entry
    kind: Kind
    quantity: int
    price: Decimal
    sale: str | None
    position: int | None

    @property
    def value(self) -> Decimal:
        return self.quantity * self.price


@dataclass(slots=True)
class Credit:
    """An invoice's rows that give money, or goods, back."""

    invoice: str
    at: datetime
    customer: str | None
    country: str
    lines: list[CreditLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is neither sold nor given back, and why."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Books:
    """Sales and credits in the order of time."""

    sales: Sequence[Sale]
    credits: Sequence[Credit]
    set_aside: Sequence[SetAside]


def sums_by_invoice(entries: Iterable[Entry]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        sums[entry.invoice] += entry.value
    return dict(sums)


class OpenSales:
    """What customers may still give back: of the sales put in, those of the same customer and stock code."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], list[Open]] = defaultdict(list)

    def add(self, customer: str, code: str, sold: Open) -> None:
        """To be called in the order of time."""
        self._open[customer, code].append(sold)

    def take(self, entry: Entry, kind: Kind) -> list[CreditLine]:
        """The entry's units, each with the sale it comes from; the rest, if any, with none.

        The latest sale at the same price comes first, then the latest at a higher one: nobody gets back more
        than was paid.
        """
        if kind is Kind.SHIPPING:
            return [self._shipping(entry)]
        price, missing = abs(entry.price), abs(entry.quantity)
        sold = [
            one
            for one in reversed(self._open.get((entry.customer or "", entry.code), []))
            if one.at <= entry.at and one.price >= price
        ]
        taken = []
        for one in sorted(sold, key=lambda one: one.price != price):
            units = min(missing, one.units)
            if units > 0:
                one.units -= units
                missing -= units
                taken.append(CreditLine(entry, kind, units, price, one.invoice, one.position))
        if missing:
            taken.append(CreditLine(entry, kind, missing, price, None, None))
        return taken

    def _shipping(self, entry: Entry) -> CreditLine:
        quantity, price = abs(entry.quantity), abs(entry.price)
        for one in reversed(self._open.get((entry.customer or "", Kind.SHIPPING), [])):
            if one.at <= entry.at and one.price >= quantity * price:
                one.price -= quantity * price
                return CreditLine(entry, Kind.SHIPPING, quantity, price, one.invoice, None)
        return CreditLine(entry, Kind.SHIPPING, quantity, price, None, None)


def arrange(entries: Iterable[Entry], open_sales: OpenSales) -> Books:
    """The books that the rows make. ``open_sales`` are earlier ones, and are used up.

    An invoice with nothing to pay and nobody to pay it is a note about the stock, whatever it says.
    """
    invoices: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        invoices[entry.invoice].append(entry)

    sales, given_back, set_aside = [], [], []
    for invoice, rows in sorted(invoices.items(), key=lambda one: min((row.at, row.line) for row in one[1])):
        first = min(rows, key=lambda row: row.at)
        if first.customer is None and not any(row.price for row in rows):
            set_aside += [SetAside(row, STOCK_OUT if row.quantity < 0 else STOCK_IN) for row in rows]
            continue
        set_aside += [SetAside(row, NOTHING) for row in rows if row.quantity == 0]
        sold = [row for row in rows if row.quantity > 0 and row.price >= 0]
        back = [row for row in rows if row.quantity < 0 or (row.quantity > 0 and row.price < 0)]
        if sold:
            sale = Sale(invoice, first.at, first.customer, first.country)
            _sell(sale, sold, open_sales)
            sales.append(sale)
        if back:
            credit = Credit(invoice, first.at, first.customer, first.country)
            for row in back:
                credit.lines += open_sales.take(row, kind_of(row.code))
            given_back.append(credit)
    return Books(sales, given_back, set_aside)


def _sell(sale: Sale, rows: Sequence[Entry], open_sales: OpenSales) -> None:
    for row in rows:
        if kind_of(row.code) is Kind.SHIPPING:
            sale.shipping.append(row)
            continue
        if sale.customer is not None:
            one = Open(sale.invoice, len(sale.lines), sale.at, row.price, row.quantity)
            open_sales.add(sale.customer, row.code, one)
        sale.lines.append(row)
    if sale.customer is not None and sale.shipping:
        open_sales.add(
            sale.customer, Kind.SHIPPING, Open(sale.invoice, None, sale.at, sale.shipping_price, 1)
        )
