"""What has been bought in the demo shop, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from commands.demo.places import PL, US


class Course(Enum):
    """How far an order has come."""

    UNPAID = auto()
    AUTHORIZED = auto()
    PAID = auto()
    PARTLY_SENT = auto()
    SENT = auto()
    RETURNED = auto()
    CANCELED = auto()
    UNCONFIRMED = auto()


@dataclass(frozen=True, slots=True)
class Bought:
    """An order. ``lines`` are SKUs and units; without ``way`` nothing is sent, or it is fetched at ``point``."""

    days_ago: int
    email: str
    channel: str
    lines: Sequence[tuple[str, int]]
    way: str | None
    course: Course
    voucher: str | None = None
    card: str | None = None
    point: str | None = None
    note: str = ""


DOROTHY, OLA = "customer@example.com", "klient@example.com"

HISTORIES = (
    Bought(
        118,
        DOROTHY,
        US,
        (("TIDAL-MUG-INK", 2), ("MORNING-BLEND-250-G-FILTER", 1)),
        "Ground",
        Course.SENT,
        "WELCOME10",
    ),
    Bought(
        110,
        "b.lindqvist@example.com",
        US,
        (("THE-SALT-ROAD-HARDCOVER", 1),),
        "Ground",
        Course.SENT,
        "ONLYONE",
    ),
    Bought(97, "marek.sowa@example.com", PL, (("STRIDE-SOCKS-INK-M", 3),), "Automat paczkowy", Course.SENT),
    Bought(
        91,
        "kwame.asante@example.com",
        US,
        (("SLOW-SUNDAY-HOODIE-BRICK-L", 1), ("FIELD-CAP-FOREST", 1)),
        "Ground, on us",
        Course.RETURNED,
        note="The hoodie is too warm for this town.",
    ),
    Bought(84, OLA, PL, (("COUNTING-TIDES-PAPERBACK", 1), ("EARL-OF-GREY-100-G", 2)), "Kurier", Course.SENT),
    Bought(77, DOROTHY, US, (("LOW-SUN-POSTER-50X70", 1),), "Overnight", Course.SENT, card="DEMO-GIFT-100"),
    Bought(
        66,
        "h.brandt@example.com",
        PL,
        (("LETTERS-TO-A-LIGHTHOUSE-HARDCOVER", 2),),
        "Paczka do Europy",
        Course.SENT,
    ),
    Bought(
        58, "jp.tremblay@example.com", US, (("ROOMS-AT-NIGHT-VINYL", 1),), "Parcel to Canada", Course.CANCELED
    ),
    Bought(52, DOROTHY, US, (("ROOMS-AT-NIGHT-DOWNLOAD-FLAC", 1),), None, Course.SENT),
    Bought(
        45,
        "b.lindqvist@example.com",
        US,
        (("HARBOUR-TEE-INK-M", 1), ("HARBOUR-TEE-SAND-M", 1)),
        "Ground",
        Course.SENT,
        "FIVEOFF",
    ),
    Bought(
        39,
        "marek.sowa@example.com",
        PL,
        (("HEARTH-MUG-BRICK", 4),),
        "Automat paczkowy",
        Course.SENT,
        "MUGLOVE",
    ),
    Bought(
        31,
        OLA,
        PL,
        (("MARKET-TOTE-SAND", 1), ("DOTTED-NOTEBOOK-INK-DOTTED", 1)),
        None,
        Course.SENT,
        point="praga",
    ),
    Bought(
        24,
        "kwame.asante@example.com",
        US,
        (("ESPRESSO-NO-4-1-KG-BEANS", 1),),
        "Ground",
        Course.SENT,
        "FREESHIP",
    ),
    Bought(
        18,
        DOROTHY,
        US,
        (("THE-SLOW-KITCHEN-HARDCOVER", 1), ("ENAMEL-CAMP-MUG-STONE", 2)),
        "Ground",
        Course.PARTLY_SENT,
    ),
    Bought(
        12, "jp.tremblay@example.com", US, (("PINE-RIDGE-POSTER-30X40", 1),), "Parcel to Canada", Course.PAID
    ),
    Bought(
        9,
        "h.brandt@example.com",
        PL,
        (("GRANITE-SWEATER-STONE-M", 1),),
        "Paczka do Europy",
        Course.AUTHORIZED,
    ),
    Bought(
        6,
        OLA,
        PL,
        (("TIDAL-MUG-SAND", 1), ("MORNING-BLEND-1-KG-BEANS", 1)),
        "Kurier",
        Course.PAID,
        "WELCOME10",
    ),
    Bought(4, "guest@example.com", US, (("STRIDE-SOCKS-SAND-L", 2),), "Letter", Course.PAID),
    Bought(
        3,
        "b.lindqvist@example.com",
        US,
        (("SIGNAL-POSTER-50X70", 1),),
        "Ground",
        Course.UNCONFIRMED,
        note="Please call before you send it.",
    ),
    Bought(2, "marek.sowa@example.com", PL, (("HARVEST-RADIO-VINYL", 1),), "Automat paczkowy", Course.UNPAID),
    Bought(
        1,
        DOROTHY,
        US,
        (("CONTOUR-TEE-FOREST-S", 1), ("POCKET-NOTEBOOKS-SAND-PLAIN", 1)),
        "Ground",
        Course.PAID,
    ),
    Bought(0, OLA, PL, (("BREAD-IN-FOUR-HOURS-HARDCOVER", 1),), "Tego samego dnia", Course.AUTHORIZED),
)
