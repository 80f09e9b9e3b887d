"""What can be said of goods and pages: attributes with their choices, types, and where they are shelved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.attributes import Entity, InputType


@dataclass(frozen=True, slots=True)
class Saying:
    """An attribute. ``choices`` are names by slug; those of a swatch have a colour in ``COLOURS``."""

    name: str
    input_type: InputType
    choices: Mapping[str, str] = field(default_factory=dict)
    entity: Entity | None = None
    unit: str | None = None
    of_pages: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A product type. ``weight`` is grams; shoppers choose a variant by what is in ``chosen_by``."""

    name: str
    tax_class: str
    weight: int | None = None
    is_digital: bool = False
    is_gift_card: bool = False
    says: Sequence[str] = ()
    chosen_by: Sequence[str] = ()


def named(*names: str) -> dict[str, str]:
    """Choices whose slugs are their names in lower case, joined by hyphens."""
    return {name.lower().replace(" ", "-"): name for name in names}


COLOURS = {
    "ink": "#2f4858",
    "sand": "#e3d3b4",
    "brick": "#b5533c",
    "forest": "#4c7a5d",
    "stone": "#9aa3a8",
    "plum": "#6b4a73",
    "speckled": "#e9e2d3",
}
PATTERNED = "speckled"
"""The colour that is shown by a picture of itself."""

ATTRIBUTES: Mapping[str, Saying] = {
    "color": Saying("Color", InputType.SWATCH, {slug: slug.title() for slug in COLOURS}),
    "size": Saying("Size", InputType.DROPDOWN, named("XS", "S", "M", "L", "XL")),
    "material": Saying(
        "Material",
        InputType.MULTISELECT,
        named("Cotton", "Organic cotton", "Linen", "Wool", "Recycled polyester"),
    ),
    "organic": Saying("Organic", InputType.BOOLEAN),
    "care": Saying("Care", InputType.PLAIN_TEXT),
    "capacity": Saying("Capacity", InputType.NUMERIC, unit="MILLILITER"),
    "dishwasher-safe": Saying("Dishwasher safe", InputType.BOOLEAN),
    "poster-size": Saying(
        "Poster size",
        InputType.DROPDOWN,
        {"30x40": "30 × 40 cm", "50x70": "50 × 70 cm", "70x100": "70 × 100 cm"},
    ),
    "paper": Saying("Paper", InputType.DROPDOWN, named("Matte", "Cotton rag")),
    "artist": Saying("Artist", InputType.SINGLE_REFERENCE, entity=Entity.PAGE),
    "ruling": Saying("Ruling", InputType.DROPDOWN, named("Plain", "Lined", "Dotted")),
    "author": Saying("Author", InputType.SINGLE_REFERENCE, entity=Entity.PAGE),
    "cover": Saying("Cover", InputType.DROPDOWN, named("Hardcover", "Paperback")),
    "pages": Saying("Pages", InputType.NUMERIC),
    "published-on": Saying("Published on", InputType.DATE),
    "genre": Saying(
        "Genre",
        InputType.MULTISELECT,
        named("Adventure", "Comedy", "Family", "Food", "Nature", "Technology"),
    ),
    "performer": Saying("Performer", InputType.SINGLE_REFERENCE, entity=Entity.PAGE),
    "medium": Saying("Medium", InputType.DROPDOWN, {"vinyl": "Vinyl", "cd": "CD"}),
    "file-format": Saying("File format", InputType.DROPDOWN, named("FLAC", "MP3")),
    "music-genre": Saying(
        "Music genre", InputType.MULTISELECT, named("Ambient", "Classical", "Electronic", "Folk")
    ),
    "released-at": Saying("Released at", InputType.DATE_TIME),
    "liner-notes": Saying("Liner notes", InputType.RICH_TEXT),
    "sample": Saying("Sample", InputType.FILE),
    "origin": Saying(
        "Origin",
        InputType.DROPDOWN,
        named("Brazil", "China", "Colombia", "Ethiopia", "India", "Japan", "Poland"),
    ),
    "roast": Saying("Roast", InputType.DROPDOWN, named("Light", "Medium", "Dark")),
    "brewing": Saying("Brewing", InputType.PLAIN_TEXT),
    "bag": Saying("Bag", InputType.DROPDOWN, named("100 g", "250 g", "1 kg")),
    "grind": Saying("Grind", InputType.DROPDOWN, named("Beans", "Filter", "Espresso")),
    "value": Saying("Value", InputType.DROPDOWN, {"25": "$25", "50": "$50", "100": "$100"}),
    "goes-well-with": Saying("Goes well with", InputType.REFERENCE, entity=Entity.PRODUCT),
    "home-town": Saying("Home town", InputType.PLAIN_TEXT, of_pages=True),
    "still-at-work": Saying("Still at work", InputType.BOOLEAN, of_pages=True),
    "reading-time": Saying("Reading time in minutes", InputType.NUMERIC, of_pages=True),
    "posted-on": Saying("Posted on", InputType.DATE, of_pages=True),
    "topics": Saying("Topics", InputType.MULTISELECT, named("Making", "People", "Places"), of_pages=True),
    "mentions": Saying("Mentions", InputType.REFERENCE, entity=Entity.PRODUCT, of_pages=True),
    "more-of-it": Saying("More of it", InputType.SINGLE_REFERENCE, entity=Entity.CATEGORY, of_pages=True),
}

