"""Counting what is sent to Postgres."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

    @asynccontextmanager
    async def recording(self) -> AsyncIterator[list[str]]:
        """A list that fills with what is sent during the block."""
        before = len(self.texts)
        heard: list[str] = []
        yield heard
        await asyncio.sleep(0)  # asyncpg tells of a statement in the turn after its end
        heard.extend(self.texts[before:])
