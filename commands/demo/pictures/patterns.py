"""Patterns: what is printed on shirts, covers and paper.

Each fills a picture of any size with a ground and two colours, the first of a palette being the ground.
"""

from collections.abc import Callable, Mapping, Sequence
from math import cos, pi, sin

from PIL import Image, ImageColor, ImageDraw

Size = tuple[int, int]
Palette = Sequence[str]
FULL_MOON = 4  # of nine: the one in the middle
EMPTY, FAINT = 4, 7  # of the ten kinds of fields in a grid: up to here

Pattern = Callable[[Size, Palette], Image.Image]


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with a ``share`` of ``other``, from 0 to 1."""
    first, second = ImageColor.getrgb(one), ImageColor.getrgb(other)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first[:3], second[:3], strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def waves(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    _disc(draw, width * 0.7, height * 0.24, width * 0.14, palette[1])
    for row in range(7):
        top = height * (0.36 + row * 0.1)
        shade = mixed(palette[2], palette[0], 0.62 - row * 0.1)
        curve = [(width * x / 40, top + sin(x / 40 * 4 * pi + row * 1.1) * height * 0.028) for x in range(41)]
        draw.polygon([*curve, (width, height), (0, height)], fill=shade)
    return image


def hills(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    _disc(draw, width * 0.3, height * 0.28, width * 0.09, mixed(palette[0], palette[1], 0.55))
    for row in range(6):
        shade = mixed(mixed(palette[0], palette[1], 0.25 + row * 0.15), palette[2], row * 0.17)
        top = height * (0.38 + row * 0.1)
        ridge = [
            (
                width * x / 60,
                top
                + (sin(x / 60 * (3 + row) * 2 + row * 1.9) + sin(x / 60 * 17 + row * 0.7) * 0.35)
                * height
                * 0.05,
            )
            for x in range(61)
        ]
        draw.polygon([*ridge, (width, height), (0, height)], fill=shade)
    return image


def sun(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    for ring in range(5):
        shade = mixed(palette[2], palette[0], 0.7 - ring * 0.14)
        _disc(draw, width / 2, height * 0.56, width * (0.46 - ring * 0.055), shade)
    _disc(draw, width / 2, height * 0.56, width * 0.2, palette[1])
    for line in range(6):
        top = height * (0.62 + line * 0.07)
        draw.rectangle((0, top, width, top + height * (0.008 + line * 0.008)), fill=palette[0])
    return image


def moons(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    radius = min(width, height) * 0.1
    for index in range(9):
        x, y = width * (0.22 + index % 3 * 0.28), height * (0.22 + index // 3 * 0.28)
        _disc(draw, x, y, radius, palette[1] if index % 2 else mixed(palette[1], palette[2], 0.6))
        if index != FULL_MOON:
            _disc(draw, x + (index - 4) * radius * 0.42, y, radius * 1.02, palette[0])
    return image


def rings(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    for index in range(11, 0, -1):
        shade = palette[0] if index % 2 else mixed(palette[2], palette[1], index / 11)
        _disc(draw, width * 0.44, height * 0.55, min(width, height) * 0.052 * index, shade)
    _disc(draw, width * 0.44, height * 0.55, min(width, height) * 0.05, palette[1])
    return image


def stripes(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    for index in range(9):
        top = height * (index + 0.5) / 9.5
        thickness = height * (0.03 + 0.03 * (index % 3))
        draw.rectangle((0, top, width, top + thickness), fill=palette[1 + index % 2])
    return image


def dots(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    step = min(width, height) / 9
    for row in range(int(height / step) + 2):
        for column in range(int(width / step) + 2):
            wobble = sin(row * 12.9 + column * 78.2)
            x = (column + row % 2 / 2) * step + wobble * step * 0.12
            radius = step * (0.2 + 0.14 * wobble)
            _disc(draw, x, row * step, radius, palette[1 + (row * 7 + column * 3) % 2])
    return image


def triangles(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    step = min(width, height) / 5
    for row in range(int(height / step) + 1):
        for column in range(int(width / step) + 2):
            left, top = (column - row % 2 / 2) * step, row * step
            shade = mixed(palette[1], palette[2], (row * 5 + column * 3) % 4 / 3)
            draw.polygon(
                [(left, top + step), (left + step / 2, top + step * 0.1), (left + step, top + step)],
                fill=shade,
            )
    return image


def grid(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    step = min(width, height) / 8
    for row in range(int(height / step) + 1):
        for column in range(int(width / step) + 1):
            left, top = (column + 0.18) * step, (row + 0.18) * step
            place = (row * 31 + column * 17 + row * column * 7) % 11
            if place > EMPTY:
                shade = (
                    palette[1] if place > FAINT else mixed(palette[2], palette[0], 0.3 * (place - EMPTY - 1))
                )
                draw.rounded_rectangle(
                    (left, top, left + step * 0.7, top + step * 0.7), step * 0.12, fill=shade
                )
    return image


def leaves(size: Size, palette: Palette) -> Image.Image:
    image, draw, width, height = _begin(size, palette)
    for stem in range(4):
        foot, lean = width * (0.16 + stem * 0.24), sin(stem * 2.1) * width * 0.08
        tall = height * (0.5 + 0.36 * abs(cos(stem * 1.4)))
        tip = (foot + lean, height - tall)
        draw.line([(foot, height), tip], fill=palette[1], width=max(2, int(width * 0.008)))
        for leaf in range(9):
            along = (leaf + 1.5) / 10.5
            x, y = foot + lean * along, height - tall * along
            long = width * 0.13 * (1.1 - along * 0.7)
            shade = palette[1] if (leaf + stem) % 3 else palette[2]
            for side in (-1, 1):
                end = (x + side * long, y - long * 0.75)
                bend = (x + side * long * 0.75, y + long * 0.05)
                back = (x + side * long * 0.2, y - long * 0.62)
                draw.polygon([(x, y), bend, end, back], fill=shade)
    return image


PATTERNS: Mapping[str, Pattern] = {
    "waves": waves,
    "hills": hills,
    "sun": sun,
    "moons": moons,
    "rings": rings,
    "stripes": stripes,
    "dots": dots,
    "triangles": triangles,
    "grid": grid,
    "leaves": leaves,
}


def _begin(size: Size, palette: Palette) -> tuple[Image.Image, ImageDraw.ImageDraw, int, int]:
    image = Image.new("RGB", size, palette[0])
    return image, ImageDraw.Draw(image), *size


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: str) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