KINDS: Mapping[str, Kind] = {
    "clothing": Kind(
        name="Clothing",
        tax_class="Standard",
        weight=190,
        says=("material", "organic", "care", "goes-well-with"),
        chosen_by=("color", "size"),
    ),
    "accessories": Kind(
        name="Accessories",
        tax_class="Standard",
        weight=100,
        says=("material", "organic"),
        chosen_by=("color", "size"),
    ),
    "drinkware": Kind(
        name="Drinkware",
        tax_class="Standard",
        weight=350,
        says=("capacity", "dishwasher-safe", "goes-well-with"),
        chosen_by=("color",),
    ),
    "poster": Kind(
        name="Posters",
        tax_class="Standard",
        weight=260,
        says=("artist", "paper"),
        chosen_by=("poster-size",),
    ),
    "stationery": Kind(
        name="Stationery",
        tax_class="Standard",
        weight=250,
        says=("pages", "goes-well-with"),
        chosen_by=("color", "ruling"),
    ),
    "book": Kind(
        name="Books",
        tax_class="Books",
        weight=430,
        says=("author", "pages", "published-on", "genre", "goes-well-with"),
        chosen_by=("cover",),
    ),
    "record": Kind(
        name="Records",
        tax_class="Standard",
        weight=280,
        says=("performer", "music-genre", "released-at", "liner-notes", "sample", "goes-well-with"),
        chosen_by=("medium",),
    ),
    "download": Kind(
        name="Downloads",
        tax_class="Standard",
        is_digital=True,
        says=("performer", "music-genre", "released-at", "sample"),
        chosen_by=("file-format",),
    ),
    "coffee": Kind(
        name="Coffee",
        tax_class="Groceries",
        weight=260,
        says=("origin", "roast", "brewing", "goes-well-with"),
        chosen_by=("bag", "grind"),
    ),
    "tea": Kind(
        name="Tea", tax_class="Groceries", weight=130, says=("origin", "brewing"), chosen_by=("bag",)
    ),
    "gift-card": Kind(
        name="Gift cards", tax_class="No tax", is_digital=True, is_gift_card=True, chosen_by=("value",)
    ),
}

PAGE_TYPES: Mapping[str, tuple[str, Sequence[str]]] = {
    "information": ("Information", ()),
    "maker": ("Makers", ("home-town", "still-at-work", "more-of-it")),
    "journal": ("Journal", ("posted-on", "reading-time", "topics", "mentions")),
}
"""Names and attributes by slug."""

CATEGORIES: Sequence[tuple[str, str, str]] = (
    ("apparel", "", "What we wear, made to be worn out slowly."),
    ("tops", "apparel", "For the upper half, in all weathers."),
    ("t-shirts", "tops", "Cotton, cut straight, printed by hand."),
    ("sweatshirts", "tops", "For evenings, ferries and libraries."),
    ("accessories", "apparel", "What makes the rest complete."),
    ("caps", "accessories", "Against the sun."),
    ("bags", "accessories", "For what you did not plan to buy."),
    ("socks", "accessories", "In pairs."),
    ("home", "", "For the table, the wall and the desk."),
    ("kitchen", "home", "For hot drinks and cold ones."),
    ("mugs", "kitchen", "With handles."),
    ("tumblers", "kitchen", "Without handles, and with lids."),
    ("walls", "home", "Paper that is worth a frame."),
    ("posters", "walls", "Printed for as long as somebody wants them."),
    ("prints", "walls", "Numbered and signed, until they are gone."),
    ("desk", "home", "Where things are written down."),
    ("notebooks", "desk", "Thick ones and thin ones."),
    ("books", "", "All of them read by somebody who works here."),
    ("fiction", "books", "What never happened."),
    ("novels", "fiction", "For more than one evening."),
    ("short-stories", "fiction", "For the way home."),
    ("non-fiction", "books", "What did."),
    ("science", "non-fiction", "How it works, and how we know."),
    ("cookery", "non-fiction", "To be read with floury hands."),
    ("music", "", "Records, and what is left when you take away the record."),
    ("records", "music", "Round, black, patient. And some small silver ones."),
    ("downloads", "music", "To keep."),
    ("pantry", "", "What goes into the mugs."),
    ("coffee", "pantry", "Roasted on Tuesdays."),
    ("tea", "pantry", "From leaves, mostly."),
    ("gift-cards", "", "For somebody who should choose for themselves."),
)
"""Slug, slug of the category above, description. What is above comes first."""

COLLECTIONS: Sequence[tuple[str, str, str, Sequence[str]]] = (
    (
        "featured-products",
        "Featured Products",
        "What we would take along to an island with a letter box.",
        ("default-channel", "channel-pln"),
    ),
    (
        "new-arrivals",
        "New Arrivals",
        "The newest things in the shop.",
        ("default-channel", "channel-pln"),
    ),
    ("sale", "Sale", "Good things in search of a home.", ("default-channel", "channel-pln")),
    ("summer", "Summer", "For long evenings.", ("default-channel",)),
)
"""Slug, name, description, and the channels it is published in."""
