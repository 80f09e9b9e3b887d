"""How long the next try has to wait."""

from datetime import UTC, datetime, timedelta

from domain.attempts import PATIENCE, Attempts, Errand, another

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_waits_double_from_the_fifth_wrong_password_on() -> None:
    patience = PATIENCE[Errand.PASSWORD]

    assert [patience.wait(tries).total_seconds() for tries in (1, 4, 5, 6, 7, 13, 14, 1000)] == [
        0,
        0,
        2,
        4,
        8,
        512,
        600,
        600,
    ]


def test_a_try_that_comes_too_early_is_not_counted() -> None:
    so_far = Attempts(5, NOW, NOW + timedelta(seconds=2))

    assert another(Errand.PASSWORD, so_far, NOW + timedelta(seconds=1)) is None
    assert another(Errand.PASSWORD, so_far, NOW + timedelta(seconds=2)) == Attempts(
        6, NOW + timedelta(seconds=2), NOW + timedelta(seconds=6)
    )


def test_a_quiet_day_clears_the_count() -> None:
    later = NOW + timedelta(days=1, seconds=1)

    assert another(Errand.PASSWORD, Attempts(50, NOW, NOW), later) == Attempts(1, later, later)


def test_the_same_letter_is_written_once_a_minute_at_most() -> None:
    first = another(Errand.RESET_LETTER, Attempts(0, NOW, NOW), NOW)

    assert first == Attempts(1, NOW, NOW + timedelta(minutes=1))


def test_a_try_whose_clock_is_a_little_behind_is_not_too_early() -> None:
    first = another(Errand.PASSWORD, Attempts(0, NOW, NOW), NOW)
    assert first is not None

    second = another(Errand.PASSWORD, first, NOW - timedelta(milliseconds=1))

    assert second is not None
    assert second.tries == 2
