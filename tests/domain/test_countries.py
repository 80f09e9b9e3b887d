from domain import countries
from domain.countries import CountryCode


def test_each_country_has_an_english_name() -> None:
    assert len(CountryCode) == 251
    assert [code for code in CountryCode if countries.name(code) == code] == []


def test_countries_are_named_as_people_name_them() -> None:
    assert [countries.name(code) for code in ("PL", "XK", "EU", "CI")] == [
        "Poland",
        "Kosovo",
        "European Union",
        "Côte d’Ivoire",  # noqa: RUF001 - the apostrophe is the name's
    ]


def test_a_code_that_nobody_knows_is_its_own_name() -> None:
    assert countries.name("Q?") == "Q?"


def test_a_member_is_its_code() -> None:
    assert {code.name for code in CountryCode} == {code.value for code in CountryCode}
