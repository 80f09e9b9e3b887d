"""Pictures and films of products."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar, Protocol

import strawberry

from db.products import MediaRow, ProductMediaRow, ProductRow, VariantMediaRow
from engine.words import attribute, inline
from loaders.products import ProductLoaders
from schema.cache_hints import CATALOGUE
from schema.context import Context
from schema.ids import global_id
from schema.media import Format, ImageRow, Size, ThumbnailFormatEnum, picture_url
from schema.metadata import Node, ObjectWithMetadata


@strawberry.enum(description="What is seen of a product.")
class ProductMediaType(Enum):
    IMAGE = strawberry.enum_value("IMAGE", description="A picture.")
    VIDEO = strawberry.enum_value("VIDEO", description="A film.")


class Picture(Protocol):
    """Where a picture or a film is: kept under a key, or somewhere else."""

    @property
    def file_key(self) -> str | None: ...

    @property
    def external_url(self) -> str | None: ...


def media_url(context: Context, media: MediaRow, *, size: Size = None, format: Format = None) -> str:
    """What lives elsewhere is shown from there as it is: its size and format are not ours."""
    return _url(context, media, size, format)


def _url(context: Context, media: Picture, size: int | None, format: ThumbnailFormatEnum | None) -> str:
    if media.file_key is None:
        assert media.external_url is not None, "check product_media.somewhere"
        return media.external_url
    return picture_url(context, media.file_key, size, format)


async def thumbnails(
    rows: Sequence[ProductRow], context: Context, *, size: Size = None, format: Format = None
) -> list[ImageRow | None]:
    """The first picture of each product."""
    pictures = await context.loading.load_many(ProductLoaders.first_picture, [row.id for row in rows])
    return [None if one is None else ImageRow(_url(context, one, size, format), one.alt) for one in pictures]


@strawberry.type(description="A picture or a film of a product.", directives=[CATALOGUE])
class ProductMedia(Node, ObjectWithMetadata):
    represents: ClassVar[tuple[type, ...]] = (ProductMediaRow, VariantMediaRow)

    id: strawberry.ID = global_id("ProductMedia")
    alt: str = attribute("What it shows, in words.")
    type: ProductMediaType = attribute("What it is.", column="kind")
    sort_order: int | None = attribute("Where it stands among the product's.", column="position")
    url: str = inline(media_url, description="Where it is.")
