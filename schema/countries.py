"""Countries."""

from typing import ClassVar

import strawberry

from db.channels import CountryRow
from domain import countries
from engine.words import attribute, inline
from schema.cache_hints import AS_ABOVE

strawberry.enum(countries.CountryCode, description="A country, by its ISO 3166 code.")


@strawberry.type(description="A country.", directives=[AS_ABOVE])
class CountryDisplay:
    represents: ClassVar[tuple[type, ...]] = (CountryRow, countries.Country)

    code: str = attribute("The ISO 3166 code, two letters.")
    country: str = inline(countries.name, "code", description="The name, in English.")
