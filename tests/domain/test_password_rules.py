import time
from collections.abc import Sequence

import pytest

from domain.common_passwords import COMMON_PASSWORDS
from domain.passwords import weaknesses

COMMON = "PASSWORD_TOO_COMMON"
NUMERIC = "PASSWORD_ENTIRELY_NUMERIC"
SHORT = "PASSWORD_TOO_SHORT"
SIMILAR = "PASSWORD_TOO_SIMILAR"


def codes(password: str, personal: Sequence[str] = ()) -> list[str]:
    return [refusal.code for refusal in weaknesses(password, personal)]


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("correct horse battery", []),
        ("zebra-7-kettle", []),
        ("kettle7", [SHORT]),
        ("", [SHORT]),
        ("83917465029", [NUMERIC]),
        ("8391746", [SHORT, NUMERIC]),
        ("12345678", [NUMERIC, COMMON]),
        ("1234", [SHORT, NUMERIC, COMMON]),
        ("Password123", [COMMON]),
    ],
)
def test_names_everything_that_makes_a_password_weak(password: str, found: list[str]) -> None:
    assert codes(password) == found


@pytest.mark.parametrize(
    "password",
    ["anna.nowak@example.com", "annanowak1", "NOWAKOWSKI", "nowakowski!", "anna-nowak", "example.com1"],
)
def test_a_password_made_of_its_owner_is_similar(password: str) -> None:
    assert codes(password, ["anna.nowak@example.com", "Anna", "Nowakowski", "annanowak", "example.com"]) == [
        SIMILAR
    ]


def test_a_password_that_only_shares_letters_is_not_similar() -> None:
    assert codes("blue-kettle-annex", ["anna@example.com", "Anna", ""]) == []


def test_the_common_ones_are_many_and_in_lower_case() -> None:
    assert len(COMMON_PASSWORDS) > 500
    assert {word for word in COMMON_PASSWORDS if word != word.lower()} == set()


def test_a_refusal_names_the_input_it_is_about() -> None:
    (refusal,) = weaknesses("kettle7", field="newPassword")

    assert (refusal.field, refusal.message) == ("newPassword", "A password needs at least 8 characters.")


def test_a_very_long_password_is_judged_at_once() -> None:
    began = time.perf_counter()

    assert codes("ab" * 100_000, ["ab" * 100, "anna@example.com"]) == []
    assert time.perf_counter() - began < 0.5
