"""Filling an empty shop with a demonstration: all of it or nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from commands.demo import orders
from commands.demo.catalogue import GOODS, Catalogue, arrange, name_of
from commands.demo.content import PAGES, hang_menus, publish
from commands.demo.files import keep_files
from commands.demo.kinds import CATEGORIES
from commands.demo.offers import offer
from commands.demo.people import LOGINS, admit
from commands.demo.placed import World
from commands.demo.places import furnish
from commands.demo.sayings import Target, Targets, Vocabulary
from commands.demo.stock import Shelves
from commands.demo.translations import translate
from commands.shop import Shop
from db import outbox, promotions, seeding
from db.seeding import Rows
from db.statements import Connection
from domain.attributes import Entity
from domain.imports.report import FileImported
from domain.refusals import Refusal

EMAILS = tuple(person.email for person in LOGINS)
LEAD = timedelta(days=200)
"""How long ago the shop opened."""
SOURCE = "demonstration"
COUNTED = ("products", "product_variants", "users", "orders")


class ShopNotEmpty(Refusal):
    """A demonstration is no neighbour for somebody's goods."""

    code = "INVALID"


@dataclass(frozen=True, slots=True)
class DemoReport:
    """``counts`` are how many rows were written of a few tables, and how many files."""

    counts: Mapping[str, int]


async def seed(shop: Shop, password: str) -> DemoReport:
    """Fill the shop; those of ``LOGINS`` may log in with ``password``. Raises ``ShopNotEmpty``.

    Files are kept before anything is written to the database: without it they are seen by nobody, and the
    next try makes the same ones.
    """
    async with shop.db.read() as connection:
        await _check_empty(connection)
    hashes, files = await asyncio.gather(_hashes(shop, password), keep_files(shop.files))
    return DemoReport(await fill(shop, hashes) | {"files": files})


async def fill(shop: Shop, hashes: Mapping[str, str]) -> dict[str, int]:
    """What ``seed`` writes to the database; how many rows of a few tables.

    ``hashes`` are of passwords, by e-mail. Holds every table until it is done. Nothing is announced of single
    things, for nobody can have listened to what was not there. Raises ``ShopNotEmpty``; records
    ``FileImported``, for whoever keeps that there was nothing.
    """
    async with shop.db.transaction() as tx:
        await seeding.hold(tx)
        await _check_empty(tx)
        rows = await seeding.rows_to_fill(tx)
        _compose(rows, hashes, shop.clock())
        await seeding.write(tx, rows)
        await promotions.refresh(tx, shop.clock())
        await outbox.record(tx, FileImported(rows.of("channels")[0]["id"], SOURCE))
    return {table: len(rows.of(table)) for table in COUNTED}


async def is_seeded(shop: Shop) -> bool:
    """Whether those who may log in to the demonstration have their accounts."""
    async with shop.db.read() as connection:
        return await seeding.are_known(connection, EMAILS)


async def _check_empty(connection: Connection) -> None:
    if not await seeding.is_empty(connection, EMAILS):
        raise ShopNotEmpty("The shop is not empty: the demonstration is for a shop that has nothing yet.")


async def _hashes(shop: Shop, password: str) -> dict[str, str]:
    made = await asyncio.gather(*(shop.passwords.hash(password) for _ in EMAILS))
    return dict(zip(EMAILS, made, strict=True))


def _compose(rows: Rows, hashes: Mapping[str, str], now: datetime) -> None:
    places = furnish(rows)
    words = Vocabulary(rows, places.tax_classes)
    shelves = Shelves(rows, now - LEAD)
    catalogue = arrange(rows, places, words, shelves, now)
    pages = publish(rows, words, now)
    links = hang_menus(rows, catalogue.categories, catalogue.collections, pages)
    _say(words, catalogue, pages)
    people = admit(rows, hashes, now)
    offers = offer(rows, places, catalogue, now)
    orders.remember(World(rows, places, catalogue, offers, people, shelves), now)
    translate(
        rows,
        {
            "Category": catalogue.categories,
            "Collection": catalogue.collections,
            "Product": catalogue.products,
            "Page": pages,
            "Attribute": words.attributes,
            "AttributeValue": {
                choice: key for (slug, choice), key in words.choices.items() if slug == "color"
            },
            "MenuItem": links,
        },
    )


def _say(words: Vocabulary, catalogue: Catalogue, pages: Mapping[str, int]) -> None:
    """What goods and pages say of themselves, and of each other."""
    targets: Targets = {
        Entity.PRODUCT: {good.slug: Target(catalogue.products[good.slug], good.name) for good in GOODS},
        Entity.PAGE: {page.slug: Target(pages[page.slug], page.title) for page in PAGES},
        Entity.CATEGORY: {
            slug: Target(catalogue.categories[slug], name_of(slug)) for slug, _, _ in CATEGORIES
        },
    }
    for good in GOODS:
        words.say("product", catalogue.products[good.slug], good.slug, good.facts, targets)
    for page in PAGES:
        words.say("page", pages[page.slug], page.slug, page.facts, targets)
