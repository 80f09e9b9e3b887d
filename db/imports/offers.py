"""What imported products cost in a channel, how many there are, and what they look like."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from db.imports.staging import stage
from db.rows import Row
from db.statements import Connection, Statement

OFFERS = {"item": "int", "position": "int", "price": "numeric", "sale": "numeric", "units": "int"}
SHOWN = {"item": "int", "published": "boolean"}
PICTURES = {"item": "int", "url": "text", "alt": "text", "place": "int"}
WORN = {"item": "int", "position": "int", "url": "text"}

# A running promotion may ask for less still: whoever brings the files in has prices refreshed afterwards.
PRICE = Statement("""
    insert into variant_listings as listed (
        variant_id, channel_id, price_amount, sale_amount, discounted_amount
    )
    select variation.variant_id, :channel_id, offer.price, offer.sale, coalesce(offer.sale, offer.price)
      from staged_offers as offer
      join staged_variations as variation using (item, position)
        on conflict (variant_id, channel_id) do update
       set price_amount = excluded.price_amount, sale_amount = excluded.sale_amount,
           discounted_amount = excluded.discounted_amount, promotion_rule_id = null
     where (listed.price_amount, listed.sale_amount)
           is distinct from (excluded.price_amount, excluded.sale_amount)
""")
PUBLISH = Statement("""
    insert into product_listings as listed (
        product_id, channel_id, is_published, published_at, available_for_purchase_at, lowest_amount,
        lowest_discounted_amount
    )
    select item.product_id, :channel_id, shown.published,
           case when shown.published then cast(:now as timestamptz) end, cast(:now as timestamptz),
           lowest.price, lowest.discounted
      from staged_shown as shown
      join staged_items as item using (item)
     cross join lateral (
               select min(price.price_amount) as price, min(price.discounted_amount) as discounted
                 from product_variants as variant
                 join variant_listings as price
                   on price.variant_id = variant.id and price.channel_id = :channel_id
                where variant.product_id = item.product_id
           ) as lowest
        on conflict (product_id, channel_id) do update
       set is_published = excluded.is_published,
           published_at = coalesce(listed.published_at, excluded.published_at),
           available_for_purchase_at
               = coalesce(listed.available_for_purchase_at, excluded.available_for_purchase_at),
           lowest_amount = excluded.lowest_amount,
           lowest_discounted_amount = excluded.lowest_discounted_amount
""")
# Variants without a row in this warehouse come with none on hand. Locked in the order that all stock is
# locked in.
LOCK = Statement("""
    select variant_id, on_hand, greatest(allocated - backorder_limit, 0) as promised
      from stocks
     where warehouse_id = :warehouse_id
       and variant_id in (select variant_id from staged_variations)
     order by warehouse_id, variant_id
       for update
""")
WANTED = Statement("""
    select variation.variant_id, offer.units
      from staged_offers as offer
      join staged_variations as variation using (item, position)
     order by variation.variant_id
""")
CHANGE_PICTURES = Statement("""
    update product_media as known
       set alt = picture.alt, position = picture.place
      from staged_pictures as picture
      join staged_items as item using (item)
     where known.product_id = item.product_id and known.external_url = picture.url
       and (known.alt, known.position) is distinct from (picture.alt, picture.place)
""")
ADD_PICTURES = Statement("""
    insert into product_media (product_id, external_url, alt, position)
    select item.product_id, picture.url, picture.alt, picture.place
      from staged_pictures as picture
      join staged_items as item using (item)
     where not exists (
               select from product_media as known
                where known.product_id = item.product_id and known.external_url = picture.url
           )
     order by picture.item, picture.place
""")
WEAR = Statement("""
    insert into variant_media (variant_id, media_id)
    select variation.variant_id, media.id
      from staged_worn as worn
      join staged_variations as variation using (item, position)
      join staged_items as item using (item)
      join product_media as media on media.product_id = item.product_id and media.external_url = worn.url
        on conflict do nothing
""")
ELSEWHERE = Statement("""
    select media.id, media.product_id, media.external_url
      from staged_items as item
      join product_media as media on media.product_id = item.product_id
     where media.file_key is null and media.kind = 'IMAGE'
     order by media.id
""")
KEEP = Statement("update product_media set file_key = :file_key where id = :id and file_key is null")

Rows = Iterable[tuple[Any, ...]]


class ShelfRow(Row):
    """``promised`` units have to be on hand: those beyond the backorder limit."""

    variant_id: int
    on_hand: int
    promised: int


class WantedRow(Row):
    variant_id: int
    units: int


class PictureRow(Row):
    """A picture that lives elsewhere."""

    id: int
    product_id: int
    external_url: str


async def price(tx: Connection, channel_id: int, offers: Rows, shown: Rows, now: datetime) -> None:
    """List the staged products and variants in the channel."""
    await stage(tx, "staged_offers", OFFERS, offers)
    await stage(tx, "staged_shown", SHOWN, shown)
    await PRICE.run(tx, channel_id=channel_id)
    await PUBLISH.run(tx, channel_id=channel_id, now=now)


async def shelves(tx: Connection, warehouse_id: int) -> tuple[Sequence[ShelfRow], Sequence[WantedRow]]:
    """The stock that the staged variants have.

    Held until the transaction ends, and what the files say of it.
    """
    locked = await LOCK.rows(tx, ShelfRow, warehouse_id=warehouse_id)
    return locked, await WANTED.rows(tx, WantedRow)


async def show(tx: Connection, pictures: Rows, worn: Rows) -> list[PictureRow]:
    """Add the pictures by their addresses. Those of the staged products that are not kept here yet."""
    await stage(tx, "staged_pictures", PICTURES, pictures)
    await stage(tx, "staged_worn", WORN, worn)
    for statement in (CHANGE_PICTURES, ADD_PICTURES, WEAR):
        await statement.run(tx)
    return await ELSEWHERE.rows(tx, PictureRow)


async def keep_picture(tx: Connection, media_id: int, file_key: str) -> None:
    """Show the picture from our own files from now on; where it came from stays known."""
    await KEEP.run(tx, id=media_id, file_key=file_key)
