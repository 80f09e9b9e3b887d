"""Pictures, at the size and in the format a client asks for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

import strawberry

from adapters import pictures
from engine.words import attribute
from schema.cache_hints import AS_ABOVE
from schema.context import Context

DEFAULT_SIZE = 4096


@strawberry.enum(description="The format of a picture made for a client: ORIGINAL is that of the upload.")
class ThumbnailFormatEnum(StrEnum):
    ORIGINAL = "ORIGINAL"
    AVIF = "AVIF"
    WEBP = "WEBP"


FORMATS: dict[ThumbnailFormatEnum | None, pictures.Format] = {
    None: "ORIGINAL",
    ThumbnailFormatEnum.ORIGINAL: "ORIGINAL",
    ThumbnailFormatEnum.AVIF: "AVIF",
    ThumbnailFormatEnum.WEBP: "WEBP",
}
Size = Annotated[
    int | None,
    strawberry.argument(
        description="The longer side in pixels, raised to 32, 64, 128, 256, 512, 1024, 2048 or 4096. "
        "0 is the original."
    ),
]
Format = Annotated[
    ThumbnailFormatEnum | None, strawberry.argument(description="The format; the original's where left out.")
]


@dataclass(frozen=True, slots=True)
class ImageRow:
    url: str
    alt: str | None


@strawberry.type(description="A picture.", directives=[AS_ABOVE])
class Image:
    represents: ClassVar[type] = ImageRow

    url: str = attribute("Where it is.")
    alt: str | None = attribute("What it shows, in words.")


def picture_url(context: Context, key: str, size: int | None, format: ThumbnailFormatEnum | None) -> str:
    """Where the picture kept under ``key`` is, at that size.

    Its original when neither size nor format is asked for.
    """
    if size == 0 or (size is None and format is None):
        return context.shop.files.public_url(key)
    return context.shop.thumbnails.url(key, size or DEFAULT_SIZE, FORMATS[format])


def background_image(
    context: Context, key: str, alt: str | None, *, size: Size = None, format: Format = None
) -> ImageRow:
    """For ``inline``: an ``Image`` from a file's key and its text."""
    return ImageRow(picture_url(context, key, size, format), alt)
