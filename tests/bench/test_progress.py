"""How far a measure has come."""

from bench.progress import line


def test_it_says_how_many_how_fast_and_how_long() -> None:
    assert line("commands", 100_000, 25_000, 250) == (
        "25,000 of 100,000 commands, 100 a second, about 12 min to go"
    )


def test_nothing_is_foretold_before_there_is_anything() -> None:
    assert line("commands", 100, 0, 10) == "0 of 100 commands, 0 a second, no telling how long"
