"""Answers that are the same for everybody, told again until something in them changes.

An answer is kept with the *place* in the shop's history up to which it has every change in it: the place that
was known before its first row was read. A change that is announced drops the answers with its tags, and an
answer that was being made meanwhile is not kept, nor is a copy used that another process has shared: either
has a place before the change. While announcements do not come, nothing is told again.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Hashable
from time import monotonic, time
from typing import NamedTuple, Protocol

import orjson

from engine.caching.keeping import Keeping, Kept, Key
from engine.caching.ledger import NEVER, Ledger
from engine.caching.tags import Tagging
from engine.invocations import Seen
from engine.operations import Operation
from engine.requests import Encoded, Response

WORTH = 5  # cost of an operation from which on asking for its answer takes less than making it
SORTED = orjson.OPT_SORT_KEYS


class Shelf(Protocol):
    """Where processes share answers. Never raises, and gives up soon."""

    async def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes, seconds: int) -> None:
        """Keep it for so long; does not wait."""


class Making(NamedTuple):
    """The beginning of an answer: the ``place`` up to which every change could be read, on which ``line``."""

    place: int
    line: Hashable | None
    at: float


class Answers:
    """The answers of one schema, for those who are all shown the same.

    ``line`` names the connection on which changes are announced, null while there is none: what is kept is
    forgotten when it is another. ``release`` names all that answers depend on beside the shop's data.
    """

    def __init__(
        self,
        max_bytes: int,
        tagging: Tagging,
        line: Callable[[], Hashable | None],
        shelf: Shelf | None = None,
        release: str = "",
    ) -> None:
        self.figures: Counter[str] = Counter()
        """Found at hand ("hit"), on the shelf ("shared"), under way ("joined"), or not at all ("miss"); and
        "unkept", which changed while they were made, "dropped" by a change, and "old", which nothing had
        changed."""
        self.place = 0
        """Every change up to here can be read by now."""
        self._keeping = Keeping(max_bytes)
        self._ledger = Ledger()
        self._tagging = tagging
        self._shelf = shelf
        self._release = release
        self._line = line
        self._known_line: Hashable | None = None

    @property
    def bytes(self) -> int:
        """What is kept takes about so many."""
        return self._keeping.bytes

    def __len__(self) -> int:
        return len(self._keeping)

    def reach(self, place: int, line: Hashable | None) -> None:
        """Every change up to ``place`` can be read by now, and those after it are heard.

        ``line`` is the one there was before ``place`` was looked up.
        """
        if line is not None and line == self.line:
            if self._ledger.floor == NEVER:
                self._ledger.begin(place)
            self.place = max(self.place, place)

    def drop(self, tags: Collection[str], place: int) -> None:
        """What is in ``tags`` has changed, at ``place``; changes are told in the order of their places."""
        self.place = max(self.place, place)
        self._ledger.note(tags, place)
        self.figures["dropped"] += self._keeping.drop(tags, place)

    def drop_all(self, place: int) -> None:
        """Anything may have changed, up to ``place``."""
        self._ledger.begin(max(place, self.place))
        self.figures["dropped"] += self._keeping.clear()
        self.place = max(self.place, place)

    def key(self, operation: Operation) -> Key | None:
        """Under which the answer is kept; None where it never is."""
        if not operation.meant.policy.is_public or not self._is_listening():
            return None
        try:
            variables = orjson.dumps(operation.variables, option=SORTED)
        except (TypeError, orjson.JSONEncodeError):  # a file
            return None
        return Key(operation.document.hash, operation.meant.name or "", variables)

    def find(self, key: Key) -> Response | None:
        """The answer at hand."""
        kept = self._keeping.get(key) if self._is_listening() else None
        if kept is None:
            return None
        age = monotonic() - kept.made
        if age >= kept.max_age:
            self._keeping.forget(key)
            self.figures["old"] += 1
            return None
        self.figures["hit"] += 1
        if not kept.is_shared and self._shelf is not None:
            # Not before somebody asks again: whoever asks something new each time would fill the shelf.
            kept.is_shared = True
            self._shelf.put(self._name(key), _packed(kept), kept.max_age)
        return _told(kept, age)

    async def fetch(self, key: Key, operation: Operation) -> Response | None:
        """The answer on the shelf, if nothing in it has changed; it is at hand from then on."""
        value = None
        if self._shelf is not None and operation.cost >= WORTH:
            value = await self._shelf.get(self._name(key))
        kept = None if value is None else _unpacked(value, operation.meant.policy.max_age)
        if kept is None or not self._is_listening() or not self._ledger.is_fresh(kept.tags, kept.since):
            self.figures["miss"] += 1
            return None
        self._keeping.put(key, kept)
        self.figures["shared"] += 1
        return _told(kept, monotonic() - kept.made)

    def begin(self) -> Making:
        """An answer is about to be made."""
        return Making(self.place, self.line, monotonic())

    def keep(self, key: Key, operation: Operation, response: Response, making: Making, seen: Seen) -> bool:
        """Keep an answer that is without errors and written, if all that it was made of was ``seen``.

        Whether it is known that nothing in it has changed while it was made.
        """
        encoded = response.encoded
        if encoded is None or response.data is None or not seen.is_whole:
            return False
        tags = self._tagging.tags(operation.meant.policy, operation.variables, response.data, seen)
        is_fresh = self._ledger.is_fresh(tags, making.place)
        if making.line is None or making.line != self.line or not is_fresh:
            self.figures["unkept"] += 1
            return False
        is_done = operation.cost < WORTH
        self._keeping.put(
            key, Kept(encoded, operation.meant.policy.max_age, making.at, making.place, tags, is_done)
        )
        return True

    @property
    def line(self) -> Hashable | None:
        """The line that changes are heard on at this moment."""
        return self._known_line if self._is_listening() else None

    @property
    def is_keeping(self) -> bool:
        """Whether changes are heard, and it is known since when."""
        return self._is_listening() and self._ledger.floor < NEVER

    def _is_listening(self) -> bool:
        line = self._line()
        if line != self._known_line:
            self._known_line = line
            self._ledger = Ledger()
            self.figures["dropped"] += self._keeping.clear()
        return line is not None

    def _name(self, key: Key) -> str:
        digest = hashlib.sha256(self._release.encode())
        for part in (key.document, key.operation.encode(errors="surrogatepass"), key.variables):
            digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()


def _told(kept: Kept, age: float) -> Response:
    seconds = int(age)
    if kept.told is None or kept.told[0] != seconds:
        headers = {"cache-control": f"public, max-age={kept.max_age}", "age": str(seconds)}
        kept.told = seconds, Response(encoded=kept.encoded, headers=headers)
    return kept.told[1]


def _packed(kept: Kept) -> bytes:
    head = orjson.dumps([time() - (monotonic() - kept.made), kept.since, kept.max_age, sorted(kept.tags)])
    return head + b"\n" + kept.encoded.data


def _unpacked(value: bytes, max_age: int) -> Kept | None:
    """None where it is too old, or nothing that we have written."""
    head, _, data = value.partition(b"\n")
    try:
        made, since, kept_for, tags = orjson.loads(head)
        age = max(0.0, time() - made)
        if age >= min(max_age, kept_for):
            return None
        return Kept(Encoded(data), max_age, monotonic() - age, since, frozenset(tags), is_shared=True)
    except (ValueError, TypeError):
        return None
