"""Global ids: the only door between the API's opaque ids and the database's keys."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from binascii import b2a_base64
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import strawberry

from domain.refusals import NotFound, Refusal
from engine.words import inline

MAX_NUMBER = 2**63 - 1
NUMBER = re.compile(r"[0-9]{1,19}")  # Python refuses to read very long ones


class InvalidId(Refusal):
    """A global id that is malformed, or one of another type."""

    code = "INVALID"


@lru_cache(1 << 14)  # a listing shows hundreds, and the next one shows the same
def to_global(kind: str, key: int | UUID) -> strawberry.ID:
    """The id of the ``kind`` with this key: base64 of ``Kind:key``."""
    return strawberry.ID(b2a_base64(f"{kind}:{key}".encode(), newline=False).decode("ascii"))


def global_id(kind: str, column: str = "id") -> Any:
    """The field ``id`` of a type."""
    return inline(partial(to_global, kind), column, description="The global id.")


def split(text: str) -> tuple[str, str]:
    """The kind and the key of a global id. Raises ``InvalidId``."""
    try:
        kind, colon, key = (
            urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
            .decode("ascii")
            .partition(":")
        )
    except (BadBase64, UnicodeError, ValueError):
        kind, colon, key = "", "", ""
    if not (kind and colon and key):
        raise InvalidId(f"'{text[:80]}' is not an id of this API.", field="id")
    return kind, key


def parse(kind: str, text: str, *, field: str = "id") -> int:
    """The integer key of a ``kind``. Raises ``InvalidId``, naming ``field``."""
    key = _key(kind, text, field)
    if not NUMBER.fullmatch(key) or not 0 < int(key) <= MAX_NUMBER:
        raise InvalidId(f"'{text[:80]}' is not the id of a {kind}.", field=field)
    return int(key)


def parse_uuid(kind: str, text: str, *, field: str = "id") -> UUID:
    """The UUID key of a ``kind``. Raises ``InvalidId``, naming ``field``."""
    try:
        return UUID(_key(kind, text, field))
    except ValueError:
        raise InvalidId(f"'{text[:80]}' is not the id of a {kind}.", field=field) from None


def parse_all(kind: str, texts: list[strawberry.ID] | None, *, field: str = "ids") -> list[int] | None:
    """As ``parse`` for each; None stays None."""
    return None if texts is None else [parse(kind, text, field=field) for text in texts]


def required(text: str | None, *, field: str = "id") -> str:
    """``text``, or ``NotFound`` where there is none: an optional id that the field cannot do without."""
    if text is None:
        raise NotFound("An id is needed.", field=field)
    return text


def _key(kind: str, text: str, field: str) -> str:
    try:
        found, key = split(text)
    except InvalidId as malformed:
        raise InvalidId(malformed.message, field=field) from None
    if found != kind:
        raise InvalidId(f"'{text[:80]}' is the id of a {found[:40]}, not of a {kind}.", field=field)
    return key
