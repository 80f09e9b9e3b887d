"""How long an answer is, before its JSON is written: one row may stand in it ten thousand times."""

from collections.abc import Iterable
from typing import Any, Final

from engine.errors import LIMIT_EXCEEDED, FormattedError, spoken

MOST_BYTES: Final = 16 << 20
WEIGHED_FROM: Final = 4_000  # in cost: what costs less is hardly ever that long
FIELD: Final = 16  # bytes of a field beside its text


class _Enough(Exception):
    """It is too long, whatever follows."""


def is_too_long(data: Any, most: int = MOST_BYTES) -> bool:
    """Whether the JSON of ``data`` has more than about ``most`` bytes. An object is looked at once."""
    known: dict[int, int] = {}

    def of(values: Iterable[Any], number: int) -> int:
        size = FIELD * number
        for value in values:
            kind = value.__class__
            if kind is str:
                size += len(value)
            elif kind is dict:
                found = known.get(id(value))
                if found is None:
                    found = known[id(value)] = of(value.values(), len(value))
                size += found
            elif kind is list:
                size += of(value, len(value))
        if size > most:
            raise _Enough
        return size

    try:
        of((data,), 1)
    except _Enough:
        return True
    except RecursionError:  # JSON of a shop's own, deeper than can be written: whoever writes it says so
        return False
    return False


def too_long(*, is_done: bool = False) -> FormattedError:
    """What is said in its place; ``is_done``: something was changed all the same."""
    message = f"The answer has more than {MOST_BYTES >> 20} MiB: ask for shorter pages or fewer fields."
    return spoken(f"The mutation was done. {message}" if is_done else message, LIMIT_EXCEEDED)
