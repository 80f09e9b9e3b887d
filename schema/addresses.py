"""Postal addresses."""

from typing import ClassVar

import strawberry

from db.addresses import AddressRow
from domain import addresses, countries
from domain.accounts import AddressDraft
from domain.address_rules import ValidationRules
from engine.words import attribute, inline
from schema.countries import CountryDisplay
from schema.ids import global_id
from schema.metadata import MetadataInput, Node, ObjectWithMetadata, meta_of


def _phone(phone: str) -> str | None:
    return phone or None


@strawberry.type(description="A postal address. Text that was not given is empty.")
class Address(Node, ObjectWithMetadata):
    represents: ClassVar[type] = AddressRow

    id: strawberry.ID = global_id("Address")
    first_name: str = attribute("The first name of whoever receives the post.")
    last_name: str = attribute("Their last name.")
    company_name: str = attribute("The company.")
    street_address_1: str = attribute("Street and number.")
    street_address_2: str = attribute("More of it: flat, floor, building.")
    city: str = attribute("The city or town.")
    city_area: str = attribute("The part of the city, where addresses name it.")
    postal_code: str = attribute("The postal code.")
    country: CountryDisplay = inline(countries.Country, "country", description="The country.")
    country_area: str = attribute("The state, province or county.")
    phone: str | None = inline(_phone, "phone", description="A telephone number, in E.164.")
    is_default_shipping_address: bool | None = attribute("Whether its owner has goods sent here by default.")
    is_default_billing_address: bool | None = attribute("Whether its owner is billed here by default.")


@strawberry.input(description="A postal address. What is left out is empty, or stays as it is in an update.")
class AddressInput:
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="The first name.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="The last name.")
    company_name: str | None = strawberry.field(default=strawberry.UNSET, description="The company.")
    street_address_1: str | None = strawberry.field(
        default=strawberry.UNSET, description="Street and number."
    )
    street_address_2: str | None = strawberry.field(
        default=strawberry.UNSET, description="More of it: flat, floor, building."
    )
    city: str | None = strawberry.field(default=strawberry.UNSET, description="The city or town.")
    city_area: str | None = strawberry.field(default=strawberry.UNSET, description="The part of the city.")
    postal_code: str | None = strawberry.field(default=strawberry.UNSET, description="The postal code.")
    country: countries.CountryCode | None = strawberry.field(
        default=strawberry.UNSET, description="The country."
    )
    country_area: str | None = strawberry.field(
        default=strawberry.UNSET, description="The state, province or county, by code or by name."
    )
    phone: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A telephone number; without a leading + it is one dialled in the country.",
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to put on the address."
    )
    skip_validation: bool | None = strawberry.field(
        default=False, description="Take the address without asking its country's rules. Staff only."
    )


@strawberry.type(description="One of the values that a field of an address can have.")
class ChoiceValue:
    represents: ClassVar[type] = tuple

    raw: str | None = inline(lambda choice: choice[0], description="What to send.")
    verbose: str | None = inline(lambda choice: choice[1], description="What to show.")


@strawberry.type(description="What a country asks of its addresses.")
class AddressValidationData:
    represents: ClassVar[type] = ValidationRules

    country_code: str = attribute("The country's ISO 3166 code.")
    country_name: str = attribute("The country's name, in capitals.")
    address_format: str = attribute("How an address is laid out; %N is a name, %n a new line, and so on.")
    address_latin_format: str = attribute("The same in Latin letters.")
    allowed_fields: list[str] = attribute("The fields that addresses here have.")
    required_fields: list[str] = attribute("Those that may not be empty.")
    upper_fields: list[str] = attribute("Those that are written in capitals.")
    country_area_type: str = attribute("What the country calls its areas: state, province, county ...")
    country_area_choices: list[ChoiceValue] = attribute("The areas; none where any may be named.")
    city_type: str = attribute("What the country calls its cities.")
    city_choices: list[ChoiceValue] = attribute("The cities of the area; none where any may be named.")
    city_area_type: str = attribute("What the country calls the parts of a city.")
    city_area_choices: list[ChoiceValue] = attribute("The parts of the city; none where any may be named.")
    postal_code_type: str = attribute("What the country calls its postal codes.")
    postal_code_matchers: list[str] = attribute("Regular expressions; a postal code matches all of them.")
    postal_code_examples: list[str] = attribute("Postal codes that exist.")
    postal_code_prefix: str = attribute("What every postal code begins with, where they do.")


def address_of(given: AddressInput) -> addresses.Address:
    """The address; what was left out is empty. ``metadata`` and ``skip_validation`` are not part of it."""
    return addresses.Address(**changes_of(given))


def changes_of(given: AddressInput) -> dict[str, str]:
    """The fields that were given, by their names in ``domain.addresses.Address``; null empties one."""
    values = {field: getattr(given, field) for field in addresses.FIELDS}
    return {field: str(value or "") for field, value in values.items() if value is not strawberry.UNSET}


def draft_of(given: AddressInput) -> AddressDraft:
    """The whole input, for the commands of an address book."""
    return AddressDraft(
        fields=changes_of(given), meta=meta_of(given.metadata), unchecked=bool(given.skip_validation)
    )
