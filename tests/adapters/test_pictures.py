import asyncio
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, features
from PIL.PngImagePlugin import PngInfo

from adapters.pictures import MAX_BYTES, Format, PictureRefused, recognise, snap, thumbnail

RED, BLUE = (200, 0, 0), (0, 0, 200)


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def near(found: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(found, tuple)
    return len(found) == len(wanted) and all(abs(a - b) <= 12 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize(
    ("size", "snapped"),
    [(-1, 32), (0, 32), (1, 32), (32, 32), (33, 64), (255, 256), (257, 512), (4096, 4096), (4097, 4096)],
)
def test_sizes_snap_to_the_next_larger_step(size: int, snapped: int) -> None:
    assert snap(size) == snapped


@pytest.mark.parametrize(
    ("kind", "format", "content_type", "extension"),
    [
        ("JPEG", "ORIGINAL", "image/jpeg", ".jpg"),
        ("PNG", "ORIGINAL", "image/png", ".png"),
        ("WEBP", "ORIGINAL", "image/webp", ".webp"),
        ("AVIF", "ORIGINAL", "image/avif", ".avif"),
        ("GIF", "ORIGINAL", "image/png", ".png"),
        ("BMP", "ORIGINAL", "image/png", ".png"),
        ("TIFF", "ORIGINAL", "image/png", ".png"),
        ("JPEG", "WEBP", "image/webp", ".webp"),
        ("PNG", "AVIF", "image/avif", ".avif"),
    ],
)
async def test_keeps_the_kind_or_makes_the_one_asked_for(
    kind: str, format: Format, content_type: str, extension: str
) -> None:
    picture = await thumbnail(written(Image.new("RGB", (300, 150), RED), kind), 64, format)

    image = read(picture.data)
    assert (picture.content_type, picture.extension) == (content_type, extension)
    assert Image.MIME[image.format or ""] == content_type
    assert image.size == (64, 32)
    assert near(image.convert("RGB").getpixel((30, 15)), RED)
    assert recognise(picture.data) == picture


def test_this_pillow_writes_avif() -> None:
    assert features.check("avif") is True


async def test_a_small_picture_is_not_enlarged() -> None:
    picture = await thumbnail(written(Image.new("RGB", (20, 10), RED), "PNG"), 256, "WEBP")

    assert read(picture.data).size == (20, 10)


async def test_a_picture_taken_sideways_stands_upright() -> None:
    sideways = Image.new("RGB", (200, 100), RED)
    sideways.paste(BLUE, (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: left is up

    picture = await thumbnail(written(sideways, "JPEG", exif=exif), 64, "ORIGINAL")

    image = read(picture.data)
    assert image.size == (32, 64)
    assert near(image.getpixel((16, 8)), BLUE)
    assert near(image.getpixel((16, 56)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("format", ["ORIGINAL", "WEBP", "AVIF"])
async def test_metadata_does_not_come_along(kind: str, format: Format) -> None:
    exif = Image.Exif()
    exif[0x013B] = "SECRET artist"
    text = PngInfo()
    text.add_text("comment", "SECRET text")
    more: dict[str, dict[str, object]] = {
        "JPEG": {"comment": b"SECRET comment", "xmp": b"SECRET xmp"},
        "PNG": {"pnginfo": text},
        "WEBP": {"xmp": b"SECRET xmp"},
        "AVIF": {"xmp": b"SECRET xmp"},
    }
    data = written(Image.new("RGB", (80, 80), RED), kind, exif=exif, **more[kind])

    picture = await thumbnail(data, 64, format)

    assert b"SECRET" in data
    assert b"SECRET" not in picture.data
    assert set(read(picture.data).info) & {"exif", "xmp", "comment", "icc_profile"} == set()


@pytest.mark.parametrize("format", ["ORIGINAL", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
async def test_transparency_stays(mode: str, format: Format) -> None:
    image = Image.new("RGBA", (80, 80), (255, 255, 255, 0))
    image.paste((0, 0, 0, 255), (40, 0, 80, 80))
    if mode == "P":
        data = written(image.convert("RGB").quantize(4), "PNG", transparency=0)
        clear = (60, 40) if image.convert("RGB").quantize(4).getpixel((60, 40)) == 0 else (20, 40)
    elif mode == "RGB":
        data, clear = written(image.convert("RGB"), "PNG", transparency=(0, 0, 0)), (60, 40)
    else:
        data, clear = written(image.convert(mode), "PNG"), (20, 40)

    found = read((await thumbnail(data, 64, format)).data)

    assert found.mode == "RGBA"
    alpha = found.getchannel("A")
    x, y = clear[0] * 64 // 80, clear[1] * 64 // 80
    assert alpha.getpixel((x, y)) == 0
    assert alpha.getpixel((63 - x, y)) == 255


async def test_sixteen_bits_are_scaled_and_not_cut_off() -> None:
    data = written(Image.new("I;16", (80, 80), 0x8000), "PNG")

    picture = await thumbnail(data, 64, "ORIGINAL")

    assert read(picture.data).getpixel((32, 32)) == (128, 128, 128)


async def test_colours_of_another_space_are_converted() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    plain = Image.new("RGB", (80, 80), (10, 200, 30))
    in_lab = ImageCms.profileToProfile(plain, srgb, lab, outputMode="LAB")
    assert in_lab is not None

    picture = await thumbnail(written(plain, "PNG", icc_profile=srgb.tobytes()), 64, "ORIGINAL")
    print_picture = await thumbnail(written(plain.convert("CMYK"), "JPEG", quality=95), 64, "ORIGINAL")
    broken = await thumbnail(written(plain, "PNG", icc_profile=b"no profile"), 64, "ORIGINAL")

    assert read(picture.data).getpixel((32, 32)) == (10, 200, 30)
    assert near(read(print_picture.data).getpixel((32, 32)), (10, 200, 30))
    assert read(broken.data).getpixel((32, 32)) == (10, 200, 30)


async def test_of_an_animation_the_first_frame_is_left() -> None:
    first, second = Image.new("RGB", (80, 80), RED), Image.new("RGB", (80, 80), BLUE)

    picture = await thumbnail(written(first, "GIF", save_all=True, append_images=[second]), 64, "WEBP")

    assert near(read(picture.data).getpixel((32, 32)), RED)
    assert getattr(read(picture.data), "n_frames", 1) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
    ],
)
async def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRefused) as refusal:
        await thumbnail(data, 64, "WEBP")

    assert refusal.value.code == "INVALID"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow grumbles about broken TIFF, and goes on
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
async def test_a_broken_picture_is_refused_or_read_and_nothing_else(kind: str) -> None:
    data = written(Image.effect_noise((40, 40), 90).convert("RGB"), kind)
    steps = range(0, len(data), max(1, len(data) // 40))
    broken = [data[:at] for at in steps]
    broken += [data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] for at in steps]

    answers = await asyncio.gather(*(thumbnail(one, 32, "WEBP") for one in broken), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert {type(answer) for answer in refused} == {PictureRefused}


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is large and is 60 bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # Pillow warns where we refuse
@pytest.mark.parametrize("side", [8001, 9_600, 60_000])
async def test_a_picture_that_unpacks_to_too_much_is_refused_by_its_header(side: int) -> None:
    with pytest.raises(PictureRefused, match="pixels"):
        await thumbnail(png_header(side, side), 64, "WEBP")


async def test_a_file_that_is_too_long_is_refused() -> None:
    with pytest.raises(PictureRefused, match="50 MB"):
        await thumbnail(bytes(MAX_BYTES + 1), 64, "WEBP")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"RIFF....WAVE"])
def test_recognises_only_what_it_makes(data: bytes) -> None:
    with pytest.raises(PictureRefused, match="not a picture of ours"):
        recognise(data)
