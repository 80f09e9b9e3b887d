"""Products in the columns of Shopify's product CSV.

Rows of one handle are one product, its variants and its pictures.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from domain.imports import csv_rows
from domain.imports.csv_rows import Sheet

REQUIRED = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price")
GOOGLE_CATEGORY = "Google Shopping / Google Product Category"
READ = frozenset(
    {
        *REQUIRED,
        *("Body (HTML)", "Vendor", "Type", "Tags", "Published", "Status", "Gift Card"),
        *("Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value"),
        *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
        *(
            "Variant Inventory Policy",
            "Variant Compare At Price",
            "Variant Requires Shipping",
            "Variant Barcode",
        ),
        *("Image Src", "Image Position", "Image Alt Text", "Variant Image", "SEO Title", "SEO Description"),
        *(GOOGLE_CATEGORY, "Product Category"),
    }
)
"""The columns that are taken over."""
UNSAID: Mapping[str, frozenset[str]] = {
    "Variant Fulfillment Service": frozenset({"manual"}),
    "Variant Taxable": frozenset({"true"}),
    "Variant Weight Unit": frozenset({"g", "kg", "lb", "oz"}),  # how it was entered; we read grams
}
"""What other columns say where they say nothing that we would leave out."""
OPTIONS = (1, 2, 3)
NO_OPTION = ("Title", "Default Title")
HIGHEST_PRICE = Decimal(1_000_000_000)
MOST_UNITS = 1_000_000_000
_NUMBER = re.compile(r"\d{1,12}(\.\d+)?")
_WHOLE = re.compile(r"-?\d{1,12}(\.0+)?")


@dataclass(frozen=True, slots=True)
class Variation:
    """A variant.

    ``options`` are its values of the item's options; ``compare_at`` is the full price of a sale.

    ``quantity`` may be below 0 (oversold); ``tracked`` is false where it sells without end.
    """

    line: int
    options: tuple[str, ...]
    sku: str | None
    price: Decimal
    compare_at: Decimal | None
    grams: Decimal | None
    tracked: bool
    quantity: int
    barcode: str
    image: str
    requires_shipping: bool

    @property
    def full_price(self) -> Decimal:
        return max(self.price, self.compare_at or self.price)

    @property
    def sale_price(self) -> Decimal | None:
        return self.price if self.full_price > self.price else None


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    alt: str
    position: int


@dataclass(slots=True)
class Item:
    """A product. ``category`` is a path from the root down, empty for none."""

    file: str
    line: int
    handle: str
    title: str
    html: str
    vendor: str
    type: str
    category: tuple[str, ...]
    tags: tuple[str, ...]
    published: bool
    gift_card: bool
    seo_title: str
    seo_description: str
    option_names: tuple[str, ...]
    variations: list[Variation] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def requires_shipping(self) -> bool:
        return not self.gift_card and any(variation.requires_shipping for variation in self.variations)


@dataclass(slots=True)
class Catalogue:
    """Items in the order of the files.

    ``left_out`` counts the values of each column that has no place here.
    """

    items: dict[str, Item] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    _skus: dict[str, str] = field(default_factory=dict)

    def add(self, file: str, lines: Iterable[bytes]) -> None:
        """Read one more file into it. Raises ``FileRefused``."""
        sheet = csv_rows.read(file, lines, REQUIRED)
        for line, values in sheet.rows:
            row = _Row(sheet, line, {name: values[place].strip() for name, place in sheet.columns.items()})
            item = self._item(row)
            for variation in row.variations(item):
                self._add_variation(row, item, variation)
            for url in dict.fromkeys((row["Image Src"], row["Variant Image"])):
                _add_picture(row, item, url)
            for name in row.said():
                self.left_out[name] = self.left_out.get(name, 0) + 1
        for item in self.items.values():
            if not item.variations:
                what = "no row of the product has a price"
                raise csv_rows.FileRefused(item.file, item.line, what, column="Variant Price")

    def _item(self, row: "_Row") -> Item:
        handle = row["Handle"]
        if not handle:
            raise row.refused("Handle", "every row needs the handle of its product")
        known = self.items.get(handle)
        if known is None:
            known = self.items[handle] = row.item()
        elif known.file != row.sheet.file:
            raise row.refused("Handle", f"product {handle} is in {known.file} too, at line {known.line}")
        return known

    def _add_variation(self, row: "_Row", item: Item, variation: Variation) -> None:
        for other in item.variations:
            if other.options == variation.options:
                named = " / ".join(variation.options) or "one without options"
                raise row.refused("Option1 Value", f"{named} is a variant at line {other.line} already")
        if variation.sku is not None:
            if variation.sku in self._skus:
                raise row.refused("Variant SKU", f"{variation.sku} is at {self._skus[variation.sku]} already")
            self._skus[variation.sku] = f"{row.sheet.file}:{row.line}"
        item.variations.append(variation)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row by its columns' names; a column that the file does not have is empty."""

    sheet: Sheet
    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def refused(self, column: str, what: str) -> csv_rows.FileRefused:
        return self.sheet.refused(self.line, column, what)

    def item(self) -> Item:
        if not self["Title"]:
            raise self.refused("Title", "the first row of a product needs a title")
        return Item(
            file=self.sheet.file,
            line=self.line,
            handle=self["Handle"],
            title=self["Title"],
            html=self["Body (HTML)"],
            vendor=self["Vendor"],
            type=self["Type"],
            category=_category(self["Product Category"], self[GOOGLE_CATEGORY], self["Type"]),
            tags=tuple(dict.fromkeys(tag.strip() for tag in self["Tags"].split(",") if tag.strip())),
            published=self.flag("Published", default=True) and self["Status"].lower() in {"", "active"},
            gift_card=self.flag("Gift Card", default=False),
            seo_title=self["SEO Title"],
            seo_description=self["SEO Description"],
            option_names=self.option_names(),
        )

    def option_names(self) -> tuple[str, ...]:
        names = tuple(name for number in OPTIONS if (name := self[f"Option{number} Name"]))
        for number, name in zip(OPTIONS, names, strict=False):
            if self[f"Option{number} Name"] != name:
                raise self.refused(f"Option{number} Name", "is empty, and an option behind it is not")
        if len(set(names)) < len(names):
            raise self.refused("Option1 Name", "two options of a product have the same name")
        return () if (names, self["Option1 Value"]) == (NO_OPTION[:1], NO_OPTION[1]) else names

    def variations(self, item: Item) -> Iterator[Variation]:
        """The variant that the row is about; none where it brings a picture only."""
        values = tuple(self[f"Option{number} Value"] for number in OPTIONS)
        if not any((*values, self["Variant Price"], self["Variant SKU"])):
            return
        if not item.option_names and values[0] == NO_OPTION[1]:
            values = ("", "", "")
        for number, value in enumerate(values, 1):
            if bool(value) != (number <= len(item.option_names)):
                what = "has a value, and the product has no such option" if value else "is empty"
                raise self.refused(f"Option{number} Value", what)
        yield Variation(
            line=self.line,
            options=values[: len(item.option_names)],
            sku=self["Variant SKU"].removeprefix("'")
            or None,  # an apostrophe keeps spreadsheets from counting
            price=self.number("Variant Price", "a price like 9.99"),
            compare_at=self.number("Variant Compare At Price", "a price like 9.99")
            if self["Variant Compare At Price"]
            else None,
            grams=(self.number("Variant Grams", "a weight in grams") or None)
            if self["Variant Grams"]
            else None,
            tracked=bool(self["Variant Inventory Tracker"])
            and self["Variant Inventory Policy"] != "continue",
            quantity=self.whole("Variant Inventory Qty"),
            barcode=self["Variant Barcode"].removeprefix("'"),
            image=self["Variant Image"],
            requires_shipping=self.flag("Variant Requires Shipping", default=True),
        )

    def number(self, column: str, meaning: str) -> Decimal:
        text = self[column]
        if not _NUMBER.fullmatch(text) or Decimal(text) > HIGHEST_PRICE:
            raise self.refused(column, f"{text!r} is not {meaning}")
        return Decimal(text)

    def whole(self, column: str) -> int:
        text = self[column] or "0"
        if not _WHOLE.fullmatch(text) or abs(int(text.partition(".")[0])) > MOST_UNITS:
            raise self.refused(column, f"{text!r} is not a whole number of units")
        return int(text.partition(".")[0])

    def flag(self, column: str, *, default: bool) -> bool:
        text = self[column].lower()
        if text not in {"", "true", "false"}:
            raise self.refused(column, f"{self[column]!r} is neither true nor false")
        return default if not text else text == "true"

    def said(self) -> Iterator[str]:
        """The columns in which the row says something that is not taken over."""
        for name, value in self.values.items():
            if name and value and name not in READ and value.lower() not in UNSAID.get(name, ()):
                yield name


def _category(own: str, google: str, type: str) -> tuple[str, ...]:
    """Google's categories may be numbers: those say nothing to shoppers."""
    path = next((path for path in (own, google) if path and not path.isdigit()), type)
    return tuple(part.strip() for part in path.split(">") if part.strip())


def _add_picture(row: _Row, item: Item, url: str) -> None:
    if not url or any(picture.url == url for picture in item.pictures):
        return
    own = url == row["Image Src"]
    position = row.whole("Image Position") if own and row["Image Position"] else len(item.pictures) + 1
    item.pictures.append(Picture(url, row["Image Alt Text"] if own else "", position))
