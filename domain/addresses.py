"""Postal addresses: one value, and the check that finds all that is wrong with it at once."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from domain import countries, phones
from domain.address_rules import ValidationRules, choice, validation_rules
from domain.refusals import Invalid, Refusal, Required

MAX_LENGTH = 256
MAX_POSTAL_CODE_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Address:
    """An address as people write it; a field left out is the empty string."""

    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    street_address_1: str = ""
    street_address_2: str = ""
    city: str = ""
    city_area: str = ""
    postal_code: str = ""
    country_area: str = ""
    country: str = ""
    phone: str = ""


class AddressProblemCode(StrEnum):
    REQUIRED = "REQUIRED"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True)
class AddressProblem:
    """What is wrong with one field, which has the API's name (``streetAddress1``)."""

    field: str
    code: AddressProblemCode
    message: str


@dataclass(frozen=True, slots=True)
class _Finding:
    """One field read by its country's rules."""

    value: str
    code: AddressProblemCode | None = None


FIELDS: dict[str, str] = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company_name": "companyName",
    "street_address_1": "streetAddress1",
    "street_address_2": "streetAddress2",
    "city": "city",
    "city_area": "cityArea",
    "postal_code": "postalCode",
    "country_area": "countryArea",
    "country": "country",
    "phone": "phone",
}


def check_address(
    address: Address, *, required: bool = True, format: bool = True, normalize: bool = True
) -> tuple[Address, list[AddressProblem]]:
    """The address to keep, and every problem, in the order of ``Address``'s fields.

    ``required`` asks for the fields the country needs, ``format`` for values it knows (postal code, area,
    city); ``normalize`` writes them the country's way: capitals, the official name of an area, nothing in a
    field that the country does not use. Whatever the switches, values are trimmed, must be text of a sane
    length, the country must be one of the API's, and a phone number must be one and is kept in E.164.
    """
    kept = Address(**{field: value.strip() for field, value in asdict(address).items()})
    kept = replace(kept, country=kept.country.upper())
    refused = {
        field: AddressProblemCode.INVALID for field in FIELDS if not _is_text(field, getattr(kept, field))
    }

    if not kept.country:
        refused["country"] = AddressProblemCode.REQUIRED
    elif kept.country not in countries.CountryCode.__members__:
        refused["country"] = AddressProblemCode.INVALID

    if kept.phone and "phone" not in refused:
        number = phones.normalize(kept.phone, kept.country)
        if number is None:
            refused["phone"] = AddressProblemCode.INVALID
        else:
            kept = replace(kept, phone=number)

    if "country" not in refused:
        findings = _by_country(kept, validation_rules(kept.country, kept.country_area, kept.city))
        asked = {AddressProblemCode.REQUIRED: required, AddressProblemCode.INVALID: format, None: False}
        refused = {
            field: found.code for field, found in findings.items() if found.code and asked[found.code]
        } | refused
        if normalize:
            kept = replace(kept, **{field: found.value for field, found in findings.items()})

    return kept, [_problem(field, refused[field], kept.country) for field in FIELDS if field in refused]


def refusals(problems: Iterable[AddressProblem], facts: Mapping[str, Any] | None = None) -> list[Refusal]:
    """The problems as refusals, each with the same ``facts`` (which address it was, say)."""
    kinds = {AddressProblemCode.REQUIRED: Required, AddressProblemCode.INVALID: Invalid}
    return [kinds[problem.code](problem.message, field=problem.field, facts=facts) for problem in problems]


def _by_country(address: Address, rules: ValidationRules) -> dict[str, _Finding]:
    """The fields that countries have rules for; an invalid value stays as it was written."""
    findings = {
        field: _read(field, getattr(address, field), rules, choices)
        for field, choices in (
            ("street_address_1", ()),
            ("street_address_2", ()),
            ("city", rules.city_choices),
            ("city_area", rules.city_area_choices),
            ("postal_code", ()),
            ("country_area", rules.country_area_choices),
        )
    }
    code = findings["postal_code"].value
    if code and not all(pattern.match(code) for pattern in _compiled(rules.postal_code_matchers)):
        findings["postal_code"] = _Finding(address.postal_code, AddressProblemCode.INVALID)
    return findings


def _read(field: str, value: str, rules: ValidationRules, choices: Sequence[tuple[str, str]]) -> _Finding:
    name = FIELDS[field]
    if name not in rules.allowed_fields:
        return _Finding("")
    if not value:
        return _Finding("", AddressProblemCode.REQUIRED if name in rules.required_fields else None)
    if choices:
        known = choice(value, choices)
        return _Finding(value, AddressProblemCode.INVALID) if known is None else _Finding(known)
    return _Finding(value.upper() if name in rules.upper_fields else value)


@lru_cache(maxsize=1024)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _is_text(field: str, value: str) -> bool:
    limit = MAX_POSTAL_CODE_LENGTH if field == "postal_code" else MAX_LENGTH
    # Cc are control characters, among them NUL, which Postgres refuses; Cs are halves of a character.
    return len(value) <= limit and not any(
        unicodedata.category(character) in {"Cc", "Cs"} for character in value
    )


def _problem(field: str, code: AddressProblemCode, country: str) -> AddressProblem:
    place = (
        f"an address in {countries.name(country)}"
        if country in countries.CountryCode.__members__
        else "an address"
    )
    verb = "needs this field" if code is AddressProblemCode.REQUIRED else "cannot have this value here"
    return AddressProblem(FIELDS[field], code, f"{place[0].upper()}{place[1:]} {verb}.")
