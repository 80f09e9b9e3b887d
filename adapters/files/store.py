"""What a shop asks of the place it keeps its files in, whichever place that is.

A key under ``private/`` has no public URL: exports and invoices go there, and leave by a signed URL only. On
S3 the bucket's policy has to say the same.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from urllib.parse import quote

from domain.refusals import Invalid, NotFound

PRIVATE = "private/"
CHUNK = 256 * 1024
"""Bytes read at a time where a file is streamed."""

# S3 and GCS allow 1024 bytes of key, file systems 255 of a name; disk needs some of them for its own files.
KEY_BYTES = 1000
PART_BYTES = 200
LONGEST_LIFETIME = timedelta(days=7)  # AWS Signature Version 4 allows no more

_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.-]+)*", re.ASCII)

Data = bytes | AsyncIterable[bytes]
Method = Literal["GET", "PUT"]


class KeyRefused(Invalid):
    """The key could lead out of the store, or no store could keep it."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"A file cannot be kept under {key!r}: {reason}.")
        self.key = key


class FileMissing(NotFound):
    """Nothing is kept under the key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no file {key!r}.")
        self.key = key


@dataclass(frozen=True, slots=True)
class Stat:
    size: int
    """In bytes."""
    content_type: str
    modified: datetime
    etag: str
    """Changes when the content does; without quotes, and comparable only within one store."""


class FileStore(Protocol):
    """Whole files by key. Every method raises ``KeyRefused`` for a key that ``check_key`` refuses."""

    async def put(self, key: str, data: Data, content_type: str) -> None:
        """Keep ``data`` under ``key``, in place of what was there.

        A reader sees the old file or the new one, never a part; if ``data`` fails half-way the old one stays.
        Raises ``ValueError`` for what is no content type.
        """

    async def get(self, key: str) -> bytes:
        """The whole file; raises ``FileMissing``."""

    def open(self, key: str) -> AsyncIterator[bytes]:
        """The file in chunks of at most ``CHUNK`` bytes; the first one raises ``FileMissing``."""

    async def stat(self, key: str) -> Stat | None: ...

    async def exists(self, key: str) -> bool: ...

    async def delete(self, key: str) -> None:
        """Keep nothing under ``key``; it is no error if nothing was."""

    def public_url(self, key: str) -> str:
        """The address anyone may read, whether or not the file exists. Refuses a private key."""

    async def signed_url(
        self,
        method: Method,
        key: str,
        expires: timedelta,
        content_type: str | None = None,
        size: int | None = None,
    ) -> str:
        """An address that lets its bearer read the file, or upload it, until ``expires`` from now.

        An upload is bound to one content type and one exact size in bytes (the only bound S3 can sign), so a
        PUT needs both and a GET takes neither. Raises ``ValueError`` otherwise, and for a lifetime below a
        second or above seven days.
        """


def check_key(key: str) -> str:
    """The key itself: a relative path of plain, visible names joined by ``/``. Raises ``KeyRefused``."""
    if not key.isprintable():
        raise KeyRefused(key, "it has characters that cannot be seen")
    if "\\" in key:
        raise KeyRefused(key, "it has a backslash")
    if len(key.encode()) > KEY_BYTES:
        raise KeyRefused(key, "it is too long")
    for part in key.split("/"):
        if not part:
            raise KeyRefused(key, "it has an empty part")
        if part.startswith("."):  # which is `..` too; disk keeps names of its own behind a dot
            raise KeyRefused(key, "a part of it begins with a dot")
        if len(part.encode()) > PART_BYTES:
            raise KeyRefused(key, "a part of it is too long")
    return key


def check_public(key: str) -> str:
    """The key, if ``check_key`` takes it and it is not private. Raises ``KeyRefused``."""
    if check_key(key).startswith(PRIVATE):
        raise KeyRefused(key, "it is private")
    return key


def check_content_type(content_type: str) -> str:
    """The content type, if it is one and nothing else can ride on it into a header. Raises ``ValueError``."""
    if not _CONTENT_TYPE.fullmatch(content_type):
        message = f"{content_type!r} is not a content type"
        raise ValueError(message)
    return content_type


def check_grant(method: Method, expires: timedelta, content_type: str | None, size: int | None) -> None:
    """Raise ``ValueError`` unless ``signed_url`` may be asked for this."""
    if not timedelta(seconds=1) <= expires <= LONGEST_LIFETIME:
        raise ValueError("a signed URL lives from a second to seven days")
    if method == "GET" and (content_type is not None or size is not None):
        raise ValueError("a download has the type and the size that its file has")
    if method == "PUT" and (content_type is None or size is None or size < 0):
        raise ValueError("an upload states its type and its size")
    if content_type is not None:
        check_content_type(content_type)


def join_url(base_url: str, key: str) -> str:
    """``key`` below ``base_url``, percent-encoded, with its slashes kept."""
    return f"{base_url.rstrip('/')}/{quote(key, safe='/')}"
