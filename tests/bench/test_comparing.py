"""The comparison, on a shop and for a time too small to say anything."""

from datetime import date

from bench.comparing import SIDES, Effort, compare
from bench.growing import TINY
from bench.table import written


async def test_every_question_is_answered_alike_by_all_sides_and_has_its_row() -> None:
    effort = Effort(TINY, rounds=1, seconds=0.02)

    figures = await compare(effort)

    assert [sorted(figure.rates) for figure in figures] == [sorted(SIDES)] * 6
    assert all(rate > 0 for figure in figures for rate in figure.rates.values())
    assert written(figures, effort, date(2026, 11, 20)).count("\n| ") == 8
