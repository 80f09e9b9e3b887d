"""Products, each as it is seen in a channel."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final

from db.rows import Row
from db.statements import Connection, Statement
from domain.access import Viewer

# A product, and the channel it is seen in: null where none was asked for. What the channel says of it is null
# where it is not listed there.
Key = tuple[int, int | None]

SEEN: Final = itemgetter("id", "channel_id")
"""The key of a product's or a variant's row. A listing takes hundreds: two attributes take twice as long."""


class ProductRow(Row):
    """Lean rows have the columns of ``LEAN`` and no others."""

    id: int
    channel_id: int | None
    product_type_id: int
    category_id: int | None
    tax_class_id: int | None
    default_variant_id: int | None
    name: str
    slug: str
    description: str | None
    seo_title: str | None
    seo_description: str | None
    weight: Decimal | None
    rating: Decimal | None
    external_reference: str | None
    created_at: datetime
    updated_at: datetime
    meta: str
    private_meta: str
    is_published: bool | None
    published_at: datetime | None
    visible_in_listings: bool | None
    available_for_purchase_at: datetime | None
    is_available_for_purchase: bool | None


class AvailableRow(Row):
    """``available``: published, for sale by now, and one of its variants in stock. Null counts as no."""

    id: int
    channel_id: int
    available: bool | None


class ProductTypeRow(Row):
    """``kind`` is NORMAL or GIFT_CARD."""

    id: int
    name: str
    slug: str
    kind: str
    has_variants: bool
    is_shipping_required: bool
    is_digital: bool
    weight: Decimal | None
    tax_class_id: int | None
    meta: str
    private_meta: str


class MediaRow(Row):
    """``kind`` is IMAGE or VIDEO; it is kept under ``file_key``, or lives at ``external_url``."""

    id: int
    kind: str
    alt: str
    file_key: str | None
    external_url: str | None
    position: int
    meta: str
    private_meta: str


class ProductMediaRow(MediaRow):
    product_id: int


class VariantMediaRow(MediaRow):
    variant_id: int


# Written over ``product``, its ``listing`` in the channel, and ``wanted.channel_id``. Most lists show no more
# than the lean ones.
LEAN_COLUMNS = """
    product.id, wanted.channel_id, product.product_type_id, product.category_id, product.tax_class_id,
    product.default_variant_id, product.name, product.slug
"""
LEAN = frozenset(name.strip().partition(".")[2] for name in LEAN_COLUMNS.split(","))
COLUMNS = f"""
    {LEAN_COLUMNS}, product.description, product.seo_title,
    product.seo_description, product.weight, product.rating, product.external_reference, product.created_at,
    product.updated_at, product.meta, product.private_meta, listing.is_published, listing.published_at,
    listing.visible_in_listings, listing.available_for_purchase_at,
    listing.available_for_purchase_at <= now() as is_available_for_purchase
"""
PUBLISHED = "listing.is_published and (listing.published_at is null or listing.published_at <= now())"
# A variant that is listed in the channel and of which one unit at least can be bought there, on hand
# or on backorder.
IN_STOCK = """
    exists (
        select
          from product_variants as variant
          join variant_listings as sold
            on sold.variant_id = variant.id and sold.channel_id = listing.channel_id
         where variant.product_id = product.id
           and (
               not variant.track_inventory
               or exists (
                   select
                     from stocks as stock
                     join warehouse_channels as open
                       on open.warehouse_id = stock.warehouse_id and open.channel_id = sold.channel_id
                    where stock.variant_id = variant.id
                      and stock.on_hand + stock.backorder_limit - stock.allocated > coalesce((
                              select sum(held.quantity)
                                from reservations as held
                               where held.stock_id = stock.id and held.expires_at > now()
                          ), 0)
               )
           )
    )
"""
BY_KEYS = Statement(f"""
    select {COLUMNS}
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join products as product on product.id = wanted.id
      left join product_listings as listing
        on listing.product_id = product.id and listing.channel_id = wanted.channel_id
     where :all or {PUBLISHED}
""")
OF_SLUG = """
      from (select id as channel_id from channels where slug = :channel and (is_active or :all)) as wanted
      join products as product on product.slug = :slug
      left join product_listings as listing
        on listing.product_id = product.id and listing.channel_id = wanted.channel_id
"""
BY_SLUG = Statement(f"select {COLUMNS} {OF_SLUG} where :all or {PUBLISHED}")
AVAILABLE = Statement(f"""
    select product.id, listing.channel_id,
           {PUBLISHED} and listing.available_for_purchase_at <= now() and {IN_STOCK} as available
      from unnest(cast(:ids as bigint[]), cast(:channel_ids as bigint[])) as wanted (id, channel_id)
      join products as product on product.id = wanted.id
      join product_listings as listing
        on listing.product_id = product.id and listing.channel_id = wanted.channel_id
