"""Statements: written once, compiled once to asyncpg's ``$1`` text, run on a connection."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.elements import ClauseElement

from db.connections import PooledConnection
from db.recording import is_heard, recorded
from db.rows import Row

R = TypeVar("R", bound=Row)
# What a statement runs on: a connection lent by the pool, in a transaction or not.
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# The lists of a table made of parameters, and each list of whole numbers among them.
UNNESTED = re.compile(r"unnest\((?:cast\(:\w+ as \w+\[\]\)(?:,\s*)?)+\)")
NUMBERS = re.compile(r"cast\(:(\w+) as (bigint|int)\[\]\)")

DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves dialect constructors untyped


class Statement:
    """One statement with named parameters.

    Written as SQL (``:name`` for a parameter, casts as ``cast(:name as bigint[])``) or given as a SQLAlchemy
    clause. ``text`` is what Postgres sees; equal text is prepared once a connection.

    The numbers of ``unnest(cast(:ids as bigint[]), ...)`` travel as text, which is written at once: asyncpg
    looks at each number of an array several times, and a listing asks for hundreds.
    """

    __slots__ = ("_written", "names", "preset", "text")

    def __init__(self, clause: str | ClauseElement) -> None:
        written: set[str] = set()
        if isinstance(clause, str):
            clause = _as_text(clause, written)
        compiled = (text(clause) if isinstance(clause, str) else clause).compile(dialect=DIALECT)
        self.text = str(compiled)
        self.names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self.preset: Mapping[str, Any] = compiled.params
        self._written = tuple(written)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of ``$1, $2, …``; raises ``KeyError`` for one that is missing."""
        if self._written:
            values = {**values, **{name: _array(values[name]) for name in self._written}}
        if not self.preset and len(values) == len(self.names):
            return [values[name] for name in self.names]
        if values.keys() - set(self.names):
            raise KeyError(f"Not parameters of the statement: {sorted(values.keys() - set(self.names))}")
        preset = self.preset
        return [
            values[name] if name in values or preset.get(name) is None else preset[name]
            for name in self.names
        ]

    async def rows(self, connection: Connection, row: type[R], **values: Any) -> list[R]:
        """Every row, as ``row``."""
        arguments = self.arguments(values)
        if type(connection) is PooledConnection:
            work = connection.ask(self.text, arguments, row, 0)
        else:
            work = connection.fetch(self.text, *arguments, record_class=row)
        found: list[R] = await (recorded(self.text, work, len) if is_heard() else work)
        return found

    async def row(self, connection: Connection, row: type[R], **values: Any) -> R | None:
        """The first row, or None."""
        found = await self._first(connection, row, values)
        return found[0] if found else None

    async def value(self, connection: Connection, **values: Any) -> Any:
        """The first column of the first row, or None."""
        found = await self._first(connection, None, values)
        return found[0][0] if found else None

    async def run(self, connection: Connection, **values: Any) -> int:
        """How many rows it changed."""
        arguments = self.arguments(values)
        if type(connection) is PooledConnection:
            work = connection.change(self.text, arguments)
        else:
            work = connection.execute(self.text, *arguments)
        status: str = await (recorded(self.text, work, _changed) if is_heard() else work)
        return _changed(status)

    async def _first(
        self, connection: Connection, row: type[Row] | None, values: Mapping[str, Any]
    ) -> list[Any]:
        arguments = self.arguments(values)
        if type(connection) is PooledConnection:
            work = connection.ask(self.text, arguments, row, 1)
        else:
            work = _fetch_one(connection, self.text, arguments, row)
        return await (recorded(self.text, work, len) if is_heard() else work)


async def _fetch_one(
    connection: Connection, text: str, arguments: Sequence[Any], row: type[Row] | None
) -> list[Any]:
    found = await connection.fetchrow(text, *arguments, record_class=row)
    return [] if found is None else [found]


def _as_text(clause: str, written: set[str]) -> str:
    """``clause``, taking lists of numbers as text; ``written`` are their names."""

    def cast(numbers: re.Match[str]) -> str:
        name, kind = numbers.groups()
        if len(re.findall(rf":{name}\b", clause)) > 1:  # it is an array elsewhere in the statement
            return numbers.group()
        written.add(name)
        return f"cast(cast(:{name} as text) as {kind}[])"

    return UNNESTED.sub(lambda lists: NUMBERS.sub(cast, lists.group()), clause)


def _array(numbers: Sequence[int | None] | None) -> str | None:
    """Postgres's text of an array."""
    return None if numbers is None else f"{{{orjson.dumps(numbers)[1:-1].decode()}}}"


def _changed(status: str) -> int:
    return int(status.rpartition(" ")[2])
