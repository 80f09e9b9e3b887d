import re

import pytest

from domain.address_rules import choice, validation_rules
from domain.countries import CountryCode


def test_poland_is_as_the_api_tells_it() -> None:
    rules = validation_rules("PL")

    assert rules.country_name == "POLAND"
    assert rules.address_format == "%N%n%O%n%A%n%Z %C"
    assert rules.allowed_fields == (
        "city",
        "companyName",
        "name",
        "postalCode",
        "streetAddress1",
        "streetAddress2",
    )
    assert rules.required_fields == ("city", "postalCode", "streetAddress1")
    assert rules.upper_fields == ("city",)
    assert rules.country_area_type == "province"
    assert rules.country_area_choices == ()
    assert rules.postal_code_type == "postal"
    assert rules.postal_code_matchers == (r"^(?:\d{2}-\d{3})$",)


def test_an_area_narrows_the_rules_by_any_of_its_names() -> None:
    rules = validation_rules("BR", "acre", "Rio Branco")

    assert rules.postal_code_matchers == (r"^(?:\d{5}-?\d{3})$", "^(?:699)")
    assert ("Rio Branco", "Rio Branco") in rules.city_choices
    assert validation_rules("BR", "Bavaria") == validation_rules("BR")


def test_a_sorting_code_has_no_field_in_the_api() -> None:
    rules = validation_rules("MC")

    assert "%X" in rules.address_format
    assert rules.allowed_fields == (
        "city",
        "companyName",
        "name",
        "postalCode",
        "streetAddress1",
        "streetAddress2",
    )


def test_the_union_has_the_rules_that_hold_everywhere() -> None:
    rules = validation_rules("EU")

    assert (rules.country_code, rules.country_name) == ("EU", "EUROPEAN UNION")
    assert rules.required_fields == ("city", "streetAddress1")
    assert rules.postal_code_matchers == ()


@pytest.mark.parametrize("country", list(CountryCode))
def test_each_country_has_rules_that_its_own_examples_keep(country: CountryCode) -> None:
    rules = validation_rules(country)

    assert rules.country_code == country.value
    assert [
        example
        for example in rules.postal_code_examples
        if not all(re.match(matcher, example) for matcher in rules.postal_code_matchers)
    ] == []
    assert set(rules.required_fields) <= set(rules.allowed_fields)
    assert rules.country_name != ""


def test_a_code_that_is_no_country_has_no_rules() -> None:
    with pytest.raises(ValueError, match="'ZZ' is not a valid CountryCode"):
        validation_rules("ZZ")


def test_a_choice_is_found_by_its_stored_and_its_shown_name_in_any_case() -> None:
    choices = (("NY", "New York"), ("CA", "California"))

    assert [choice(value, choices) for value in ("ny", " new york ", "CALIFORNIA", "Texas", "")] == [
        "NY",
        "NY",
        "CA",
        None,
        None,
    ]