""")
ID_BY_SLUG = Statement("select id from products where slug = :slug")
ID_BY_REFERENCE = Statement("select id from products where external_reference = :reference")
TYPES = Statement("""
    select id, name, slug, kind, has_variants, is_shipping_required, is_digital, weight, tax_class_id, meta,
           private_meta
      from product_types
     where id = any(:ids)
""")
MEDIA = Statement("""
    select id, product_id, kind, alt, file_key, external_url, position, meta, private_meta
      from product_media
     where product_id = any(:product_ids)
     order by product_id, position, id
""")
FIRST_PICTURE = """
    select id, product_id, kind, alt, file_key, external_url, position, meta, private_meta
      from product_media
     where product_id = {product_id} and kind = 'IMAGE'
     order by position, id
     limit 1
"""
FIRST_PICTURES = Statement(f"""
    select media.*
      from unnest(cast(:product_ids as bigint[])) as wanted (product_id)
     cross join lateral ({FIRST_PICTURE.format(product_id="wanted.product_id")}) as media
""")
MEDIA_BY_IDS = Statement("""
    select id, product_id, kind, alt, file_key, external_url, position, meta, private_meta
      from product_media
     where id = any(:ids)
""")
VARIANT_MEDIA = Statement("""
    select shown.variant_id, media.id, media.kind, media.alt, media.file_key, media.external_url,
           media.position, media.meta, media.private_meta
      from variant_media as shown
      join product_media as media on media.id = shown.media_id
     where shown.variant_id = any(:variant_ids)
     order by shown.variant_id, media.position, media.id
""")


async def by_keys(connection: Connection, keys: Sequence[Key], viewer: Viewer) -> list[ProductRow]:
    """Those the viewer may see: shoppers see what is published in the channel."""
    return await _by_keys(connection, keys, everything=viewer.sees_unpublished)


async def by_slug(connection: Connection, slug: str, channel: str, viewer: Viewer) -> ProductRow | None:
    """The product, as it is seen in the channel of this slug; None as for ``by_keys``.

    Shoppers see nothing in a channel that is not active.
    """
    return await BY_SLUG.row(connection, ProductRow, slug=slug, channel=channel, all=viewer.sees_unpublished)


async def any_by_keys(connection: Connection, keys: Sequence[Key]) -> list[ProductRow]:
    """Published or not: for whoever came to the product by something that may be seen."""
    return await _by_keys(connection, keys, everything=True)


async def _by_keys(connection: Connection, keys: Sequence[Key], *, everything: bool) -> list[ProductRow]:
    ids, channel_ids = zip(*keys, strict=True)
    return await BY_KEYS.rows(connection, ProductRow, ids=ids, channel_ids=channel_ids, all=everything)


async def available_by_keys(connection: Connection, keys: Sequence[Key]) -> list[AvailableRow]:
    """One for each product that is listed in the channel."""
    ids, channel_ids = zip(*keys, strict=True)
    return await AVAILABLE.rows(connection, AvailableRow, ids=ids, channel_ids=channel_ids)


async def id_by_slug(connection: Connection, slug: str) -> int | None:
    found: int | None = await ID_BY_SLUG.value(connection, slug=slug)
    return found


async def id_by_reference(connection: Connection, reference: str) -> int | None:
    found: int | None = await ID_BY_REFERENCE.value(connection, reference=reference)
    return found


async def types_by_ids(connection: Connection, ids: Sequence[int]) -> list[ProductTypeRow]:
    return await TYPES.rows(connection, ProductTypeRow, ids=ids)


async def media_by_product_ids(connection: Connection, product_ids: Sequence[int]) -> list[ProductMediaRow]:
    """In the order that the merchant gave them."""
    return await MEDIA.rows(connection, ProductMediaRow, product_ids=product_ids)


async def first_pictures_by_product_ids(
    connection: Connection, product_ids: Sequence[int]
) -> list[ProductMediaRow]:
    """One for each product that has a picture."""
    return await FIRST_PICTURES.rows(connection, ProductMediaRow, product_ids=product_ids)


async def media_by_ids(connection: Connection, ids: Sequence[int]) -> list[ProductMediaRow]:
    return await MEDIA_BY_IDS.rows(connection, ProductMediaRow, ids=ids)


async def media_by_variant_ids(connection: Connection, variant_ids: Sequence[int]) -> list[VariantMediaRow]:
    """In the order that the merchant gave them."""
    return await VARIANT_MEDIA.rows(connection, VariantMediaRow, variant_ids=variant_ids)
