"""What products and variants cost in a channel, and the rate of tax where its shoppers are taken to be."""

from collections.abc import Sequence
from decimal import Decimal

from db.products import Key
from db.rows import Row
from db.statements import Connection, Statement


class _Taxed(Row):
    """Amounts are as entered in the channel, ``with_tax`` or without; ``tax_rate`` 0.2 is 20 %."""

    channel_id: int
    currency: str
    with_tax: bool
    tax_rate: Decimal


class VariantPriceRow(_Taxed):
    """``full`` before and ``asked`` after sales and promotions."""

    variant_id: int
    full: Decimal
    asked: Decimal


class ProductPricesRow(_Taxed):
    """The lowest and the highest of its variants' prices: before (``full``) and after (``asked``) reductions.

    ``on_sale`` says that one variant at least is reduced.
    """

    product_id: int
    lowest_full: Decimal
    highest_full: Decimal
    lowest_asked: Decimal
    highest_asked: Decimal
    on_sale: bool


# A class the country does not know, and goods without one, have the country's usual rate; without that, none.
TAXED = """
    channel.currency_code as currency, channel.prices_entered_with_tax as with_tax,
    case when channel.charge_taxes then coalesce(known.rate, usual.rate, 0) else 0 end as tax_rate
"""


def tax_rates(product: str = "product", channel_id: str = "wanted.channel_id") -> str:
    """The joins that ``TAXED`` is written over, for products called ``product``."""
    return f"""
      join product_types as kind on kind.id = {product}.product_type_id
      join channels as channel on channel.id = {channel_id}
      left join tax_rates as known
        on known.country = channel.default_country
       and known.tax_class_id = coalesce({product}.tax_class_id, kind.tax_class_id)
      left join tax_rates as usual
        on usual.country = channel.default_country and usual.tax_class_id is null
    """


# What a product's variants cost that are listed in the channel: one row of nulls where none is.
RANGE = """
    select min(listing.price_amount) as lowest_full, max(listing.price_amount) as highest_full,
           min(listing.discounted_amount) as lowest_asked, max(listing.discounted_amount) as highest_asked,
           bool_or(listing.discounted_amount < listing.price_amount) as on_sale
      from product_variants as variant
      join variant_listings as listing
        on listing.variant_id = variant.id and listing.channel_id = {channel_id}
     where variant.product_id = {product_id}
"""
VARIANTS = Statement(f"""
    select wanted.id as variant_id, wanted.channel_id, listing.price_amount as full,
           listing.discounted_amount as asked, {TAXED}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join variant_listings as listing
        on listing.variant_id = wanted.id and listing.channel_id = wanted.channel_id
      join product_variants as variant on variant.id = wanted.id
      join products as product on product.id = variant.product_id
      {tax_rates()}
""")
PRODUCTS = Statement(f"""
    select wanted.id as product_id, wanted.channel_id, prices.lowest_full, prices.highest_full,
           prices.lowest_asked, prices.highest_asked, prices.on_sale, {TAXED}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
     cross join lateral (
               {RANGE.format(channel_id="wanted.channel_id", product_id="wanted.id")}
           ) as prices
      join products as product on product.id = wanted.id
      {tax_rates()}
     where prices.lowest_full is not null
""")


async def of_variants(connection: Connection, keys: Sequence[Key]) -> list[VariantPriceRow]:
    """One for each variant that is listed in the channel."""
    ids, channel_ids = zip(*keys, strict=True)
    return await VARIANTS.rows(connection, VariantPriceRow, ids=ids, channel_ids=channel_ids)


async def of_products(connection: Connection, keys: Sequence[Key]) -> list[ProductPricesRow]:
    """One for each product that has a variant listed in the channel."""
    ids, channel_ids = zip(*keys, strict=True)
    return await PRODUCTS.rows(connection, ProductPricesRow, ids=ids, channel_ids=channel_ids)
