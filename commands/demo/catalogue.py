"""The demo shop's shelves: categories, collections, goods, what they cost and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product as combinations
from typing import Any

from commands.demo.goods import Good, Look
from commands.demo.kinds import ATTRIBUTES, CATEGORIES, COLLECTIONS, COLOURS, KINDS
from commands.demo.pictures.drawing import Picture
from commands.demo.places import PL, US, Places
from commands.demo.sayings import Vocabulary, names_of
from commands.demo.shelves.apparel import APPAREL
from commands.demo.shelves.books import BOOKS
from commands.demo.shelves.home import HOME
from commands.demo.shelves.music import MUSIC
from commands.demo.shelves.pantry import PANTRY
from commands.demo.stock import Shelves
from commands.demo.texts import written
from db.seeding import Rows
from domain.search import search_text_of

GOODS = (*APPAREL, *HOME, *BOOKS, *MUSIC, *PANTRY)
WAREHOUSES = {US: "hudson", PL: "praga"}
ZLOTYS = Decimal("4.6")
"""For a dollar, tax included."""
GRAMS = {"1-kg": 1060, "250-g": 280, "100-g": 130, "70x100": 480, "hardcover": 560, "cd": 110}
RARE = "prints"
"""The category of which nobody gets more than two."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A variant. ``prices`` are by channel, as entered there."""

    id: int
    product_id: int
    good: Good
    name: str
    sku: str
    prices: Mapping[str, Decimal]


