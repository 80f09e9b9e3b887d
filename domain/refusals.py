"""Refusals: the expected "no".

Each says what is wrong, with which field of the input, under a code the API knows.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class Refusal(Exception):
    """One reason not to do what was asked; nothing has changed.

    ``field`` is the API's name of the input that is at fault (camelCase, dotted below an input object), if
    one is. ``facts`` are further fields of the API's error, by name, such as ``{"variants": [3, 5]}``.
    """

    code: ClassVar[str] = "INVALID"

    def __init__(
        self, message: str, *, field: str | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = dict(facts or {})


class Refused(Exception):
    """Several refusals at once; ``refusals`` is never empty."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = tuple(refusals)


def refuse_all(refusals: Sequence[Refusal]) -> None:
    """Raise ``Refused`` unless there is nothing to refuse."""
    if refusals:
        raise Refused(refusals)


class Invalid(Refusal):
    code = "INVALID"


class Required(Refusal):
    code = "REQUIRED"


class NotFound(Refusal):
    code = "NOT_FOUND"


class Unique(Refusal):
    code = "UNIQUE"


class Denied(Refusal):
    """The viewer may not do or see this. It is told at the top of the answer, not in a payload."""

    code = "PERMISSION_DENIED"

    def __init__(self, message: str = "You are not allowed to do this.") -> None:
        super().__init__(message)


class Unauthenticated(Denied):
    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "You need to log in to do this.") -> None:
        super().__init__(message)


class Busy(Refusal):
    """Too many are asking at once. Nothing was done; asking again may work."""

    code = "BUSY"

    def __init__(self) -> None:
        super().__init__("The shop is busy. Please try again in a moment.")
