"""Requests that are sent again to the byte: what they ask is known without reading them."""

from collections import OrderedDict
from dataclasses import dataclass

from engine.caching.keeping import Key

LONGEST = 16 << 10  # bytes of a body that is worth remembering
ROOM = 8 << 20  # bytes of all that are
ENTRY_BYTES = 1_000  # what the smallest takes beside its body


@dataclass(frozen=True, slots=True)
class Known:
    """What a body asks: the key of its answer, and the name and cost of its operation."""

    key: Key
    title: str
    cost: int


class Repeated:
    """What bodies have asked for, as long as there is room; the oldest go first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._bytes = 0
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, body: bytes) -> Known | None:
        return self._known.get(body)

    def remember(self, body: bytes, known: Known) -> None:
        """The body asks for this, whoever sends it."""
        if len(body) > LONGEST or body in self._known:
            return
        self._known[body] = known
        self._bytes += _weight(body, known)
        while self._bytes > self._room:
            self._bytes -= _weight(*self._known.popitem(last=False))


def _weight(body: bytes, known: Known) -> int:
    return ENTRY_BYTES + len(body) + len(known.key.variables)
