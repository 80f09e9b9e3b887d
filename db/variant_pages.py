"""Pages of the variants of products."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import Final, TypeVar

from db.prices import TAXED, tax_rates
from db.products import Key
from db.statements import Connection, Statement
from db.variants import COLUMNS, LEAN_COLUMNS, LISTED, PRODUCTS, VariantRow
from domain.access import Viewer
from domain.pages import InvalidCursor, PageRequest, Slice, cut
from domain.pages import Key as SortKey

R = TypeVar("R", bound=VariantRow)

PAGE = """
    select {columns}
      from {products}
     cross join lateral (
               select {inner_columns}
                 from {variants}
                where variant.product_id = wanted.product_id
                  and (:all or {listed})
                  and (
                      cast(:after_position as int) is null
                      or (variant.position, variant.id) > (:after_position, cast(:after_id as bigint))
                  )
                  and (
                      cast(:before_position as int) is null
                      or (variant.position, variant.id) < (:before_position, cast(:before_id as bigint))
                  )
                order by variant.position {way}, variant.id {way}
                limit cast(:size as int)
           ) as page
     order by page.position {way}, page.id {way}
"""
SOLD = """
    product_variants as variant
    left join variant_listings as sold
      on sold.variant_id = variant.id and sold.channel_id = wanted.channel_id
"""


OF_PRODUCT: Final = itemgetter("product_id", "channel_id")


class PricedVariantRow(VariantRow):
    """A variant with what it costs in the channel, as ``VariantPriceRow`` has it.

    ``full`` and ``asked`` are null where it is not listed there.
    """

    full: Decimal | None
    asked: Decimal | None
    currency: str
    with_tax: bool
    tax_rate: Decimal


async def of_products(
    connection: Connection,
    keys: Sequence[Key],
    viewer: Viewer,
    request: PageRequest,
    *,
    lean: bool = False,
) -> dict[Key, Slice[VariantRow]]:
    """The same page of each product's variants, in one statement."""
    chosen = _plain(lean=lean, backward=request.backward)
    return await _pages(connection, chosen, VariantRow, keys, (viewer, request))


async def priced_of_products(
    connection: Connection,
    keys: Sequence[Key],
    viewer: Viewer,
    request: PageRequest,
    *,
    lean: bool = False,
) -> dict[Key, Slice[PricedVariantRow]]:
    """As ``of_products``, with what they cost. Every key names a channel."""
    chosen = _priced(lean=lean, backward=request.backward)
    return await _pages(connection, chosen, PricedVariantRow, keys, (viewer, request))


@cache
def _plain(*, lean: bool, backward: bool) -> Statement:
    return Statement(
        PAGE.format(
            columns="page.*",
            products=PRODUCTS,
            inner_columns=LEAN_COLUMNS if lean else COLUMNS,
            variants="product_variants as variant",
            listed=LISTED,
            way=_way(backward=backward),
        )
    )


@cache
def _priced(*, lean: bool, backward: bool) -> Statement:
    """What a product is taxed at is looked up once for all of its variants."""
    own = LEAN_COLUMNS if lean else COLUMNS
    return Statement(
        PAGE.format(
            columns=f"page.*, {TAXED}",
            products=f"{PRODUCTS} join products as product on product.id = wanted.product_id {tax_rates()}",
            inner_columns=f"{own}, sold.price_amount as full, sold.discounted_amount as asked",
            variants=SOLD,
            listed="sold.variant_id is not null",
            way=_way(backward=backward),
        )
    )


def _way(*, backward: bool) -> str:
    return "desc" if backward else "asc"


async def _pages(
    connection: Connection,
    statement: Statement,
    kind: type[R],
    keys: Sequence[Key],
    asked: tuple[Viewer, PageRequest],
) -> dict[Key, Slice[R]]:
    viewer, request = asked
    after, before = _position(request.after), _position(request.before)
    product_ids, channel_ids = zip(*keys, strict=True)
    rows = await statement.rows(
        connection,
        kind,
        product_ids=product_ids,
        channel_ids=channel_ids,
        all=viewer.sees_unpublished,
        after_position=after[0],
        after_id=after[1],
        before_position=before[0],
        before_id=before[1],
        size=request.size + 1,
    )
    groups: dict[Key, list[R]] = {key: [] for key in keys}
    for key, row in zip(map(OF_PRODUCT, rows), rows, strict=True):
        groups[key].append(row)
    return {key: cut(found, _place, request) for key, found in groups.items()}


def _place(row: VariantRow) -> SortKey:
    return row.position, row.id


def _position(key: SortKey | None) -> tuple[int | None, int | None]:
    """Raises ``InvalidCursor`` for a cursor of another list."""
    match key:
        case None:
            return None, None
        case (int(position), int(variant_id)):
            return position, variant_id
        case _:
            raise InvalidCursor("This is not a cursor of this list.")
