"""How the things on the demo shop's shelves are described."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.search import WORD, fold

Fact = str | bool | Sequence[str]
"""What an attribute says: a text, a number or a day as text; slugs of choices or of things pointed at."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture shows: a shape in ``pictures.shapes``, a pattern of ``pictures.patterns`` on it, in colours."""

    shape: str
    pattern: str
    palette: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A product: ``price`` is in dollars and without tax, and ``extra`` what a choice adds to it.

    ``options`` are what shoppers choose the variant by: the slugs of choices by attribute. Every combination
    is a variant. ``units`` are on the shelf of each variant in turn, over and over.

    ``sold_in`` are channels; ``state`` is published, hidden (not listed), announced (to be bought in a month)
    or draft.
    """

    name: str
    kind: str
    category: str
    price: str
    text: str
    look: Look
    facts: Mapping[str, Fact] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    units: Sequence[int] = (40, 25, 60, 18)
    sold_in: Sequence[str] = ("default-channel", "channel-pln")
    state: str = "published"
    collections: Sequence[str] = ()
    weight: int | None = None
    rating: str | None = None

    @property
    def slug(self) -> str:
        return slug_of(self.name)


def slug_of(name: str) -> str:
    """``The Salt Road`` is ``the-salt-road``."""
    return "-".join(WORD.findall(fold(name.replace("'", ""))))
