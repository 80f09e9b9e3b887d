"""The lines of carts, and what may be bought at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

import orjson

from db.rows import Row
from db.statements import Connection, Statement
from domain.checkouts import NewLine, Offer


class CheckoutLineRow(Row):
    id: UUID
    checkout_id: UUID
    channel_id: int
    variant_id: int
    quantity: int
    price_override: Decimal | None
    price_override_reason: str | None
    meta: str
    private_meta: str


class _OfferRow(Row):
    variant_id: int
    is_listed: bool
    is_published: bool
    is_for_sale: bool
    quantity_limit: int | None


COLUMNS = """
    line.id, line.checkout_id, checkout.channel_id, line.variant_id, line.quantity, line.price_override,
    line.price_override_reason, line.meta, line.private_meta
"""
BY_CHECKOUT_IDS = Statement(f"""
    select {COLUMNS}
      from checkout_lines as line
      join checkouts as checkout on checkout.id = line.checkout_id
     where line.checkout_id = any(:checkout_ids)
     order by line.checkout_id, line.position, line.id
""")
BY_IDS = Statement(f"""
    select {COLUMNS}
      from checkout_lines as line
      join checkouts as checkout on checkout.id = line.checkout_id
     where line.id = any(:ids)
""")
INSERT = Statement("""
    insert into checkout_lines (
        id, checkout_id, variant_id, quantity, price_override, price_override_reason, meta, position
    )
    select wanted.id, :checkout_id, wanted.variant_id, wanted.quantity, wanted.price, wanted.reason,
           cast(wanted.meta as jsonb),
           wanted.place + coalesce((
               select max(position) from checkout_lines where checkout_id = :checkout_id
           ), 0)
      from unnest(
               cast(:ids as uuid[]), cast(:variant_ids as bigint[]), cast(:quantities as int[]),
               cast(:prices as numeric[]), cast(:reasons as text[]), cast(:metas as text[])
           ) with ordinality as wanted (id, variant_id, quantity, price, reason, meta, place)
""")
UPDATE = Statement("""
    update checkout_lines as line
       set quantity = wanted.quantity,
           price_override = wanted.price,
           price_override_reason = wanted.reason,
           meta = line.meta || cast(wanted.meta as jsonb)
      from unnest(
               cast(:ids as uuid[]), cast(:quantities as int[]), cast(:prices as numeric[]),
               cast(:reasons as text[]), cast(:metas as text[])
           ) as wanted (id, quantity, price, reason, meta)
     where line.id = wanted.id and line.checkout_id = :checkout_id
""")
DELETE = Statement("delete from checkout_lines where checkout_id = :checkout_id and id = any(:ids)")
OFFERS = Statement("""
    select variant.id as variant_id,
           listing.variant_id is not null as is_listed,
           coalesce(shown.is_published and (shown.published_at is null or shown.published_at <= now()), false)
               as is_published,
           coalesce(shown.available_for_purchase_at <= now(), false) as is_for_sale,
           variant.quantity_limit
      from product_variants as variant
      left join variant_listings as listing
        on listing.variant_id = variant.id and listing.channel_id = :channel_id
      left join product_listings as shown
        on shown.product_id = variant.product_id and shown.channel_id = :channel_id
     where variant.id = any(:variant_ids)
""")


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line as it is to be; ``meta`` is added to what is there."""

    id: UUID
    quantity: int
    price_override: Decimal | None
    price_override_reason: str | None
    meta: dict[str, str]


async def by_checkout_ids(connection: Connection, checkout_ids: Sequence[UUID]) -> list[CheckoutLineRow]:
    """In the order they were added."""
    return await BY_CHECKOUT_IDS.rows(connection, CheckoutLineRow, checkout_ids=checkout_ids)


async def by_ids(connection: Connection, ids: Sequence[UUID]) -> list[CheckoutLineRow]:
    return await BY_IDS.rows(connection, CheckoutLineRow, ids=ids)


async def insert(tx: Connection, checkout_id: UUID, lines: Sequence[NewLine]) -> None:
    """Add lines behind those that are there."""
    if not lines:
        return
    await INSERT.run(
        tx,
        checkout_id=checkout_id,
        ids=[uuid4() for _ in lines],
        variant_ids=[line.variant_id for line in lines],
        quantities=[line.quantity for line in lines],
        prices=[line.price for line in lines],
        reasons=[line.price_reason for line in lines],
        metas=[orjson.dumps(line.meta).decode() for line in lines],
    )


async def update(tx: Connection, checkout_id: UUID, lines: Sequence[LineChange]) -> None:
    if not lines:
        return
    await UPDATE.run(
        tx,
        checkout_id=checkout_id,
        ids=[line.id for line in lines],
        quantities=[line.quantity for line in lines],
        prices=[line.price_override for line in lines],
        reasons=[line.price_override_reason for line in lines],
        metas=[orjson.dumps(line.meta).decode() for line in lines],
    )


async def delete(tx: Connection, checkout_id: UUID, ids: Sequence[UUID]) -> None:
    if ids:
        await DELETE.run(tx, checkout_id=checkout_id, ids=ids)


async def offers(connection: Connection, channel_id: int, variant_ids: Sequence[int]) -> dict[int, Offer]:
    """By variant; one that does not exist is missing."""
    rows = await OFFERS.rows(connection, _OfferRow, channel_id=channel_id, variant_ids=variant_ids)
    return {
        row.variant_id: Offer(
            is_listed=row.is_listed,
            is_published=row.is_published,
            is_for_sale=row.is_for_sale,
            quantity_limit=row.quantity_limit,
        )
        for row in rows
    }
