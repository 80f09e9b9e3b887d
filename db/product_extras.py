"""Products with more than their own columns, for whoever knows that it will be asked for next."""

from decimal import Decimal
from enum import StrEnum

from db.prices import RANGE, TAXED, tax_rates
from db.products import COLUMNS, FIRST_PICTURE, OF_SLUG, PUBLISHED, ProductRow
from db.statements import Connection, Statement
from domain.access import Viewer


class Extra(StrEnum):
    """What can be brought along. ``PRICES`` only where a channel is named."""

    PRICES = "PRICES"
    PICTURE = "PICTURE"


Extras = frozenset[Extra]


class ExtendedProductRow(ProductRow):
    """A product with what was asked for besides, and no more of the columns below than that.

    ``PRICES`` are those of ``ProductPricesRow``; the amounts and ``on_sale`` are null where none of its
    variants is listed in the channel. ``PICTURE`` is its first: how it is called, and where it is kept or
    lives; ``alt`` is null where there is none.
    """

    lowest_full: Decimal | None
    highest_full: Decimal | None
    lowest_asked: Decimal | None
    highest_asked: Decimal | None
    on_sale: bool | None
    currency: str
    with_tax: bool
    tax_rate: Decimal
    alt: str | None
    file_key: str | None
    external_url: str | None


def columns_of(extras: Extras) -> str:
    """Further columns of a statement over ``joins_of`` the same extras, with a comma before each."""
    prices = f", prices.*, {TAXED}" if Extra.PRICES in extras else ""
    picture = ", picture.alt, picture.file_key, picture.external_url" if Extra.PICTURE in extras else ""
    return prices + picture


def joins_of(extras: Extras, product: str, channel_id: str) -> str:
    """The joins to products called ``product``, as they are seen in the channel of this id."""
    prices, picture = "", ""
    if Extra.PRICES in extras:
        in_channel = RANGE.format(channel_id=channel_id, product_id=f"{product}.id")
        prices = f"""
     cross join lateral ({in_channel}) as prices
      {tax_rates(product, channel_id)}
        """
    if Extra.PICTURE in extras:
        picture = f"""
      left join lateral ({FIRST_PICTURE.format(product_id=f"{product}.id")}) as picture on true
        """
    return prices + picture


PRICED = frozenset({Extra.PRICES})
PRICED_BY_SLUG = Statement(f"""
    select {COLUMNS}{columns_of(PRICED)}
      {OF_SLUG}
      {joins_of(PRICED, "product", "wanted.channel_id")}
     where :all or {PUBLISHED}
""")


async def priced_by_slug(
    connection: Connection, slug: str, channel: str, viewer: Viewer
) -> ExtendedProductRow | None:
    """As ``products.by_slug``, with prices."""
    return await PRICED_BY_SLUG.row(
        connection, ExtendedProductRow, slug=slug, channel=channel, all=viewer.sees_unpublished
    )
