"""Invoices in the columns of the "Online Retail" data set: one line of an invoice a row, prices in pounds."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.imports import csv_rows
from domain.imports.csv_rows import Sheet

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
CURRENCY = "GBP"
HERE = ZoneInfo("Europe/London")
"""The till's own time: the file says no offset."""

LONGEST_CODE = 60
MOST_UNITS = 1_000_000_000
HIGHEST_PRICE = Decimal(1_000_000_000)
_PRICE = re.compile(r"-?\d{1,12}(\.\d+)?")
_QUANTITY = re.compile(r"-?\d{1,12}")


class Entry(NamedTuple):
    """A row as it was read. ``customer`` is None where the file names nobody; codes are in capitals.

    ``price`` is one unit's, exact, with at most four digits after the point.
    """

    line: int
    invoice: str
    code: str
    description: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str | None
    country: str

    @property
    def value(self) -> Decimal:
        """What the row adds to its invoice; below zero where money goes back."""
        return self.quantity * self.price


def read(file: str, lines: Iterable[bytes]) -> Iterator[Entry]:
    """Every row of the file, in its order. Raises ``FileRefused``, while the rows are read too."""
    sheet = csv_rows.read(file, lines, COLUMNS)
    places = [sheet.columns[name] for name in COLUMNS]
    customers: dict[str, str | None] = {}
    for line, values in sheet.rows:
        invoice, code, description, quantity, at, price, customer, country = [
            values[place] for place in places
        ]
        invoice, code = invoice.strip(), code.strip().upper()
        if not 0 < len(invoice) <= LONGEST_CODE:
            raise sheet.refused(line, "InvoiceNo", "every row needs the number of its invoice")
        if not 0 < len(code) <= LONGEST_CODE:
            raise sheet.refused(line, "StockCode", "every row needs a stock code")
        entry = Entry(
            line,
            invoice,
            code,
            " ".join(description.split()),
            _quantity(sheet, line, quantity),
            _moment(sheet, line, at),
            _price(sheet, line, price),
            _customer(customer),
            country.strip(),
        )
        if entry.quantity < 0 and entry.price < 0:
            raise sheet.refused(line, "UnitPrice", "is below zero, and so is the quantity")
        if customers.setdefault(invoice, entry.customer) != entry.customer:
            raise sheet.refused(line, "CustomerID", f"invoice {invoice} names another customer above")
        yield entry


def _quantity(sheet: Sheet, line: int, text: str) -> int:
    text = text.strip()
    if not _QUANTITY.fullmatch(text) or abs(int(text)) > MOST_UNITS:
        raise sheet.refused(line, "Quantity", f"{text!r} is not a whole number of units")
    return int(text)


def _price(sheet: Sheet, line: int, text: str) -> Decimal:
    price = _read_price(text.strip())
    if price is None:
        raise sheet.refused(line, "UnitPrice", f"{text.strip()!r} is not a price like 2.55")
    if price != round(price, 4):
        raise sheet.refused(line, "UnitPrice", f"{text.strip()!r} has more than four digits after the point")
    return price


# The same few prices and moments come again and again; reading one costs more than looking it up.
@lru_cache(maxsize=16_384)
def _read_price(text: str) -> Decimal | None:
    price = Decimal(text) if _PRICE.fullmatch(text) else None
    return None if price is None or abs(price) > HIGHEST_PRICE else price


@lru_cache(maxsize=16_384)
def _read_moment(text: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        try:
            # The published workbook, saved as CSV by a spreadsheet: 12/1/2010 8:26
            local = datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007 - the zone comes below
        except ValueError:
            return None
    return (local if local.tzinfo else local.replace(tzinfo=HERE)).astimezone(UTC)


def _moment(sheet: Sheet, line: int, text: str) -> datetime:
    at = _read_moment(text.strip())
    if at is None:
        raise sheet.refused(line, "InvoiceDate", f"{text.strip()!r} is not a time like 2010-12-01 08:26:00")
    return at


@lru_cache(maxsize=16_384)
def _customer(text: str) -> str | None:
    # Spreadsheets write a column that has gaps as decimals: 17850.0
    return text.strip().removesuffix(".0") or None
