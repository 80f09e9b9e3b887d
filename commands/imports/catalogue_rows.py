"""A catalogue as the rows that are copied to Postgres, column by column as ``db.imports`` names them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from adapters.html import clean
from domain.imports.blocks import blocks_of
from domain.imports.shopify import Item, Variation
from domain.imports.slugs import slug_of
from domain.search import search_text_of

GENERAL = "General"
GIFT_CARD = "Gift card"
VENDOR = ("vendor", "Vendor", "DROPDOWN")
TAGS = ("tags", "Tags", "MULTISELECT")


def type_of(item: Item) -> tuple[str, str, str, bool]:
    """The product type.

    Slug, name, kind, and whether its goods are sent: that is a type's to say, not a product's.
    """
    if item.gift_card:
        return slug_of(GIFT_CARD), GIFT_CARD, "GIFT_CARD", False
    name = item.type or GENERAL
    if not item.requires_shipping:
        name = f"{name} (not sent)"
    return slug_of(name), name, "NORMAL", item.requires_shipping


def type_rows(items: Iterable[Item]) -> list[tuple[str, str, str, bool]]:
    return list({row[0]: row for row in map(type_of, items)}.values())


def category_rows(items: Iterable[Item]) -> list[tuple[str, str | None, int, str, str]]:
    """Every category of every path, each above those below it."""
    rows: dict[str, tuple[str, str | None, int, str, str]] = {}
    for item in items:
        for level, name in enumerate(item.category):
            path = category_path(item.category[: level + 1])
            assert path is not None, "it has a name in it"
            rows.setdefault(
                path, (path, category_path(item.category[:level]), level, name, slug_of(name, "category"))
            )
    return list(rows.values())


def category_path(names: Sequence[str]) -> str | None:
    return " > ".join(names) or None


def option_slug(name: str) -> str:
    """Options share the attributes' slugs with what we make of vendor and tags."""
    slug = slug_of(name, "option")
    return f"{slug}-option" if slug in {VENDOR[0], TAGS[0]} else slug


def said_of(item: Item) -> Iterator[tuple[tuple[str, str, str], str]]:
    """(Attribute, value) of the product itself."""
    if item.vendor:
        yield VENDOR, item.vendor
    for tag in item.tags:
        yield TAGS, tag


def options_of(item: Item, variation: Variation) -> Iterator[tuple[tuple[str, str, str], str]]:
    """(Attribute, value) of a variant."""
    for name, value in zip(item.option_names, variation.options, strict=True):
        yield (option_slug(name), name, "DROPDOWN"), value


def attribute_rows(
    items: Iterable[Item],
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Attributes, their values in the order of the files, and which types use them."""
    attributes: dict[str, tuple[str, str, str]] = {}
    values: dict[tuple[str, str], int] = {}
    uses: dict[tuple[str, str, bool], int] = {}
    for item in items:
        type_slug = type_of(item)[0]
        said = [(attribute, value, False) for attribute, value in said_of(item)]
        for variation in item.variations:
            said += [(attribute, value, True) for attribute, value in options_of(item, variation)]
        for attribute, value, of_variant in said:
            slug = attribute[0]
            attributes.setdefault(slug, attribute)
            values.setdefault((slug, value), len(values))
            uses.setdefault((type_slug, slug, of_variant), len(uses))
    return (
        [(*attribute, place) for place, attribute in enumerate(attributes.values())],
        [(slug, value, slug_of(value, "value"), place) for (slug, value), place in values.items()],
        [(*use, place) for use, place in uses.items()],
    )


def item_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        description = blocks_of(clean(item.html))
        values = [value for _, value in said_of(item)]
        values += [value for one in item.variations for value in one.options]
        skus = [one.sku for one in item.variations if one.sku]
        category = " ".join(item.category) or None
        yield (
            *(number, f"shopify:{item.handle}", item.title, slug_of(item.handle)),
            orjson.dumps(description).decode() if description else None,
            *(item.seo_title or None, item.seo_description or None),
            *(type_of(item)[0], category_path(item.category)),
            search_text_of(item.title, description, skus, dict.fromkeys(values), category),
        )


def variation_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        for position, one in enumerate(item.variations):
            reference = f"shopify:{item.handle}:{orjson.dumps(one.options).decode()}"
            meta = orjson.dumps({"barcode": one.barcode} if one.barcode else {}).decode()
            name = " / ".join(one.options) or item.title
            yield number, position, reference, name, one.sku, one.grams, one.tracked, meta


def assigned_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        for place, (attribute, value) in enumerate(said_of(item)):
            yield number, None, attribute[0], value, place
        for position, one in enumerate(item.variations):
            for place, (attribute, value) in enumerate(options_of(item, one)):
                yield number, position, attribute[0], value, place


def offer_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        for position, one in enumerate(item.variations):
            yield number, position, one.full_price, one.sale_price, max(one.quantity, 0)


def shown_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    return ((number, item.published) for number, item in enumerate(items))


def picture_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        for picture in item.pictures:
            yield number, picture.url, picture.alt, picture.position


def worn_rows(items: Iterable[Item]) -> Iterator[tuple[Any, ...]]:
    """Which variants show which pictures."""
    for number, item in enumerate(items):
        for position, one in enumerate(item.variations):
            if one.image:
                yield number, position, one.image
