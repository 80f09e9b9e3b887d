"""Where imported goods are sold and kept."""

from db.channels import BY_SLUGS, ChannelRow
from db.channels import every as every_channel
from db.statements import Connection, Statement

__all__ = ["channel", "every_channel", "first_warehouse", "make_channel", "make_warehouse"]

MAKE_CHANNEL = Statement("""
    insert into channels (name, slug, currency_code, default_country)
    values (:name, :slug, :currency, :country)
    returning id
""")
FIRST_WAREHOUSE = Statement("""
    select warehouse_id from warehouse_channels where channel_id = :channel_id
     order by position, warehouse_id limit 1
""")
MAKE_WAREHOUSE = Statement("""
    with made as (
        insert into warehouses (name, slug)
        select cast(:name as text),
               case when exists (select from warehouses where slug = cast(:slug as text))
                    then :slug || '-' || gen_random_uuid() else :slug end
        returning id
    )
    insert into warehouse_channels (warehouse_id, channel_id) select id, :channel_id from made
    returning warehouse_id
""")


async def channel(connection: Connection, slug: str) -> ChannelRow | None:
    return await BY_SLUGS.row(connection, ChannelRow, slugs=[slug])


async def make_channel(tx: Connection, slug: str, currency: str, country: str) -> None:
    await MAKE_CHANNEL.value(
        tx, name=slug.replace("-", " ").title(), slug=slug, currency=currency, country=country
    )


async def first_warehouse(connection: Connection, channel_id: int) -> int | None:
    """The warehouse the channel sells from first."""
    found: int | None = await FIRST_WAREHOUSE.value(connection, channel_id=channel_id)
    return found


async def make_warehouse(tx: Connection, channel_id: int, name: str, slug: str) -> int:
    """A warehouse that this channel sells from, and that sends anywhere."""
    made: int = await MAKE_WAREHOUSE.value(tx, channel_id=channel_id, name=name, slug=slug)
    return made
