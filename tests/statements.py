"""Counting what is sent to Postgres."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CONTROL = ("begin", "commit", "rollback", "savepoint", "release", "listen", "unlisten")
# asyncpg asks once per connection what an array is made of.
INTROSPECTION = ("with recursive typeinfo_tree", "select current_setting('jit')", "select set_config('jit'")
QUIET = CONTROL + INTROSPECTION


class Statements:
    """The texts of statements, in order; transaction control is not counted."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def hear(self, record: Any) -> None:
        if not " ".join(record.query.lower().split()).startswith(QUIET):
            self.texts.append(record.query)

    @property
    def count(self) -> int:
        return len(self.texts)

    @contextmanager
    def recording(self) -> Iterator[list[str]]:
        """A list that fills with what is sent during the block."""
        before = len(self.texts)
        heard: list[str] = []
        yield heard
        heard.extend(self.texts[before:])
