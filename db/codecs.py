"""How amounts and times are read: as text, of which each is made once.

A shop has few different amounts, rates and recent times, and reads them all day. asyncpg reads their binary
form anew each time; of a row with its two times that is most of the work. Within a ``row(...)`` neither
is sent as text: select columns.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

REMEMBERED: Final = 1 << 14

decimal = lru_cache(REMEMBERED)(Decimal)


@lru_cache(REMEMBERED)
def moment(text: str) -> datetime:
    """A ``timestamptz`` as aware UTC; ``text`` is ISO 8601, in whatever time zone the session has."""
    return datetime.fromisoformat(text).astimezone(UTC)


CODECS: Final[dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]]] = {
    "numeric": (str, decimal),
    "timestamptz": (datetime.isoformat, moment),
}


async def as_text(connection: Any) -> None:
    """From now on the connection reads and writes these types as text."""
    for name, (encode, decode) in CODECS.items():
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=encode, decoder=decode, format="text"
        )


@asynccontextmanager
async def as_binary(connection: Any) -> AsyncIterator[None]:
    """For a block: ``copy`` knows no text."""
    for name in CODECS:
        await connection.reset_type_codec(name, schema="pg_catalog")
    try:
        yield
    finally:
        await as_text(connection)
