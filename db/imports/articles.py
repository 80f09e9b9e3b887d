"""Goods of imported invoices: a product with one variant for each stock code."""

from collections.abc import Sequence
from datetime import datetime

from db.imports.staging import stage
from db.rows import Row
from db.statements import Connection, Statement

# A slug that another product has gets part of the code's digest behind it, which nobody else has.
MADE = """
    select article.code, 'online-retail:' || article.code as reference,
           case when exists (select from products where products.slug = article.slug)
                then article.slug || '-' || substr(md5(article.code), 1, 8) else article.slug
           end as slug,
           article.name, article.search_text, article.since
      from staged_articles as article
     where article.variant_id is null
"""
PRODUCT_TYPE = Statement("""
    insert into product_types as kind (name, slug, has_variants)
    values ('Online Retail', 'online-retail', false)
        on conflict (slug) do update set slug = kind.slug
    returning id
""")
# What the shop already sells under the code stays as it is: by our own reference, or else by its SKU.
KNOWN = Statement("""
    update staged_articles as article
       set variant_id = known.id
      from (
               select staged.code, coalesce(ours.id, other.id) as id
                 from staged_articles as staged
                 left join product_variants as ours
                   on ours.external_reference = 'online-retail:' || staged.code
                 left join product_variants as other on other.sku = staged.code
           ) as known
     where known.code = article.code
""")
PRODUCTS = Statement(f"""
    insert into products (product_type_id, name, slug, external_reference, search_text, created_at)
    select :type_id, made.name, made.slug, made.reference, made.search_text, made.since from ({MADE}) as made
     order by made.code
        on conflict (external_reference) do nothing
""")
VARIANTS = Statement("""
    with made as (
        insert into product_variants (product_id, name, sku, external_reference, created_at)
        select product.id, article.name, article.code, product.external_reference, article.since
          from staged_articles as article
          join products as product on product.external_reference = 'online-retail:' || article.code
         where article.variant_id is null
         order by article.code
        returning id, product_id, sku
    ),
    chosen as (
        update products set default_variant_id = made.id from made where products.id = made.product_id
    )
    update staged_articles as article
       set variant_id = made.id, is_new = true
      from made
     where made.sku = article.code
""")
LISTINGS = Statement("""
    with priced as (
        select article.variant_id, variant.product_id, article.price
          from staged_articles as article
          join product_variants as variant on variant.id = article.variant_id
         where article.is_new and article.price is not null
    ),
    shown as (
        insert into product_listings (
            product_id, channel_id, is_published, published_at, available_for_purchase_at, lowest_amount,
            lowest_discounted_amount
        )
        select product_id, :channel_id, true, cast(:now as timestamptz), cast(:now as timestamptz),
               price, price
          from priced
            on conflict do nothing
    )
    insert into variant_listings (variant_id, channel_id, price_amount, discounted_amount)
    select variant_id, :channel_id, price, price from priced
        on conflict do nothing
""")
NEW = Statement("select variant_id from staged_articles where is_new order by variant_id")


class _IdRow(Row):
    variant_id: int


async def bring_in(
    tx: Connection, channel_id: int, rows: Sequence[tuple[object, ...]], now: datetime
) -> list[int]:
    """Make what is missing, published in the channel; the ids of the variants made, in growing order.

    ``rows`` are (code, name, slug, search text, price in the channel or None, first seen). Afterwards
    ``staged_articles`` has the variant of every code.
    """
    await stage(
        tx,
        "staged_articles",
        {
            "code": "text",
            "name": "text",
            "slug": "text",
            "search_text": "text",
            "price": "numeric",
            "since": "timestamptz",
        },
        rows,
        filled={"variant_id": "bigint", "is_new": "boolean default false"},
    )
    await KNOWN.run(tx)
    await PRODUCTS.run(tx, type_id=await PRODUCT_TYPE.value(tx))
    await VARIANTS.run(tx)
    await LISTINGS.run(tx, channel_id=channel_id, now=now)
    return [row.variant_id for row in await NEW.rows(tx, _IdRow)]
