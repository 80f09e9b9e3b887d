"""Books as the rows that are copied to Postgres, column by column as ``db.imports`` names them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import orjson

from domain.imports.articles import Article
from domain.imports.country_names import code_of
from domain.imports.invoices import Books, Credit, Kind, Sale, kind_of
from domain.imports.slugs import free_slug, slug_of
from domain.money import rounded
from domain.search import search_text_of

NOBODYS_ADDRESS = "online-retail.invalid"
"""RFC 2606 keeps ``.invalid`` for addresses that lead nowhere."""


def people_rows(books: Books) -> list[tuple[str, str, datetime, str | None]]:
    """Each customer once, since their first paper, in the country of their last."""
    people: dict[str, tuple[str, str, datetime, str | None]] = {}
    papers: Iterable[Sale | Credit] = sorted(chain(books.sales, books.credits), key=lambda paper: paper.at)
    for paper in papers:
        if paper.customer is not None:
            email = f"customer-{slug_of(paper.customer)}@{NOBODYS_ADDRESS}"
            since = people[paper.customer][2] if paper.customer in people else paper.at
            people[paper.customer] = (paper.customer, email, since, code_of(paper.country))
    return list(people.values())


def article_rows(articles: Iterable[Article], currency: str) -> list[tuple[Any, ...]]:
    slugs: set[str] = set()
    rows = []
    for article in articles:
        slug = free_slug(slug_of(f"{article.name} {article.code}"), slugs)
        slugs.add(slug)
        # What rounds to nothing would be given away.
        price = (article.price and rounded(article.price, currency)) or None
        text = search_text_of(article.name, None, [article.code], [], None)
        rows.append((article.code, article.name, slug, text, price, article.since))
    return rows


def sale_rows(books: Books) -> Iterator[tuple[Any, ...]]:
    for number, sale in enumerate(books.sales):
        country = code_of(sale.country)
        # Metadata are texts. A country without a code stays as it was written, and so do the rows that become
        # one price.
        said = {} if country or not sale.country else {"country": sale.country}
        if sale.shipping:
            rows = [(row.code, row.quantity, str(row.price)) for row in sale.shipping]
            said["shipping"] = orjson.dumps(rows).decode()
        yield (
            *(number, sale.invoice, sale.at, sale.customer, country),
            *(orjson.dumps(said).decode(), sale.shipping_price),
        )


def sale_line_rows(books: Books) -> Iterator[tuple[Any, ...]]:
    for number, sale in enumerate(books.sales):
        for position, row in enumerate(sale.lines):
            # Money that was asked under the code of a discount is a charge.
            kind = Kind.PRODUCT if kind_of(row.code) is Kind.PRODUCT else Kind.CHARGE
            yield number, position, kind, row.code, row.description or row.code, row.quantity, row.price


def credit_rows(books: Books) -> Iterator[tuple[Any, ...]]:
    for number, credit in enumerate(books.credits):
        yield number, credit.invoice, credit.at, credit.customer


def credit_line_rows(books: Books) -> Iterator[tuple[Any, ...]]:
    for number, credit in enumerate(books.credits):
        # Parts of one row share its position.
        positions = {
            line: position
            for position, line in enumerate(dict.fromkeys(line.entry.line for line in credit.lines))
        }
        for line in credit.lines:
            position = positions[line.entry.line]
            name = line.entry.description or line.entry.code
            yield (
                *(number, position, line.kind, line.entry.code, name, line.quantity, line.price),
                *(line.sale, line.position),
            )


def set_aside_rows(source: str, books: Books) -> Iterator[tuple[Any, ...]]:
    for row in books.set_aside:
        entry = row.entry
        facts = {
            "code": entry.code,
            "description": entry.description,
            "quantity": entry.quantity,
            "price": str(entry.price),
            "at": entry.at,
            "country": entry.country,
        }
        yield source, entry.invoice, entry.line, row.reason, entry.value, orjson.dumps(facts).decode()
