"""Cursors of live fields: places in the shop's history, as clients keep them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from hashlib import blake2s
from typing import Annotated

import strawberry

from domain.events import LOST
from domain.pages import InvalidCursor
from schema.context import Context

AfterEvent = Annotated[
    str | None,
    strawberry.argument(
        description=(
            "Only what happened after this cursor, and all of it: the `extensions.subscription.cursor` "
            "of the last event that was heard."
        )
    ),
]


def cursor_at(context: Context, position: int) -> str:
    """The cursor for a position in the history of the context's shop."""
    return urlsafe_b64encode(f"{_mark(context)}.{position}".encode()).decode().rstrip("=")


def position_of(context: Context, cursor: str) -> int:
    """The position in a cursor; ``LOST`` for a cursor of another shop's history.

    Raises ``InvalidCursor``.
    """
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (BadBase64, ValueError):
        text = ""
    mark, _, number = text.partition(".")
    if not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - Postgres counts no further
        raise InvalidCursor("This is not a cursor of an event.", field="after")
    return int(number) if mark == _mark(context) else LOST


def _mark(context: Context) -> str:
    return blake2s(context.shop.events.shop.encode(), digest_size=4).hexdigest()
