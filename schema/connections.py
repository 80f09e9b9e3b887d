"""Relay connections: cursors, pages, and the values that stand for them."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import orjson
import strawberry

from domain.pages import InvalidCursor, Key, PageRequest, Slice, page_request
from engine.words import attribute
from schema.cache_hints import AS_ABOVE
from schema.context import Context

T = TypeVar("T")


# Not frozen, for a frozen value costs several times as much to make; and not compared by value, as is done
# whenever a null is looked for among them. A listing has hundreds of these.
@dataclass(slots=True, eq=False)
class EdgeRow:
    """One node of a list. ``place`` gives a node's sort key, or its cursor as it is written."""

    node: Any
    place: Callable[[Any], Key | str]

    @property
    def cursor(self) -> str:
        place = self.place(self.node)
        return place if isinstance(place, str) else encode_cursor(place)


@dataclass(slots=True, eq=False)
class PageInfoRow:
    has_next_page: bool
    has_previous_page: bool
    first: EdgeRow | None
    last: EdgeRow | None

    @property
    def start_cursor(self) -> str | None:
        return None if self.first is None else self.first.cursor

    @property
    def end_cursor(self) -> str | None:
        return None if self.last is None else self.last.cursor


@dataclass(slots=True, eq=False)
class ConnectionRow:
    """A page, and how to count the whole list should anybody ask."""

    edges: Sequence[EdgeRow]
    page_info: PageInfoRow
    count: Callable[[], Awaitable[int]]


@strawberry.type(description="Where a page stands in its list.", directives=[AS_ABOVE])
class PageInfo:
    represents: ClassVar[type] = PageInfoRow

    has_next_page: bool = attribute("Whether there is more after this page.")
    has_previous_page: bool = attribute("Whether there is more before this page.")
    start_cursor: str | None = attribute("The cursor of the first item.")
    end_cursor: str | None = attribute("The cursor of the last item.")


async def counts(rows: Sequence[ConnectionRow], context: Context) -> list[int]:
    """``totalCount`` of a connection: counted only where a document asks for it."""
    del context
    return list(await asyncio.gather(*(row.count() for row in rows)))


def connection(page: Slice[Any], count: Callable[[], Awaitable[int]]) -> ConnectionRow:
    """A page as the API shows it."""
    place = page.key
    edges = [EdgeRow(row, place) for row in page.rows]
    first, last = (edges[0], edges[-1]) if edges else (None, None)
    return ConnectionRow(edges, PageInfoRow(page.has_next, page.has_previous, first, last), count)


def connection_of(rows: Sequence[Any], key: Callable[[Any], Key], request: PageRequest) -> ConnectionRow:
    """A page of a list that is small enough to be at hand whole, in its own order."""
    keys = [key(row) for row in rows]
    start, stop = 0, len(rows)
    if request.after in keys:
        start = keys.index(request.after) + 1
    if request.before in keys:
        stop = keys.index(request.before)
    chosen = range(start, stop)[-request.size :] if request.backward else range(start, stop)[: request.size]
    page = Slice(
        [rows[i] for i in chosen],
        key,
        has_next=bool(chosen) and chosen[-1] < len(rows) - 1,
        has_previous=bool(chosen) and chosen[0] > 0,
    )

    async def count() -> int:
        return len(rows)

    return connection(page, count)


def requested(
    first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
) -> PageRequest:
    """The page that a field's arguments ask for. Raises ``Invalid`` or ``InvalidCursor``."""
    return page_request(first, decode_cursor(after, "after"), last, decode_cursor(before, "before"))


def encode_cursor(key: Key) -> str:
    return urlsafe_b64encode(orjson.dumps(key)).decode()


def decode_cursor(cursor: str | None, field: str) -> Key | None:
    """The sort key in a cursor; None and an empty text are no cursor. Raises ``InvalidCursor``."""
    if not cursor:
        return None
    try:
        key = orjson.loads(urlsafe_b64decode(cursor.encode()))
    except (BadBase64, ValueError):
        key = None
    if not isinstance(key, list) or not all(part is None or type(part) in (str, int) for part in key):
        raise InvalidCursor("This is not a cursor of this list.", field=field)
    return tuple(key)
