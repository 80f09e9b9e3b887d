"""What is kept for a client is readable with the client's word, and with nothing else."""

import pytest

from adapters.sealing import Seal, Unreadable

SEAL = Seal("secret", "user:1", "word")


def test_what_was_sealed_is_opened_by_the_same_word() -> None:
    sealed = SEAL.close(b"an answer")

    assert b"answer" not in sealed
    assert Seal("secret", "user:1", "word").open(sealed) == b"an answer"


@pytest.mark.parametrize(
    "other",
    [Seal("other", "user:1", "word"), Seal("secret", "user:2", "word"), Seal("secret", "user:1", "Word")],
)
def test_no_other_word_opens_it_and_each_has_another_name(other: Seal) -> None:
    with pytest.raises(Unreadable):
        other.open(SEAL.close(b"an answer"))

    assert other.name != SEAL.name


def test_what_was_changed_is_not_opened() -> None:
    sealed = bytearray(SEAL.close(b"an answer"))
    sealed[-1] ^= 1

    with pytest.raises(Unreadable):
        SEAL.open(bytes(sealed))


def test_the_same_word_has_the_same_name_and_does_not_show_in_it() -> None:
    assert Seal("secret", "user:1", "word").name == SEAL.name
    assert "word" not in SEAL.name
