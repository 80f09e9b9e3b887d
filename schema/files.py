"""Files of any kind."""

from dataclasses import dataclass
from typing import ClassVar

import strawberry

from engine.words import attribute
from schema.cache_hints import AS_ABOVE
from schema.context import Context


@dataclass(frozen=True, slots=True)
class FileRow:
    url: str
    content_type: str | None


@strawberry.type(description="A file.", directives=[AS_ABOVE])
class File:
    represents: ClassVar[type] = FileRow

    url: str = attribute("Where it is.")
    content_type: str | None = attribute("What it holds, by its MIME type.")


def kept_file(context: Context, key: str | None, content_type: str | None) -> FileRow | None:
    """The file kept under ``key``; for ``inline`` with ``nulls``, as its type may be unknown."""
    return None if key is None else FileRow(context.shop.files.public_url(key), content_type)
