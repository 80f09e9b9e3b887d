"""The answers at hand: bounded by bytes, and found by what was asked and by what is in them."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from engine.requests import Encoded, Response

ENTRY_BYTES = 1_000  # what the smallest answer takes beside its JSON
TAG_BYTES = 250  # what one tag of one answer takes, with its share of the index; tracemalloc counts 240


class Key(NamedTuple):
    """What was asked: the document's whole hash, which of its operations, and the variables' JSON.

    Everything that an answer depends on but who asks, who is the same for all that is kept.
    """

    document: bytes
    operation: str
    variables: bytes


@dataclass(slots=True)
class Kept:
    """An answer that was ``made`` at a time, with every change up to the place ``since`` in it.

    ``is_shared`` where other processes may find it, or need not.
    """

    encoded: Encoded
    max_age: int
    made: float
    since: int
    tags: frozenset[str]
    is_shared: bool = False
    told: tuple[int, Response] | None = None
    """The response at an age in seconds, which is asked for more than once a second where it matters."""


class Keeping:
    """The answers that were asked for last; those unused for longest go first."""

    def __init__(self, max_bytes: int) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._by_tag: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer, unless it would take an eighth of the room there is."""
        self.forget(key)
        weight = _weight(key, kept)
        if weight * 8 > self._max_bytes:
            return
        self._kept[key] = kept
        self.bytes += weight
        for tag in kept.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self.bytes > self._max_bytes:
            self.forget(next(iter(self._kept)))

    def forget(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self.bytes -= _weight(key, kept)
        for tag in kept.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]

    def drop(self, tags: Collection[str], place: int) -> int:
        """Forget the answers with one of ``tags`` that do not have the change at ``place`` in them yet.

        How many they were.
        """
        old = {key for tag in tags for key in self._by_tag.get(tag, ()) if self._kept[key].since < place}
        for key in old:
            self.forget(key)
        return len(old)

    def clear(self) -> int:
        """Forget everything; how much it was."""
        number = len(self._kept)
        self._kept.clear()
        self._by_tag.clear()
        self.bytes = 0
        return number


def _weight(key: Key, kept: Kept) -> int:
    # Carriers keep the whole answer beside its data, and compressed, which takes a fifth.
    return ENTRY_BYTES + len(key.variables) + 5 * len(kept.encoded.data) // 2 + TAG_BYTES * len(kept.tags)
