"""How a key that came before stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.idempotency_keys import (
    AnswerLost,
    BadKey,
    Kept,
    KeyOfAnother,
    Standing,
    check_key,
    standing,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
RUNNING = Kept(
    "a", NOW + timedelta(seconds=1), committed=False, is_answered=False, created_at=NOW - timedelta(minutes=1)
)
LEFT = replace(RUNNING, held_until=NOW)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (RUNNING, Standing.RUNNING),
        (replace(RUNNING, committed=True), Standing.RUNNING),
        (replace(RUNNING, is_answered=True), Standing.ANSWERED),
        (replace(LEFT, is_answered=True, committed=True), Standing.ANSWERED),
        (LEFT, Standing.LEFT),
        (replace(RUNNING, is_answered=True, created_at=NOW - timedelta(hours=24)), Standing.FORGOTTEN),
        (replace(LEFT, fingerprint="b", created_at=NOW - timedelta(hours=25)), Standing.FORGOTTEN),
    ],
)
def test_a_key_stands_by_who_holds_it_and_what_came_of_it(kept: Kept, found: Standing) -> None:
    assert standing(kept, "a", NOW, repeatable=False) is found


def test_what_was_done_by_somebody_who_died_is_done_again_only_where_that_does_nothing_twice() -> None:
    kept = replace(LEFT, committed=True)

    with pytest.raises(AnswerLost):
        standing(kept, "a", NOW, repeatable=False)

    assert standing(kept, "a", NOW, repeatable=True) is Standing.LEFT


@pytest.mark.parametrize("kept", [RUNNING, LEFT, replace(RUNNING, is_answered=True)])
def test_a_key_belongs_to_the_request_that_it_came_with_first(kept: Kept) -> None:
    with pytest.raises(KeyOfAnother):
        standing(kept, "b", NOW, repeatable=True)


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        check_key(key)


def test_a_key_may_be_anything_printable() -> None:
    check_key('"8e03978e-40d5-43dd-bc93-6894a57f9324"')
    check_key("k" * 255)
