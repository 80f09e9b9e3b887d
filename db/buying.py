"""What a customer has bought before, for goods of which one may buy only so many."""

from collections.abc import Mapping, Sequence

from db.rows import Row
from db.statements import Connection, Statement
from domain.fulfillments import CAME_BACK
from domain.orders import OrderStatus


class _BoughtRow(Row):
    variant_id: int
    units: int


# A customer is who has the login or the address; who holds both names takes them in one order.
HOLD = Statement("""
    select pg_advisory_xact_lock(hashtextextended(held.name, 0))
      from (select name from unnest(cast(:names as text[])) as wanted (name) order by name) as held
""")
BOUGHT = Statement("""
    select line.variant_id, sum(line.quantity - coalesce(back.units, 0)) as units
      from orders as placed
      join order_lines as line on line.order_id = placed.id
      left join lateral (
               select sum(packed.quantity) as units
                 from fulfillment_lines as packed
                 join fulfillments as shipment on shipment.id = packed.fulfillment_id
                where packed.order_line_id = line.id and shipment.status = any(:came_back)
           ) as back on true
     where (placed.user_id = :user_id or lower(placed.email) = lower(:email))
       and placed.status <> all(:called_off)
       and line.variant_id = any(:variant_ids)
     group by line.variant_id
""")
CALLED_OFF = (OrderStatus.CANCELED, OrderStatus.EXPIRED)


async def hold(tx: Connection, user_id: int | None, email: str) -> None:
    """Nobody else buys as this customer until the transaction ends. ``email`` is normalised."""
    names = [f"customer {email}", *([] if user_id is None else [f"customer {user_id}"])]
    await tx.fetch(HOLD.text, *HOLD.arguments({"names": names}))


async def bought(
    tx: Connection, user_id: int | None, email: str, variant_ids: Sequence[int]
) -> Mapping[int, int]:
    """Units by variant, over all of the customer's orders but those called off, less what came back."""
    rows = await BOUGHT.rows(
        tx,
        _BoughtRow,
        user_id=user_id,
        email=email,
        variant_ids=variant_ids,
        came_back=sorted(CAME_BACK),
        called_off=CALLED_OFF,
    )
    return {row.variant_id: int(row.units) for row in rows}
