"""The table, as it is printed and kept."""

from collections.abc import Sequence
from datetime import date

from bench.clients import CLIENTS
from bench.comparing import Effort, Figure

HEAD = (
    "| | plan | reference | handwritten | plan : handwritten | plan : reference |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
)


def written(figures: Sequence[Figure], effort: Effort, day: date) -> str:
    """Markdown. A ratio that misses its aim says so."""
    size = effort.size
    scale = f"{size.products:,} products, {size.products * 3:,} variants, {size.orders:,} orders"
    return "\n".join(
        [
            f"# Figures of {day.isoformat()}",
            "",
            f"Answers a second. {scale}; {CLIENTS} clients; one process a side, Postgres and the",
            "clients on the same two cores; the sides take turns, and a figure is the median of",
            f"{effort.rounds} rounds of {effort.seconds:g} s. The ratios are what holds.",
            "",
            *HEAD,
            *map(_row, figures),
            "",
        ]
    )


def _row(figure: Figure) -> str:
    rates = [f"{figure.rates[side]:,.0f}" for side in ("plan", "reference", "handwritten")]
    question = figure.question
    ratios = [_ratio(figure.of_handwritten, question.least), _ratio(figure.of_reference, question.faster)]
    return f"| {' | '.join([question.title, *rates, *ratios])} |"


def _ratio(ratio: float, aim: float | None) -> str:
    if aim is None:
        return f"{ratio:.2f}"
    return f"{ratio:.2f} (aim {aim:g})" if ratio >= aim else f"{ratio:.2f} (**misses {aim:g}**)"
