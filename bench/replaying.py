"""What the shop sends to Postgres for one piece of work, kept, and sent again by hand with rows of its own.

That is what somebody would write who knows the statements by heart: no documents, no rules, no loaders, plain
asyncpg. Ids that the first run met stand for those that each later run is given.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID, uuid4

import asyncpg

from db.connections import PooledConnection

APART: Final = 10_000_000
"""The first id of the first table; each has so many to itself, so that a number names one row."""
UUIDS: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

Meaning = dict[Any, Any]
"""What a value of the first run stands for in this one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; ``moving`` are the places of arguments that differ from run to run."""

    text: str
    arguments: tuple[Any, ...]
    rows: Sequence[Sequence[Any]]
    moving: tuple[int, ...]


@contextmanager
def recorded() -> Iterator[list[Step]]:
    """A list that fills with all that asyncpg sends during the block."""
    steps: list[Step] = []
    kind: Any = asyncpg.Connection
    execute, fetch = kind.execute, kind._execute  # noqa: SLF001  # what is under every fetch

    async def plain(self: Any, query: str, *args: Any, **options: Any) -> Any:
        if not args:
            steps.append(Step(query, (), (), ()))
        return await execute(self, query, *args, **options)

    async def prepared(self: Any, query: str, args: Any, *rest: Any, **options: Any) -> Any:
        found = await fetch(self, query, args, *rest, **options)
        rows = found[0] if options.get("return_status") else found
        kept = tuple(tuple(row.values()) for row in rows or ())
        moving = tuple(place for place, value in enumerate(args) if _is_moving(value))
        if "typeinfo" not in query and not query.startswith("SELECT set_config"):
            steps.append(Step(query, tuple(args), kept, moving))
        return found

    async def known(
        self: Any, text: str, arguments: Any, row: Any, limit: int, *, with_status: bool = False
    ) -> Any:
        """The short way leads past the other two."""
        return await self._execute(text, arguments, limit, None, return_status=with_status, record_class=row)

    with (
        patch.object(kind, "execute", plain),
        patch.object(kind, "_execute", prepared),
        patch.object(PooledConnection, "_run", known),
    ):
        yield steps


async def replay(connection: Any, steps: Sequence[Step], given: Mapping[Any, Any]) -> None:
    """The same again; ``given`` says what some values of the first run stand for."""
    meaning: Meaning = dict(given)
    for step in steps:
        if not step.arguments and not step.rows:
            await connection.execute(step.text)
            continue
        arguments = list(step.arguments)
        for place in step.moving:
            arguments[place] = _meant(arguments[place], meaning)
        rows = await connection.fetch(step.text, *arguments)
        for before, now in zip(step.rows, rows, strict=False):
            for old, new in zip(before, now, strict=False):
                if _is_id(old) and old not in meaning:
                    meaning[old] = new


def _is_id(value: Any) -> bool:
    return isinstance(value, UUID) or (type(value) is int and value >= APART)


def _is_moving(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_is_moving, value))
    return _is_id(value) or (isinstance(value, str) and UUIDS.search(value) is not None)


def _meant(value: Any, meaning: Meaning) -> Any:
    if isinstance(value, list | tuple):
        return [_meant(one, meaning) for one in value]
    if isinstance(value, UUID):
        return meaning.setdefault(value, uuid4())
    if isinstance(value, str):
        return UUIDS.sub(lambda found: str(_meant(UUID(found[0]), meaning)), value)
    return meaning.get(value, value) if _is_id(value) else value
