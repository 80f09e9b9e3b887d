"""The memory that forms on their way in may take together, for each is whole in it before it is looked at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.errors import RequestRefused


class Room:
    """``most`` bytes for all forms of an endpoint, each of at most ``largest``."""

    def __init__(self, most: int, largest: int) -> None:
        self._left = most
        self._largest = largest

    @contextmanager
    def taken(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Keep what the form with these headers may need, while it is read.

        Raises ``RequestRefused`` with 503 where others need that much.
        """
        declared = headers.get("content-length", "")
        size = min(int(declared[:20]), self._largest) if declared.isdecimal() else self._largest
        if size > self._left:
            message = "Too many files are on their way: come back."
            raise RequestRefused.because(message, "TOO_MANY_UPLOADS", 503, headers={"retry-after": "5"})
        self._left -= size
        try:
            yield
        finally:
            self._left += size
