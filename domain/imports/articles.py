"""The goods behind invoice rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.imports.invoices import Books, Kind, kind_of
from domain.imports.online_retail import Entry


@dataclass(frozen=True, slots=True)
class Article:
    """``price`` is the latest that was asked, None where none ever was.

    ``since`` is when it was first seen.
    """

    code: str
    name: str
    price: Decimal | None
    since: datetime


def articles(books: Books) -> list[Article]:
    """What was sold or given back, by stock code.

    An article is called what its priced rows most often call it (ties: what came first): rows without a price
    say other things there.
    """
    rows: dict[str, list[Entry]] = defaultdict(list)
    for sale in books.sales:
        for entry in sale.lines:
            rows[entry.code].append(entry)
    for credit in books.credits:
        for line in credit.lines:
            rows[line.entry.code].append(line.entry)
    return [_article(code, found) for code, found in sorted(rows.items()) if kind_of(code) is Kind.PRODUCT]


def _article(code: str, rows: Sequence[Entry]) -> Article:
    priced = sorted(
        (row for row in rows if row.price > 0), key=lambda row: (row.quantity > 0, row.at, row.line)
    )
    names = Counter(row.description for row in sorted(priced, key=lambda row: row.line) if row.description)
    names = names or Counter(row.description for row in rows if row.description)
    return Article(
        code,
        names.most_common(1)[0][0] if names else code,
        priced[-1].price if priced else None,
        min(row.at for row in rows),
    )
