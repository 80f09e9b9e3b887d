"""Channels."""

from typing import ClassVar

import strawberry

from db.channels import ChannelRow
from domain import countries
from engine.words import attribute, edge, inline
from loaders.channels import ChannelLoaders
from schema.cache_hints import CATALOGUE
from schema.countries import CountryDisplay
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata


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
    countries: list[CountryDisplay] = edge(
        ChannelLoaders.countries, key="id", description="The countries that goods are sent to from here."
    )
