import pytest

from domain.phones import normalize


@pytest.mark.parametrize(
    ("phone", "country", "kept"),
    [
        ("+48 32 132 18 88", "PL", "+48321321888"),
        ("32 132 18 88", "PL", "+48321321888"),
        ("+48321321888", "US", "+48321321888"),
        ("+48321321888", "", "+48321321888"),
        ("+48321321888", "EU", "+48321321888"),
        ("(212) 736-3100 ext. 7", "US", "+12127363100"),
        ("+1 555 555 5555", "US", "+15555555555"),
        ("020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_a_number_is_kept_in_one_spelling(phone: str, country: str, kept: str) -> None:
    assert normalize(phone, country) == kept


@pytest.mark.parametrize(
    ("phone", "country"),
    [
        ("12", "PL"),
        ("not a phone", "PL"),
        ("321321888", ""),
        ("321321888", "EU"),
        ("+4832132188812345", "PL"),
        ("", "PL"),
    ],
)
def test_what_cannot_be_dialled_is_refused(phone: str, country: str) -> None:
    assert normalize(phone, country) is None
