"""What has changed, and when: places in the shop's history, by the tags of what has changed there."""

from collections import OrderedDict
from collections.abc import Collection

MOST = 50_000  # tags; those whose last change is oldest go first
NEVER = 1 << 63  # a place that no history reaches


class Ledger:
    """The last change of each tag, back to ``floor``: what happened up to there is not known any more.

    Something read at a time when every change up to a place was to be seen *is fresh* as long as none of its
    tags has changed after that place.
    """

    def __init__(self, most: int = MOST) -> None:
        self.floor = NEVER
        self._most = most
        self._changed: OrderedDict[str, int] = OrderedDict()

    def begin(self, place: int) -> None:
        """Know nothing of what happened up to ``place``, and everything from there on."""
        self._changed.clear()
        self.floor = place

    def note(self, tags: Collection[str], place: int) -> None:
        """They have changed at ``place``."""
        for tag in tags:
            self._changed[tag] = max(place, self._changed.pop(tag, 0))
        while len(self._changed) > self._most:
            _, oldest = self._changed.popitem(last=False)
            self.floor = max(self.floor, oldest)

    def is_fresh(self, tags: Collection[str], since: int) -> bool:
        """Whether what was read with everything up to ``since`` in it is still what would be read now."""
        changed = self._changed
        return since >= self.floor and all(changed.get(tag, 0) <= since for tag in tags)
