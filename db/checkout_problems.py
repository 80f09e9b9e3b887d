"""What keeps carts from becoming orders."""

from collections.abc import Sequence
from uuid import UUID

from db.checkout_lines import COLUMNS, CheckoutLineRow
from db.statements import Connection, Statement


class LineProblemRow(CheckoutLineRow):
    """A line that cannot be bought as it is: no longer sold, or too few units ``available``."""

    is_open: bool
    available: int


BY_CHECKOUT_IDS = Statement(f"""
    with wanted as (
        select line.checkout_id, line.variant_id, checkout.channel_id, sum(line.quantity) as quantity
          from checkout_lines as line
          join checkouts as checkout on checkout.id = line.checkout_id
         where line.checkout_id = any(:checkout_ids)
         group by line.checkout_id, line.variant_id, checkout.channel_id
    ),
    judged as (
        select wanted.checkout_id, wanted.variant_id, wanted.quantity, variant.track_inventory,
               listing.variant_id is not null
                   and coalesce(shown.is_published, false)
                   and coalesce(shown.published_at <= now(), true)
                   and coalesce(shown.available_for_purchase_at <= now(), false) as is_open,
               coalesce((
                   select sum(greatest(stock.on_hand + stock.backorder_limit - stock.allocated - coalesce((
                              select sum(held.quantity)
                                from reservations as held
                               where held.stock_id = stock.id
                                 and held.expires_at > now()
                                 and held.checkout_id <> wanted.checkout_id
                          ), 0), 0))
                     from stocks as stock
                     join warehouse_channels as sold
                       on sold.warehouse_id = stock.warehouse_id and sold.channel_id = wanted.channel_id
                    where stock.variant_id = wanted.variant_id
               ), 0)::bigint as available
          from wanted
          join product_variants as variant on variant.id = wanted.variant_id
          left join variant_listings as listing
            on listing.variant_id = wanted.variant_id and listing.channel_id = wanted.channel_id
          left join product_listings as shown
            on shown.product_id = variant.product_id and shown.channel_id = wanted.channel_id
    )
    select {COLUMNS}, judged.is_open, judged.available
      from judged
      join checkout_lines as line
        on line.checkout_id = judged.checkout_id and line.variant_id = judged.variant_id
      join checkouts as checkout on checkout.id = line.checkout_id
     where not judged.is_open or (judged.track_inventory and judged.available < judged.quantity)
     order by line.checkout_id, line.position, line.id
""")


async def lines_by_checkout_ids(connection: Connection, checkout_ids: Sequence[UUID]) -> list[LineProblemRow]:
    """The lines of these checkouts that are no longer sold or that the stock does not suffice for.

    What is held for a checkout counts as free to itself.
    """
    return await BY_CHECKOUT_IDS.rows(connection, LineProblemRow, checkout_ids=checkout_ids)
