"""Pages and menus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from commands.demo.goods import Fact, slug_of
from commands.demo.sayings import Vocabulary
from commands.demo.texts import written
from db.seeding import Rows


@dataclass(frozen=True, slots=True)
class Writing:
    """A page. ``age`` is days since it was published; below 0 it will be."""

    title: str
    kind: str
    paragraphs: Sequence[str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    age: int = 120

    @property
    def slug(self) -> str:
        return slug_of(self.title)


@dataclass(frozen=True, slots=True)
class Link:
    """A menu's link, to one of: a category, a collection, a page (by slug), a URL; or to nothing, as a heading."""

    name: str
    category: str | None = None
    collection: str | None = None
    page: str | None = None
    url: str | None = None
    below: Sequence["Link"] = ()


PAGES = (
    Writing(
        "About",
        "information",
        (
            (
                "We are a small shop with two doors, one in New York and one in Warsaw. We sell what we use: mugs, "
                "books, shirts, records, coffee."
            ),
            (
                "None of it can be bought, because this is a demonstration. The orders are real as far as the software "
                "is concerned."
            ),
        ),
    ),
    Writing(
        "Shipping and Returns",
        "information",
        (
            (
                "Parcels leave on the day after the order. In the United States delivery is on us from 75 dollars on, "
                "in Poland from 250 złotys on."
            ),
            (
                "What does not fit or please comes back within thirty days, unworn and unread. Coffee and downloads are "
                "yours to keep."
            ),
        ),
    ),
    Writing(
        "Terms",
        "information",
        (
            "You pay the price that you are shown. We send what you paid for. If we cannot, you get your money back.",
        ),
    ),
    Writing(
        "Privacy",
        "information",
        ("We keep what an order needs, and show it to nobody who does not carry your parcel.",),
    ),
    Writing(
        "Ines Calder",
        "maker",
        ("Writes novels in the mornings and repairs boats in the afternoons.",),
        {"home-town": "Whitby", "still-at-work": True, "more-of-it": "novels"},
    ),
    Writing(
        "Tomasz Wren",
        "maker",
        ("Walked from Lublin to Lisbon, and wrote most of it down.",),
        {"home-town": "Lublin", "still-at-work": True, "more-of-it": "short-stories"},
    ),
    Writing(
        "Maud Okafor",
        "maker",
        ("Cooks, prints, writes about both. Her kitchen has no door.",),
        {"home-town": "Bristol", "still-at-work": True, "more-of-it": "cookery"},
    ),
    Writing(
        "Ilya Brandt",
        "maker",
        ("Was an engineer for thirty years, and has been explaining it ever since.",),
        {"home-town": "Graz", "still-at-work": False, "more-of-it": "science"},
    ),
    Writing(
        "Juno Park",
        "maker",
        ("Draws landscapes with five inks and one ruler.",),
        {"home-town": "Busan", "still-at-work": True, "more-of-it": "posters"},
    ),
    Writing(
        "Ana Rosling",
        "maker",
        ("Plays the piano in other people's houses, at night, with their permission.",),
        {"home-town": "Malmö", "still-at-work": True, "more-of-it": "records"},
    ),
    Writing(
        "The Kettle Ensemble",
        "maker",
        ("Eight people and a van. They met on a platform.",),
        {"home-town": "Leeds", "still-at-work": True, "more-of-it": "records"},
    ),
    Writing(
        "How a Mug Gets Its Line",
        "journal",
        (
            "A mug is dipped twice. Where the second glaze ends, the first one shines through, and that is the line.",
            "It cannot be placed. We have tried.",
        ),
        {
            "posted-on": "2026-03-02",
            "reading-time": "3",
            "topics": ("making",),
            "mentions": ("tidal-mug", "speckle-mug"),
        },
        60,
    ),
    Writing(
        "A Morning at the Roastery",
        "journal",
        (
            "They start at five, because the drum is loud and the neighbours are kind.",
            "By eight the street smells of bread, which is the second crack.",
        ),
        {
            "posted-on": "2026-05-18",
            "reading-time": "5",
            "topics": ("people", "places"),
            "mentions": ("morning-blend", "espresso-no-4"),
        },
        21,
    ),
    Writing(
        "Ten Years of Tote Bags",
        "journal",
        ("What people carry in ours, by weight. To be read from next month.",),
        {"reading-time": "4", "topics": ("people",), "mentions": ("market-tote",)},
        -30,
    ),
)
MENUS: Mapping[str, Sequence[Link]] = {
    "navbar": (
        Link(
            "Apparel",
            category="apparel",
            below=(Link("Tops", category="tops"), Link("Accessories", category="accessories")),
        ),
        Link(
            "Home",
            category="home",
            below=(
                Link("Mugs", category="mugs"),
                Link("Posters", category="posters"),
                Link("Notebooks", category="notebooks"),
            ),
        ),
        Link(
            "Books",
            category="books",
            below=(Link("Fiction", category="fiction"), Link("Non-Fiction", category="non-fiction")),
        ),
        Link("Music", category="music"),
        Link(
            "Pantry",
            category="pantry",
            below=(Link("Coffee", category="coffee"), Link("Tea", category="tea")),
        ),
        Link("Sale", collection="sale"),
    ),
    "footer": (
        Link(
            "Shop",
            below=(
                Link("Featured Products", collection="featured-products"),
                Link("New Arrivals", collection="new-arrivals"),
                Link("Gift Cards", category="gift-cards"),
            ),
        ),
        Link(
            "Help",
            below=(
                Link("Shipping and Returns", page="shipping-and-returns"),
                Link("Terms", page="terms"),
                Link("Privacy", page="privacy"),
            ),
        ),
        Link(
            "Elsewhere",
            below=(
                Link("About", page="about"),
                Link("How a Mug Gets Its Line", page="how-a-mug-gets-its-line"),
                Link("GraphQL", url="https://graphql.org"),
            ),
        ),
    ),
}


def publish(rows: Rows, words: Vocabulary, now: datetime) -> dict[str, int]:
    """The pages, without what is said of them; ids by slug."""
    return {
        page.slug: rows.add(
            "pages",
            page_type_id=words.page_types[page.kind],
            title=page.title,
            slug=page.slug,
            content=written(*page.paragraphs, title=page.title),
            seo_title=page.title,
            seo_description=page.paragraphs[0],
            is_published=True,
            published_at=now - timedelta(days=page.age),
            created_at=now - timedelta(days=max(page.age, 1)),
        )
        for page in PAGES
    }


def hang_menus(
    rows: Rows, categories: Mapping[str, int], collections: Mapping[str, int], pages: Mapping[str, int]
) -> dict[str, int]:
    """The menus; ids of their links by name."""
    ids: dict[str, int] = {}

    def hang(menu_id: int, links: Sequence[Link], parent_id: int | None, level: int) -> None:
        for position, link in enumerate(links):
            link_id = rows.add(
                "menu_items",
                menu_id=menu_id,
                parent_id=parent_id,
                level=level,
                position=position,
                name=link.name,
                url=link.url,
                category_id=categories[link.category] if link.category else None,
                collection_id=collections[link.collection] if link.collection else None,
                page_id=pages[link.page] if link.page else None,
            )
            ids[link.name] = link_id
            hang(menu_id, link.below, link_id, level + 1)

    for slug, links in MENUS.items():
        hang(rows.add("menus", name=slug.title(), slug=slug), links, None, 0)
    return ids
