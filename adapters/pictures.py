"""Smaller pictures out of larger ones, from bytes that anybody may have uploaded."""

import asyncio
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError, features

from domain.refusals import Invalid

Format = Literal["ORIGINAL", "WEBP", "AVIF"]

SIZES = (32, 64, 128, 256, 512, 1024, 2048, 4096)
"""The only sizes that are made, in pixels, so that asking for every number does not make as many files."""

MAX_BYTES = 50_000_000
MAX_PIXELS = 64_000_000
"""A picture that unpacks to more is refused by its header alone; 64 megapixels is beyond most cameras."""

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif"}
_EXTENSIONS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "AVIF": ".avif"}
_OPTIONS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 82, "method": 4},
    "AVIF": {"quality": 65, "speed": 7},
}

# What a shop's pictures come in. Pillow reads forty formats more, some through programs of the machine's.
_READ = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")

# What Pillow's decoders raise for broken files: they were not written to agree on one.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error),
    *(IndexError, KeyError, TypeError, OverflowError, ZeroDivisionError),
)

_SRGB = ImageCms.createProfile("sRGB")

# Pillow lets go of the interpreter while it works, and a picture may unpack to a quarter of a gigabyte: two
# at once keep two cores busy and the memory bounded.
_WORKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pictures")


class PictureRefused(Invalid):
    """The bytes are no picture, or a larger one than is good for us; the message says which."""


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    content_type: str
    extension: str
    """With its dot: ``.webp``."""


def snap(size: int) -> int:
    """The smallest size of ``SIZES`` that is at least ``size``; the largest for all beyond it."""
    return next((step for step in SIZES if step >= size), SIZES[-1])


async def thumbnail(data: bytes, size: int, format: Format) -> Picture:
    """The picture, upright and in sRGB, within a square of ``size`` pixels; a smaller one keeps its size.

    ``ORIGINAL`` keeps JPEG, PNG, WebP and AVIF and makes PNG of the rest. Transparency stays; metadata (where
    and by whom it was taken) does not; of an animation the first frame is left. Raises ``PictureRefused``.
    """
    return await asyncio.get_running_loop().run_in_executor(_WORKERS, _thumbnail, data, size, format)


def recognise(data: bytes) -> Picture:
    """Bytes that ``thumbnail`` once made, as it answered them; nothing is decoded.

    Raises ``PictureRefused`` for bytes it cannot have made.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _picture(data, "JPEG")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(data, "PNG")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _picture(data, "WEBP")
    if data[4:12] == b"ftypavif":
        return _picture(data, "AVIF")
    raise PictureRefused("This is not a picture of ours.")


def _picture(data: bytes, kind: str) -> Picture:
    return Picture(data, _TYPES[kind], _EXTENSIONS[kind])


def _thumbnail(data: bytes, size: int, format: Format) -> Picture:
    if len(data) > MAX_BYTES:
        raise PictureRefused(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        with Image.open(BytesIO(data), formats=_READ) as source:
            if source.width * source.height > MAX_PIXELS:
                reason = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels."
                raise PictureRefused(reason)
            kind = _kind(source, format)
            small = _plain(source)
            # A JPEG unpacks straight to a half, a quarter or an eighth here. The bounds are a square, so it
            # may as well be turned upright afterwards, when it is small.
            small.thumbnail((size, size), Image.Resampling.LANCZOS)
            small = _coloured(ImageOps.exif_transpose(small))
    except UnidentifiedImageError:
        raise PictureRefused("The file is not a picture of a kind we read.") from None
    except Image.DecompressionBombError:
        raise PictureRefused("The picture unpacks to too many pixels.") from None
    except _BROKEN as error:
        raise PictureRefused("The picture is broken.") from error

    # Pillow writes what it finds here into the new file: comments, XMP, EXIF, the old profile.
    small.info = {}
    written = BytesIO()
    small.save(written, kind, **_OPTIONS[kind])
    return _picture(written.getvalue(), kind)


def _kind(source: Image.Image, format: Format) -> str:
    if format == "AVIF" and not features.check("avif"):
        raise PictureRefused("This server cannot write AVIF.")
    if format != "ORIGINAL":
        return format
    if source.format == "MPO":  # a JPEG with a second one behind it, as telephones make them
        return "JPEG"
    return source.format if source.format in _TYPES else "PNG"


def _plain(source: Image.Image) -> Image.Image:
    """The picture in a mode that scales well: a palette cannot be blended, sixteen bits would be cut off."""
    if source.has_transparency_data:
        return source.convert("RGBA")
    if source.mode.startswith("I"):
        return source.convert("I").point(lambda value: value / 256).convert("L")
    if source.mode in {"L", "RGB", "CMYK"}:
        return source
    return source.convert("RGB")


def _coloured(image: Image.Image) -> Image.Image:
    """The same colours in sRGB, which is what a picture without a profile is taken to be in."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), _SRGB, outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile, or one of another mode: the numbers are the best we know
        else:
            assert converted is not None, "it works in place only when told to"
            return converted
    return image.convert(mode)
