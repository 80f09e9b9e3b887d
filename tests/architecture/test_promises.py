"""The page of promises names tests that are there, and leaves no promise out."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "promises.md").read_text()
PROMISES = [
    f"{letter}{number}"
    for letter, last in {"S": 8, "C": 5, "P": 4, "V": 6, "M": 2, "A": 2, "E": 3, "Q": 4}.items()
    for number in range(1, last + 1)
]
WITHOUT = {"V5": "there are no promotions with gifts yet", "E3": "not there yet"}
"""Promises about what the shop does not have, in the page's words."""


def rows() -> dict[str, str]:
    """What tries to break a promise, by its name."""
    return dict(re.findall(r"^\| ([A-Z]\d) [^|]*\| (.*) \|$", PAGE, re.MULTILINE))


def test_no_promise_is_left_out() -> None:
    assert sorted(rows()) == sorted(PROMISES)


def test_whatever_is_named_is_there() -> None:
    """Names are of files below ``tests``, or begin with it."""
    named = {name.removeprefix("tests/") for name in re.findall(r"`([a-z_/]+/(?:\w+\.py)?)`", PAGE)}

    assert [name for name in sorted(named) if not (TESTS / name).exists()] == []
    assert len(named) > 30


def test_a_promise_without_a_test_says_so() -> None:
    silent = {name: said for name, said in rows().items() if not re.search(r"`[a-z_]+/(?:\w+\.py)?`", said)}

    assert silent == WITHOUT
