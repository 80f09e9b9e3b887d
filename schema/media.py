"""Pictures, at the size and in the format a client asks for."""

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

import strawberry

from engine.words import attribute
from schema.context import Context

DEFAULT_SIZE = 4096


@strawberry.enum(description="The format of a picture made for a client.")
class ThumbnailFormatEnum(Enum):
    ORIGINAL = strawberry.enum_value("ORIGINAL", description="As it was uploaded, if browsers can show that.")
    AVIF = strawberry.enum_value("AVIF", description="The smallest, for newer browsers.")
    WEBP = strawberry.enum_value("WEBP", description="Small, for nearly all browsers.")


Size = Annotated[
    int | None,
    strawberry.argument(
        description="The longer side in pixels; the next larger of 32, 64, 128, 256, 512, 1024, 2048, 4096 is given. 0: the original."
    ),
]
Format = Annotated[
    ThumbnailFormatEnum | None, strawberry.argument(description="The format; the original's where left out.")
]


@dataclass(frozen=True, slots=True)
class ImageRow:
    url: str
    alt: str | None


@strawberry.type(description="A picture.")
class Image:
    represents: ClassVar[type] = ImageRow

    url: str = attribute("Where it is.")
    alt: str | None = attribute("What it shows, in words.")


def picture_url(context: Context, key: str, size: int | None, format: ThumbnailFormatEnum | None) -> str:
    """Where the picture kept under ``key`` is, at that size; its original when neither size nor format is asked for."""
    if size == 0 or (size is None and format is None):
        return context.shop.files.public_url(key)
    chosen = (format or ThumbnailFormatEnum.ORIGINAL).value
    return context.shop.thumbnails.url(key, size or DEFAULT_SIZE, chosen)


def background_image(
    context: Context, key: str, alt: str | None, *, size: Size = None, format: Format = None
) -> ImageRow:
    """For ``inline``: an ``Image`` from a file's key and its text."""
    return ImageRow(picture_url(context, key, size, format), alt)