@dataclass(slots=True)
class Catalogue:
    """Ids by slug, variants by SKU, and the pictures that are to be drawn."""

    categories: dict[str, int] = field(default_factory=dict)
    collections: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    variants: dict[str, Sold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Floor:
    """Where the goods are put up; ``now`` is when the shop opens."""

    rows: Rows
    places: Places
    words: Vocabulary
    shelves: Shelves
    catalogue: Catalogue
    now: datetime


def arrange(rows: Rows, places: Places, words: Vocabulary, shelves: Shelves, now: datetime) -> Catalogue:
    """All of it but what is said of the goods, which may point at pages."""
    catalogue = Catalogue()
    floor = _Floor(rows, places, words, shelves, catalogue, now)
    _categories(rows, catalogue)
    for index, good in enumerate(GOODS):
        age = index % 9 + 1 if "new-arrivals" in good.collections else 30 + 4 * index
        _good(floor, good, now - timedelta(days=age))
    _collections(rows, places, catalogue, now)
    return catalogue


def pictures() -> list[Picture]:
    """Every picture of every product."""
    return [picture for good in GOODS for picture in _pictures(good)]


def name_of(category: str) -> str:
    """``t-shirts`` is T-Shirts."""
    return category.replace("-", " ").title() if category != "t-shirts" else "T-Shirts"


def _categories(rows: Rows, catalogue: Catalogue) -> None:
    paths: dict[str, list[int]] = {"": []}
    for position, (slug, above, text) in enumerate(CATEGORIES):
        category_id = rows.add(
            "categories",
            parent_id=catalogue.categories.get(above),
            path=[],
            level=len(paths[above]),
            position=position,
            name=name_of(slug),
            slug=slug,
            description=written(text),
            seo_title=name_of(slug),
            seo_description=text,
            image_key=None if above else f"categories/{slug}.webp",
            image_alt="" if above else name_of(slug),
        )
        paths[slug] = [*paths[above], category_id]
        rows.change("categories", category_id, path=paths[slug])
        catalogue.categories[slug] = category_id


def _collections(rows: Rows, places: Places, catalogue: Catalogue, now: datetime) -> None:
    for slug, name, text, channels in COLLECTIONS:
        collection_id = rows.add(
            "collections",
            name=name,
            slug=slug,
            description=written(text),
            seo_title=name,
            seo_description=text,
            image_key=f"collections/{slug}.webp",
            image_alt=name,
        )
        catalogue.collections[slug] = collection_id
        for channel in channels:
            rows.put(
                "collection_listings",
                collection_id=collection_id,
                channel_id=places.channels[channel],
                is_published=True,
                published_at=now - timedelta(days=90),
            )
        for position, good in enumerate(good for good in GOODS if slug in good.collections):
            rows.put(
                "collection_products",
                collection_id=collection_id,
                product_id=catalogue.products[good.slug],
                position=position,
            )


def _good(floor: _Floor, good: Good, created_at: datetime) -> None:
    rows, places = floor.rows, floor.places
    description = written(good.text)
    choices = list(combinations(*good.options.values()))
    skus = [_sku(good, choice) for choice in choices]
    values = [*names_of(good.facts), *names_of(good.options)]
    product_id = rows.add(
        "products",
        product_type_id=floor.words.kinds[good.kind],
        category_id=floor.catalogue.categories[good.category],
        default_variant_id=None,
        name=good.name,
        slug=good.slug,
        description=description,
        seo_title=good.name,
        seo_description=good.text,
        weight=good.weight,
        rating=good.rating,
        created_at=created_at,
        updated_at=created_at,
        search_text=search_text_of(good.name, description, skus, values, name_of(good.category)),
    )
    floor.catalogue.products[good.slug] = product_id
    for channel in good.sold_in:
        rows.put(
            "product_listings",
            product_id=product_id,
            channel_id=places.channels[channel],
            **_state(good.state, created_at, floor.now),
        )
    media = _media(rows, good, product_id)
    for position, (choice, sku) in enumerate(zip(choices, skus, strict=True)):
        chosen = dict(zip(good.options, choice, strict=True))
        sold = _variant(floor, good, chosen, sku, position)
        if position == 0:
            rows.change("products", product_id, default_variant_id=sold.id)
        picture_id = media.get(_key(good, chosen.get("color", "")))
        if picture_id is not None:
            rows.put("variant_media", variant_id=sold.id, media_id=picture_id)


def _media(rows: Rows, good: Good, product_id: int) -> dict[str, int]:
    return {
        picture.key: rows.add(
            "product_media",
            product_id=product_id,
            alt=_alt(good, picture),
            file_key=picture.key,
            position=position,
        )
        for position, picture in enumerate(_pictures(good))
    }


def _state(state: str, since: datetime, now: datetime) -> Mapping[str, Any]:
    return {
        "is_published": state != "draft",
        "published_at": None if state == "draft" else since,
        "visible_in_listings": state != "hidden",
        "available_for_purchase_at": now + timedelta(days=30) if state == "announced" else since,
    }


def _variant(floor: _Floor, good: Good, chosen: Mapping[str, str], sku: str, position: int) -> Sold:
    """The variant, its prices, and its units in the warehouses of the channels it is sold in."""
    rows, places = floor.rows, floor.places
    product_id = floor.catalogue.products[good.slug]
    name = " / ".join(ATTRIBUTES[attribute].choices[choice] for attribute, choice in chosen.items())
    dollars = sum((Decimal(good.extra.get(one, "0")) for one in chosen.values()), Decimal(good.price))
    prices = {channel: _price(dollars, channel) for channel in good.sold_in}
    is_digital = KINDS[good.kind].is_digital
    variant_id = rows.add(
        "product_variants",
        product_id=product_id,
        name=name,
        sku=sku,
        position=position,
        track_inventory=not is_digital,
        weight=next((GRAMS[choice] for choice in chosen.values() if choice in GRAMS), None),
        quantity_limit=2 if good.category == RARE else None,
    )
    floor.words.say("variant", variant_id, sku.lower(), chosen, {})
    for turn, (channel, price) in enumerate(prices.items()):
        rows.put(
            "variant_listings",
            variant_id=variant_id,
            channel_id=places.channels[channel],
            price_amount=price,
            discounted_amount=price,
        )
        if not is_digital:
            units = good.units[(position + turn) % len(good.units)]
            floor.shelves.fill(places.warehouses[WAREHOUSES[channel]], variant_id, units)
    sold = Sold(variant_id, product_id, good, name, sku, prices)
    floor.catalogue.variants[sku] = sold
    return sold


def _price(dollars: Decimal, channel: str) -> Decimal:
    return dollars if channel == US else (dollars * ZLOTYS).to_integral_value() - Decimal("0.01")


def _sku(good: Good, choice: Sequence[str]) -> str:
    return "-".join([good.slug, *choice]).upper()


def _pictures(good: Good) -> list[Picture]:
    if "color" in good.options:
        return [
            Picture(_key(good, colour), good.look, COLOURS[colour], good.name)
            for colour in good.options["color"]
        ]
    front = Picture(_key(good, ""), good.look, good.look.palette[1], good.name)
    if good.look.shape != "poster":
        return [front]
    closer = Look("print", good.look.pattern, good.look.palette)
    return [front, Picture(_key(good, "closer"), closer, good.look.palette[1], good.name)]


def _key(good: Good, which: str) -> str:
    return f"products/{good.slug}{'-' if which else ''}{which}.webp"


def _alt(good: Good, picture: Picture) -> str:
    which = picture.key.removeprefix(f"products/{good.slug}").removesuffix(".webp").strip("-")
    return f"{good.name}, {which}" if which else good.name
