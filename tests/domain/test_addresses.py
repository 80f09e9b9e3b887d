from dataclasses import replace

import pytest

from domain.addresses import Address, AddressProblem, AddressProblemCode, check_address, refusals

INVALID = AddressProblemCode.INVALID
REQUIRED = AddressProblemCode.REQUIRED

WROCLAW = Address(
    first_name="Anna",
    last_name="Nowak",
    street_address_1="Teczowa 7",
    city="Wroclaw",
    postal_code="53-601",
    country="PL",
)
NEW_YORK = Address(
    street_address_1="350 Fifth Avenue",
    city="New York",
    postal_code="10118",
    country_area="New York",
    country="US",
)


def found(
    address: Address, *, required: bool = True, format: bool = True
) -> list[tuple[str, AddressProblemCode]]:
    _, problems = check_address(address, required=required, format=format)
    return [(problem.field, problem.code) for problem in problems]


def test_a_right_address_is_written_its_countrys_way() -> None:
    checked, problems = check_address(
        replace(WROCLAW, first_name=" Anna ", country="pl", country_area="Lower Silesia")
    )

    assert checked == replace(WROCLAW, city="WROCLAW")
    assert problems == []


def test_names_everything_that_is_wrong_at_once_and_in_the_fields_order() -> None:
    broken = Address(postal_code="Wrong", country="PL", phone="12")

    checked, problems = check_address(broken)

    assert checked == replace(broken, postal_code="Wrong")
    assert problems == [
        AddressProblem("streetAddress1", REQUIRED, "An address in Poland needs this field."),
        AddressProblem("city", REQUIRED, "An address in Poland needs this field."),
        AddressProblem("postalCode", INVALID, "An address in Poland cannot have this value here."),
        AddressProblem("phone", INVALID, "An address in Poland cannot have this value here."),
    ]


def test_required_fields_need_not_be_asked_for() -> None:
    assert found(Address(postal_code="Wrong", country="PL"), required=False) == [("postalCode", INVALID)]


def test_values_need_not_be_known_but_the_phone_must_be_a_phone() -> None:
    broken = Address(postal_code="Wrong", country="PL", street_address_1="Teczowa 7", phone="12")

    assert found(broken, format=False) == [("city", REQUIRED), ("phone", INVALID)]


def test_values_can_stay_as_they_were_written() -> None:
    written = replace(NEW_YORK, phone="(212) 736-3100", city_area="Manhattan")

    checked, problems = check_address(written, normalize=False)

    assert checked == replace(written, phone="+12127363100")
    assert problems == []


def test_an_area_becomes_the_name_it_is_stored_by() -> None:
    checked, problems = check_address(NEW_YORK)

    assert checked == replace(NEW_YORK, city="NEW YORK", country_area="NY")
    assert problems == []


def test_an_area_that_the_country_does_not_have_is_invalid() -> None:
    assert found(replace(NEW_YORK, country_area="Ontario")) == [("countryArea", INVALID)]


def test_a_postal_code_must_lie_in_its_area() -> None:
    assert found(replace(NEW_YORK, country_area="CA")) == [("postalCode", INVALID)]
    assert found(replace(NEW_YORK, country_area="CA", postal_code="96162")) == []


@pytest.mark.parametrize(
    ("country", "code", "problems"),
    [
        ("GB", "sw1a 1aa", []),
        ("GB", "GIR 0AA", []),
        ("GB", "GIR 0AA and more", [("postalCode", INVALID)]),
        ("LI", "9485", []),
        ("LI", "94850000", [("postalCode", INVALID)]),
        ("PE", "LIMA 1", []),
        ("NL", "1012 SA", [("postalCode", INVALID)]),
    ],
)
def test_a_postal_code_is_matched_as_a_whole(
    country: str, code: str, problems: list[tuple[str, AddressProblemCode]]
) -> None:
    address = Address(street_address_1="1", city="A", postal_code=code, country=country, country_area="")

    assert [problem for problem in found(address) if problem[0] == "postalCode"] == problems


@pytest.mark.parametrize("written", ["Dublin", "County Dublin", "co dublin", "Co. Dublin", "CO. DUBLIN"])
def test_an_irish_county_is_known_with_and_without_its_prefix(written: str) -> None:
    checked, problems = check_address(
        Address(street_address_1="1 Grafton Street", city="Dublin", country_area=written, country="IE")
    )

    assert checked.country_area == "Co. Dublin"
    assert problems == []


def test_a_place_with_several_names_is_stored_by_one() -> None:
    kowloon = Address(street_address_1="1 Nathan Road", country_area="九龍", country="HK")

    checked, problems = check_address(kowloon)

    assert checked == replace(kowloon, country_area="Kowloon")
    assert problems == []


def test_a_chinese_address_is_checked_down_to_its_district() -> None:
    address = Address(
        street_address_1="1",
        city="anqing shi",
        city_area="daguan qu",
        postal_code="246000",
        country_area="安徽省",
        country="CN",
    )

    checked, problems = check_address(address)

    assert problems == []
    assert (checked.country_area, checked.city, checked.city_area) == ("安徽省", "安庆市", "大观区")
    assert found(replace(address, city_area="Manhattan")) == [("cityArea", INVALID)]
    assert found(replace(address, city="Chicago", city_area="")) == [("city", INVALID)]


@pytest.mark.parametrize("country", ["EU", "XK", "AQ"])
def test_a_country_of_which_little_is_known_asks_for_a_street_and_a_city(country: str) -> None:
    assert set(found(Address(country=country))) >= {("streetAddress1", REQUIRED)}
    assert found(Address(street_address_1="1", city="Here", postal_code="10000", country=country)) == []


@pytest.mark.parametrize("switch", [True, False])
def test_the_country_is_asked_for_whatever_the_switches(*, switch: bool) -> None:
    assert found(replace(WROCLAW, country=""), required=switch, format=switch) == [("country", REQUIRED)]
    assert found(replace(WROCLAW, country="ZZ"), required=switch, format=switch) == [("country", INVALID)]


def test_what_is_no_text_is_refused_in_any_field_whatever_the_switches() -> None:
    broken = replace(
        WROCLAW, first_name="An\x00na", last_name="x" * 257, city="Wro\nclaw", company_name="\ud800"
    )

    assert found(broken, required=False, format=False) == [
        ("firstName", INVALID),
        ("lastName", INVALID),
        ("companyName", INVALID),
        ("city", INVALID),
    ]


def test_checking_twice_changes_nothing_more() -> None:
    once, _ = check_address(replace(NEW_YORK, phone="212 736 3100"))

    assert check_address(once) == (once, [])


def test_problems_are_refused_in_the_apis_words() -> None:
    _, problems = check_address(Address(postal_code="Wrong", city="Wroclaw", country="PL"))

    refused = refusals(problems, {"addressType": "BILLING"})

    assert [(refusal.code, refusal.field, refusal.facts) for refusal in refused] == [
        ("REQUIRED", "streetAddress1", {"addressType": "BILLING"}),
        ("INVALID", "postalCode", {"addressType": "BILLING"}),
    ]
