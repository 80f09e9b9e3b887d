"""Pictures as files: what to draw, and the WebP that comes of it."""

import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import exp, pi, sin

from PIL import Image, ImageColor, ImageDraw

from commands.demo.goods import Look
from commands.demo.pictures.patterns import PATTERNS, mixed
from commands.demo.pictures.shapes import SHAPES, SIDE, Sheet

QUALITY = {"quality": 80, "method": 1}
BANNER = (1600, 600)
RATE = 8000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn and kept under ``key``. ``colour`` is the thing's own."""

    key: str
    look: Look
    colour: str
    title: str


def draw(picture: Picture) -> bytes:
    """A WebP of 1000 by 1000 pixels."""
    look = picture.look
    ground = mixed(look.palette[0], "#f6f3ee", 0.72)
    image = _backdrop(ground)
    sheet = Sheet(image, ImageDraw.Draw(image), picture.colour, look.pattern, look.palette, picture.title)
    SHAPES[look.shape](sheet)
    return _webp(image.reduce(2))


def banner(pattern: str, palette: Sequence[str]) -> bytes:
    """A WebP of 1600 by 600 pixels, all pattern."""
    width, height = BANNER
    return _webp(PATTERNS[pattern]((width * 2, height * 2), palette).reduce(2))


def swatch(pattern: str, palette: Sequence[str]) -> bytes:
    """A WebP of 200 by 200 pixels, all pattern."""
    return _webp(PATTERNS[pattern]((400, 400), palette).reduce(2))


def tune(notes: Sequence[float]) -> bytes:
    """A WAV: one plucked note after the other, given in hertz, each for half a second."""
    samples = array("h")
    for note in notes:
        for step in range(RATE // 2):
            second = step / RATE
            samples.append(round(9000 * exp(-5 * second) * sin(2 * pi * note * second)))
    written = BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return written.getvalue()


def _backdrop(ground: str) -> Image.Image:
    """A wall that is lit from above, and a floor."""
    lit, floor = mixed(ground, "#ffffff", 0.45), mixed(ground, "#6d6470", 0.14)
    column = Image.new("RGB", (1, 8))
    for row in range(8):
        column.putpixel((0, row), ImageColor.getrgb(mixed(lit, floor, row / 7)))
    # First one column in all its shades, then as many as there are: much quicker than both at once.
    column = column.resize((1, SIDE), Image.Resampling.BILINEAR)
    return column.resize((SIDE, SIDE), Image.Resampling.NEAREST)


def _webp(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "WEBP", **QUALITY)
    return written.getvalue()
