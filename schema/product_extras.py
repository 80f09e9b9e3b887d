"""What is read together with products, because a document asks for it further down."""

from collections.abc import Mapping, Sequence
from typing import Final

from db.product_extras import ExtendedProductRow, Extra, Extras
from engine.selected import selects
from loaders.products import ProductLoaders
from schema.context import Context, Info

LISTED: Final[Mapping[str, str]] = {"priced": "edges.node.pricing", "pictured": "edges.node.thumbnail"}


def asked_of_list(info: Info) -> Extras:
    """What a plan knows to be asked of the products of a connection."""
    return asked(**{name: selects(info, path) for name, path in LISTED.items()})


def asked(*, priced: bool, pictured: bool) -> Extras:
    """The same for a ``batch_field`` whose ``lookahead`` is ``LISTED``."""
    return frozenset(extra for extra, wanted in ((Extra.PRICES, priced), (Extra.PICTURE, pictured)) if wanted)


def prime(context: Context, extras: Extras, rows: Sequence[ExtendedProductRow]) -> None:
    """Hand over what was brought along to the loaders that would read it."""
    loading = context.loading
    if Extra.PRICES in extras:
        for row in rows:
            known = row if row.lowest_full is not None else None
            loading.prime(ProductLoaders.prices, (row.id, row.channel_id), known)
    if Extra.PICTURE in extras:
        for row in rows:
            loading.prime(ProductLoaders.first_picture, row.id, row if row.alt is not None else None)
