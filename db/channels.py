"""Channels: where the shop sells, in which currency, to which countries."""

from collections.abc import Sequence
from datetime import datetime

from db.rows import Row
from db.statements import Connection, Statement
from domain.channels import AutomaticCompletion


class ChannelRow(Row):
    id: int
    name: str
    slug: str
    is_active: bool
    currency_code: str
    default_country: str
    prices_entered_with_tax: bool
    charge_taxes: bool
    automatically_confirm_orders: bool
    allow_unpaid_orders: bool
    automatically_complete_paid_checkouts: bool
    automatic_completion_delay: int
    automatic_completion_cut_off: datetime | None
    payment_gateways: list[str]
    meta: str
    private_meta: str

    @property
    def completion(self) -> AutomaticCompletion:
        """What becomes of checkouts that were paid and left."""
        return AutomaticCompletion(
            self.automatically_complete_paid_checkouts,
            self.automatic_completion_delay,
            self.automatic_completion_cut_off,
        )


class CountryRow(Row):
    channel_id: int
    code: str


COLUMNS = """
    id, name, slug, is_active, currency_code, default_country, prices_entered_with_tax, charge_taxes,
    automatically_confirm_orders, allow_unpaid_orders, automatically_complete_paid_checkouts,
    automatic_completion_delay, automatic_completion_cut_off, payment_gateways, meta, private_meta
"""
ALL = Statement(f"select {COLUMNS} from channels order by slug")
BY_IDS = Statement(f"select {COLUMNS} from channels where id = any(:ids)")
BY_SLUGS = Statement(f"select {COLUMNS} from channels where slug = any(:slugs)")
COMPLETE_AUTOMATICALLY = Statement("""
    update channels
       set automatically_complete_paid_checkouts = :enabled, automatic_completion_delay = :delay,
           automatic_completion_cut_off = :cut_off
     where id = :id
""")
COUNTRIES = Statement("""
    select distinct listed.channel_id, country.code
      from shipping_zone_channels as listed
      join shipping_zones as zone on zone.id = listed.shipping_zone_id
     cross join unnest(zone.countries) as country (code)
     where listed.channel_id = any(:channel_ids)
     order by listed.channel_id, country.code
""")


async def every(connection: Connection) -> list[ChannelRow]:
    """By slug."""
    return await ALL.rows(connection, ChannelRow)


async def by_ids(connection: Connection, ids: Sequence[int]) -> list[ChannelRow]:
    return await BY_IDS.rows(connection, ChannelRow, ids=ids)


async def by_slugs(connection: Connection, slugs: Sequence[str]) -> list[ChannelRow]:
    return await BY_SLUGS.rows(connection, ChannelRow, slugs=slugs)


async def complete_automatically(tx: Connection, id: int, completion: AutomaticCompletion) -> bool:
    """Whether there is such a channel: then this is what becomes of checkouts that were paid and left."""
    changed = await COMPLETE_AUTOMATICALLY.run(
        tx, id=id, enabled=completion.enabled, delay=completion.delay, cut_off=completion.cut_off
    )
    return changed == 1


async def countries_by_channel_ids(connection: Connection, channel_ids: Sequence[int]) -> list[CountryRow]:
    """The countries that a channel's shipping zones name, by code."""
    return await COUNTRIES.rows(connection, CountryRow, channel_ids=channel_ids)
