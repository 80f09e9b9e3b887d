"""What is made of columns alone, and made all day: remembered, for all plans together."""

from collections.abc import Hashable
from typing import Any, Final

MOST: Final = 1 << 14  # objects, of about a kilobyte each

_made: dict[Hashable, Any] = {}

kept = _made.get
"""What was kept under a key; None where there is nothing."""


def keep(key: Hashable, made: object) -> None:
    """Remember ``made``, which nobody may change from now on.

    When there is no more room, all is forgotten.
    """
    if len(_made) >= MOST:
        _made.clear()
    _made[key] = made
