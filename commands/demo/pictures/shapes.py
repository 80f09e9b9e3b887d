"""Shapes: the things themselves, drawn on a square of 2000 pixels that is halved afterwards, so that edges are smooth."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

from commands.demo.pictures.patterns import PATTERNS, Palette, mixed

SIDE = 2000
SOFT = 8
"""Shadows are blurred on a picture so many times smaller, which takes a sixtieth of the time."""

SMALLEST = 40  # letters
PALE = 380  # red, green and blue together

Box = tuple[int, int, int, int]
Points = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on. ``colour`` is the thing's own; ``pattern`` is printed on it; ``title`` is written."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    colour: str
    pattern: str
    palette: Palette
    title: str

    @property
    def dark(self) -> str:
        return mixed(self.colour, "#1b1b22", 0.28)

    @property
    def light(self) -> str:
        return mixed(self.colour, "#ffffff", 0.3)

    def printed(self, box: Box, radius: int = 0) -> None:
        """The pattern, within ``box``."""
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius, fill=255)
        self.image.paste(PATTERNS[self.pattern](size, self.palette), (left, top), mask)

    def shadow(self, box: Box, strength: int = 90) -> None:
        """A soft shadow of an ellipse in ``box``."""
        left, top, right, bottom = box
        margin = 12
        small = ((right - left) // SOFT + 2 * margin, (bottom - top) // SOFT + 2 * margin)
        mask = Image.new("L", small, 0)
        ImageDraw.Draw(mask).ellipse((margin, margin, small[0] - margin, small[1] - margin), fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(6))
        large = mask.resize((small[0] * SOFT, small[1] * SOFT), Image.Resampling.BILINEAR)
        self.image.paste("#2a2530", (left - margin * SOFT, top - margin * SOFT), large)

    def shade(self, box: Box, strength: int = 46) -> None:
        """A thing gets darker towards its right: it is round."""
        left, top, right, bottom = box
        mask = Image.linear_gradient("L").rotate(90).resize((right - left, bottom - top))
        mask = mask.point([value * strength // 255 for value in range(256)])
        self.image.paste("#14121a", (left, top), mask)

    def write(self, box: Box, text: str, fill: str, tallest: int) -> None:
        """``text`` over as many lines as it needs, in the middle of ``box`` and never larger than it."""
        left, top, right, bottom = box
        font = ImageFont.load_default(tallest)
        while tallest > SMALLEST and max(font.getlength(word) for word in text.split()) > right - left:
            tallest -= 8
            font = ImageFont.load_default(tallest)
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and font.getlength(longer) > right - left:
                lines.append(word)
            else:
                lines[-1] = longer
        self.draw.multiline_text(
            ((left + right) / 2, (top + bottom) / 2),
            "\n".join(lines),
            fill=fill,
            font=font,
            anchor="mm",
            align="center",
            spacing=tallest * 0.3,
        )


def shirt(sheet: Sheet) -> None:
    sheet.shadow((440, 1640, 1560, 1800), 70)
    body: Points = [
        *((700, 400), (820, 352), (1180, 352), (1300, 400), (1660, 640), (1530, 900), (1390, 820)),
        *((1410, 1700), (590, 1700), (610, 820), (470, 900), (340, 640)),
    ]
    sheet.draw.polygon(body, fill=sheet.colour)
    for sleeve in ([(1390, 820), (1310, 640), (1398, 1100)], [(610, 820), (690, 640), (602, 1100)]):
        sheet.draw.polygon(sleeve, fill=sheet.dark)
    sheet.draw.pieslice((800, 150, 1200, 560), 20, 160, fill=sheet.dark)
    sheet.draw.pieslice((838, 190, 1162, 500), 20, 160, fill=mixed(sheet.colour, "#1b1b22", 0.5))
    sheet.draw.line([(590, 1650), (1410, 1650)], fill=sheet.dark, width=6)
    sheet.printed((750, 760, 1250, 1260), 250)


def hoodie(sheet: Sheet) -> None:
    shirt(sheet)
    sheet.draw.ellipse((740, 180, 1260, 640), fill=sheet.dark)
    sheet.draw.ellipse((810, 250, 1190, 610), fill=mixed(sheet.colour, "#1b1b22", 0.55))
    for cord in (920, 1080):
        sheet.draw.line([(cord, 600), (cord, 830)], fill=sheet.light, width=16)
    pocket = [(760, 1330), (1240, 1330), (1330, 1580), (670, 1580)]
    sheet.draw.polygon(pocket, fill=sheet.dark)
    sheet.draw.line([*pocket[:1], *pocket[3:]], fill=sheet.light, width=6)
    sheet.draw.line(pocket[1:3], fill=sheet.light, width=6)


def cap(sheet: Sheet) -> None:
    sheet.shadow((360, 1260, 1720, 1440))
    sheet.draw.pieslice((420, 520, 1480, 1980), 180, 360, fill=sheet.colour)
    sheet.draw.arc((640, 520, 1260, 1980), 180, 360, fill=sheet.dark, width=8)
    sheet.draw.ellipse((910, 490, 990, 550), fill=sheet.dark)
    sheet.draw.polygon(
        [(1400, 1140), (1640, 1200), (1740, 1310), (1660, 1352), (1400, 1262), (420, 1262), (420, 1230)],
        fill=sheet.dark,
    )
    sheet.printed((790, 780, 1110, 1100), 160)


def tote(sheet: Sheet) -> None:
    sheet.shadow((420, 1620, 1600, 1800))
    for inset, shade in ((0, sheet.dark), (70, sheet.colour)):
        sheet.draw.arc((690 - inset, 180 + inset, 1310 + inset, 1400), 180, 360, fill=shade, width=52)
    sheet.draw.polygon([(520, 760), (1480, 760), (1560, 1720), (440, 1720)], fill=sheet.colour)
    sheet.draw.polygon([(1480, 760), (1560, 1720), (1470, 1720), (1420, 760)], fill=sheet.dark)
    sheet.draw.line([(524, 800), (1476, 800)], fill=sheet.dark, width=8)
    sheet.printed((690, 930, 1270, 1510), 30)


def socks(sheet: Sheet) -> None:
    sheet.shadow((420, 1580, 1640, 1760))
    for dx, shade in ((260, sheet.dark), (0, sheet.colour)):
        sheet.draw.rectangle((560 + dx, 360, 880 + dx, 1330), fill=shade)
        sheet.draw.rounded_rectangle((560 + dx, 1130, 1250 + dx, 1490), 175, fill=shade)
        sheet.draw.pieslice(
            (450 + dx, 1090, 860 + dx, 1500), 60, 200, fill=mixed(shade, sheet.palette[1], 0.75)
        )
        sheet.draw.pieslice(
            (890 + dx, 1130, 1250 + dx, 1490), 270, 90, fill=mixed(shade, sheet.palette[1], 0.75)
        )
        sheet.draw.rounded_rectangle((545 + dx, 330, 895 + dx, 470), 30, fill=mixed(shade, "#ffffff", 0.18))
    sheet.printed((560, 540, 880, 900))


def mug(sheet: Sheet) -> None:
    sheet.shadow((400, 1500, 1680, 1700))
    sheet.draw.arc((1130, 740, 1720, 1330), 270, 90, fill=sheet.dark, width=120)
    sheet.draw.rounded_rectangle((470, 560, 1390, 1620), 130, fill=sheet.colour)
    sheet.printed((470, 860, 1390, 1330))
    sheet.shade((470, 640, 1390, 1500))
    sheet.draw.ellipse((470, 470, 1390, 690), fill=sheet.light)
    sheet.draw.ellipse((520, 505, 1340, 665), fill="#5a3a28")


def tumbler(sheet: Sheet) -> None:
    sheet.shadow((560, 1640, 1500, 1800))
    sheet.draw.polygon([(600, 480), (1400, 480), (1290, 1720), (710, 1720)], fill=sheet.colour)
    sheet.printed((690, 820, 1310, 1380), 40)
    sheet.shade((710, 520, 1290, 1720), 50)
    sheet.draw.rounded_rectangle((560, 380, 1440, 520), 60, fill=sheet.dark)
    sheet.draw.rounded_rectangle((680, 300, 1320, 400), 50, fill=mixed(sheet.dark, "#000000", 0.25))


def poster(sheet: Sheet) -> None:
    sheet.shadow((420, 1720, 1620, 1880), 80)
    sheet.draw.rectangle((470, 190, 1530, 1810), fill="#3b2f2a")
    sheet.draw.rectangle((496, 216, 1504, 1784), fill="#fbf8f1")
    sheet.printed((620, 340, 1380, 1500))
    sheet.write((620, 1540, 1380, 1740), sheet.title.removesuffix(" Poster").upper(), "#3b2f2a", 60)


def print_only(sheet: Sheet) -> None:
    """The poster without its frame, from near by."""
    sheet.printed((0, 0, SIDE, SIDE))


def book(sheet: Sheet) -> None:
    sheet.shadow((440, 1700, 1660, 1870))
    sheet.draw.polygon([(1480, 250), (1560, 300), (1560, 1830), (1480, 1780)], fill="#efe8d8")
    sheet.draw.polygon([(500, 1780), (1480, 1780), (1560, 1830), (590, 1830)], fill="#d9cfba")
    sheet.printed((500, 250, 1480, 1780))
    sheet.draw.rectangle((500, 250, 1480, 800), fill=sheet.palette[0])
    ink = sheet.palette[2] if sheet.palette[2] != sheet.palette[0] else "#232a3d"
    sheet.write(
        (570, 300, 1410, 760),
        sheet.title,
        mixed(ink, "#14121a", 0.45) if _is_pale(sheet.palette[0]) else "#fdf3dc",
        130,
    )
    sheet.draw.line([(548, 250), (548, 1780)], fill=mixed(sheet.palette[0], "#14121a", 0.35), width=10)


def notebook(sheet: Sheet) -> None:
    sheet.shadow((440, 1660, 1640, 1830))
    sheet.draw.rounded_rectangle((560, 310, 1520, 1760), 50, fill="#efe8d8")
    sheet.draw.rounded_rectangle((520, 290, 1480, 1740), 50, fill=sheet.colour)
    sheet.draw.rectangle((520, 290, 640, 1740), fill=sheet.dark)
    sheet.printed((800, 560, 1280, 900), 24)
    sheet.draw.rectangle((1370, 290, 1410, 1740), fill=sheet.palette[1])


def record(sheet: Sheet) -> None:
    sheet.shadow((300, 1580, 1820, 1760))
    sheet.draw.ellipse((800, 420, 1840, 1560), fill="#17161b")
    for groove in range(60, 380, 40):
        sheet.draw.ellipse(
            (800 + groove, 420 + groove, 1840 - groove, 1560 - groove), outline="#2c2a33", width=4
        )
    sheet.draw.ellipse((1160, 830, 1480, 1150), fill=sheet.palette[1])
    sheet.draw.rectangle((270, 390, 1470, 1590), fill=sheet.palette[0])
    sheet.printed((270, 390, 1470, 1590))
    sheet.draw.rectangle((270, 390, 290, 1590), fill=mixed(sheet.palette[0], "#14121a", 0.3))


def bag(sheet: Sheet) -> None:
    sheet.shadow((500, 1660, 1560, 1830))
    sheet.draw.polygon([(600, 420), (1400, 420), (1450, 1760), (550, 1760)], fill=sheet.colour)
    sheet.draw.rectangle((600, 300, 1400, 440), fill=sheet.dark)
    for fold in range(330, 440, 34):
        sheet.draw.line([(600, fold), (1400, fold)], fill=sheet.colour, width=5)
    sheet.printed((680, 660, 1320, 1220), 20)
    sheet.draw.rounded_rectangle((680, 1260, 1320, 1560), 20, fill="#fbf8f1")
    sheet.write((710, 1280, 1290, 1540), sheet.title, "#2b2430", 90)
    sheet.shade((600, 440, 1400, 1760), 36)


def tin(sheet: Sheet) -> None:
    sheet.shadow((500, 1620, 1560, 1800))
    sheet.draw.rounded_rectangle((580, 560, 1420, 1720), 60, fill=sheet.colour)
    sheet.printed((580, 780, 1420, 1300))
    sheet.draw.rounded_rectangle((700, 1340, 1300, 1600), 16, fill="#fbf8f1")
    sheet.write((730, 1350, 1270, 1590), sheet.title, "#2b2430", 84)
    sheet.shade((580, 620, 1420, 1690), 60)
    sheet.draw.rounded_rectangle((550, 420, 1450, 640), 50, fill=sheet.dark)
    sheet.draw.ellipse((550, 370, 1450, 510), fill=sheet.light)


def card(sheet: Sheet) -> None:
    sheet.shadow((300, 1400, 1720, 1580))
    sheet.printed((270, 560, 1730, 1480), 70)
    sheet.draw.rectangle((1220, 560, 1330, 1480), fill="#fdf3dc")
    for side in ((1010, 520, 1280, 700), (1270, 520, 1540, 700)):
        sheet.draw.ellipse(side, fill="#fdf3dc", outline="#e9dcbc", width=10)
    sheet.draw.rounded_rectangle((360, 1180, 1000, 1380), 24, fill="#fbf8f1")
    sheet.write((380, 1190, 980, 1370), sheet.title, "#2b2430", 110)


SHAPES: Mapping[str, Callable[[Sheet], None]] = {
    "shirt": shirt,
    "hoodie": hoodie,
    "cap": cap,
    "tote": tote,
    "socks": socks,
    "mug": mug,
    "tumbler": tumbler,
    "poster": poster,
    "print": print_only,
    "book": book,
    "notebook": notebook,
    "record": record,
    "bag": bag,
    "tin": tin,
    "card": card,
}


def _is_pale(colour: str) -> bool:
    return sum(ImageColor.getrgb(colour)[:3]) > PALE
