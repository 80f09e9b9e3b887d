"""Channels."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import strawberry

from db.channels import ChannelRow
from domain import countries
from engine.words import attribute, edge, inline
from loaders.channels import ChannelLoaders
from schema.cache_hints import AS_ABOVE, CATALOGUE
from schema.countries import CountryDisplay
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.scalars import DateTime, Minute


@dataclass(frozen=True, slots=True)
class CheckoutSettingsRow:
    """What becomes of checkouts that were paid and left."""

    enabled: bool
    delay: int | None
    cut_off: datetime | None


def checkout_settings(channel: ChannelRow) -> CheckoutSettingsRow:
    is_on = channel.automatically_complete_paid_checkouts
    delay = channel.automatic_completion_delay if is_on else None
    return CheckoutSettingsRow(is_on, delay, channel.automatic_completion_cut_off if is_on else None)


@strawberry.type(description="How a channel treats checkouts.", directives=[AS_ABOVE])
class CheckoutSettings:
    represents: ClassVar[type] = CheckoutSettingsRow

    automatically_complete_fully_paid_checkouts: bool = attribute(
        "Whether a checkout that was paid in full and left becomes an order by itself.", column="enabled"
    )
    automatic_completion_delay: Minute | None = attribute(
        "Minutes after the last sign of the shopper until it does; null where it does not.", column="delay"
    )
    automatic_completion_cut_off_date: DateTime | None = attribute(
        "Only checkouts that were begun from here on; null: all of them.", column="cut_off"
    )


@strawberry.type(
    description="A place where the shop sells: one currency, its own prices, its own selection.",
    directives=[CATALOGUE],
)
class Channel(Node, ObjectWithMetadata):
    represents: ClassVar[type] = ChannelRow

    id: strawberry.ID = global_id("Channel")
    name: str = attribute("The name that staff sees.")
    slug: str = attribute("The name that clients ask by.")
    is_active: bool = attribute("Whether the shop sells here at present.")
    currency_code: str = attribute("The currency of every price here, by its ISO 4217 code.")
    default_country: CountryDisplay = inline(
        countries.Country,
        "default_country",
        description="Where shoppers are taken to be until an address says otherwise.",
    )
    checkout_settings: CheckoutSettings = inline(
        checkout_settings, description="How checkouts are treated here."
    )
    countries: list[CountryDisplay] = edge(
        ChannelLoaders.countries, key="id", description="The countries that goods are sent to from here."
    )
