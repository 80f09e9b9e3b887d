"""What an account may be made of."""

from typing import Any

import pytest

from domain.accounts import (
    MAX_ADDRESSES,
    AddressDraft,
    AddressUse,
    Registration,
    channel_problems,
    check_room,
    drafted_address,
    name_problems,
    registration_problems,
)
from domain.addresses import Address
from domain.metadata import metadata_problems
from domain.refusals import Invalid, Refusal

HOME = Address(
    first_name="Ada",
    street_address_1="1 Main Street",
    city="NEW YORK",
    postal_code="10001",
    country_area="NY",
    country="US",
)


def registration(email: str, password: str, **values: Any) -> Registration:
    return Registration(email=email, password=password, **values)


def told(refusals: list[Refusal]) -> list[tuple[str | None, str]]:
    return [(refusal.field, refusal.code) for refusal in refusals]


def test_a_registration_names_all_that_is_wrong_at_once() -> None:
    problems = registration_problems(registration("ada", "1234", first_name="A\0da", meta={"": "x"}))

    assert told(problems) == [
        ("email", "INVALID"),
        ("firstName", "INVALID"),
        ("password", "PASSWORD_TOO_SHORT"),
        ("password", "PASSWORD_ENTIRELY_NUMERIC"),
        ("password", "PASSWORD_TOO_COMMON"),
        ("metadata", "REQUIRED"),
    ]


def test_a_password_like_the_name_is_refused() -> None:
    problems = registration_problems(registration("a@example.com", "lovelace99", last_name="Lovelace"))

    assert told(problems) == [("password", "PASSWORD_TOO_SIMILAR")]


@pytest.mark.parametrize(
    ("name", "good"), [("Zoë", True), ("x" * 256, True), ("x" * 257, False), ("a\nb", False)]
)
def test_a_name_is_short_text_on_one_line(name: str, *, good: bool) -> None:
    assert (name_problems(name, "lastName") == []) is good


def test_a_draft_changes_only_what_it_names() -> None:
    draft = AddressDraft(fields={"street_address_1": "2 Side Street", "first_name": ""})

    address, problems = drafted_address(draft, HOME)

    assert problems == []
    assert (address.street_address_1, address.first_name, address.city) == ("2 Side Street", "", "NEW YORK")


def test_a_draft_that_is_refused_names_its_use() -> None:
    draft = AddressDraft(fields={"postal_code": "ABC"}, meta={"": "x"})

    _, problems = drafted_address(draft, HOME, AddressUse.BILLING)

    assert told(problems) == [("postalCode", "INVALID"), ("metadata", "REQUIRED")]
    assert problems[0].facts == {"address_type": AddressUse.BILLING}


def test_an_unchecked_draft_is_asked_for_its_country_alone() -> None:
    kept, problems = drafted_address(
        AddressDraft(fields={"country": "US", "postal_code": "ABC"}, unchecked=True)
    )
    _, nowhere = drafted_address(AddressDraft(fields={"postal_code": "ABC"}, unchecked=True))

    assert (kept.postal_code, problems) == ("ABC", [])
    assert told(nowhere) == [("country", "REQUIRED")]


def test_a_full_book_has_no_room() -> None:
    check_room(MAX_ADDRESSES - 1)

    with pytest.raises(Invalid):
        check_room(MAX_ADDRESSES)


def test_a_channel_has_to_be_there_and_open() -> None:
    assert told(channel_problems(None)) == [("channel", "NOT_FOUND")]
    assert told(channel_problems(is_active=False)) == [("channel", "CHANNEL_INACTIVE")]
    assert channel_problems(is_active=True) == []


def test_metadata_is_text_that_postgres_can_keep() -> None:
    assert metadata_problems({"shoe size": "42", "empty": ""}) == []
    assert told(metadata_problems({"a\0b": "x", "c": "\0", "d" * 257: "x", " ": "x", "e": "\ud800"})) == [
        ("metadata", "INVALID"),
        ("metadata", "INVALID"),
        ("metadata", "INVALID"),
        ("metadata", "REQUIRED"),
        ("metadata", "INVALID"),
    ]
