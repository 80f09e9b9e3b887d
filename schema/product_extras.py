"""What is read together with products, because a document asks for it further down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from db.product_extras import ExtendedProductRow, Extra, Extras
from db.products import LEAN, SEEN
from engine.selected import ahead
from engine.words import Ahead, Only
from loaders.products import ProductLoaders
from schema.context import Context, Info

LISTED: Final[Mapping[str, Ahead]] = {
    "priced": "edges.node.pricing",
    "pictured": "edges.node.thumbnail",
    "lean": Only("edges.node", LEAN),
}
"""The ``lookahead`` of a field with a list of products; its parameters make an ``Asked``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan knows to be asked of a list's products: ``lean``, no more than few of their columns."""

    priced: bool = False
    pictured: bool = False
    lean: bool = False

    @classmethod
    def of(cls, info: Info) -> "Asked":
        """For a root field with a list of products."""
        return cls(**{name: ahead(info, question) for name, question in LISTED.items()})

    def extras(self, channel: object) -> Extras:
        """What there is to bring along: prices are those of a channel, and null stands for none."""
        prices = frozenset({Extra.PRICES} if self.priced and channel is not None else ())
        return prices | frozenset({Extra.PICTURE} if self.pictured else ())


def prime(context: Context, extras: Extras, rows: Sequence[ExtendedProductRow]) -> None:
    """Hand over what was brought along to the loaders that would read it."""
    loading = context.loading
    if Extra.PRICES in extras:
        loading.prime(
            ProductLoaders.prices,
            {SEEN(row): row if row["lowest_full"] is not None else None for row in rows},
        )
    if Extra.PICTURE in extras:
        loading.prime(
            ProductLoaders.first_picture,
            {row["id"]: row if row["alt"] is not None else None for row in rows},
        )
