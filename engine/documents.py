"""Documents: read once, then found by their text."""

import gc
from collections import Counter, OrderedDict

from graphql import GraphQLSchema

from engine.beside import beside
from engine.errors import RequestRefused
from engine.limits import Limits
from engine.plans import SELECTION_BYTES, Shelf
from engine.reading import BESIDE_FROM, Document, Reader

MAX_BYTES = 64 << 20
LOOKED_AT = 1 << 20  # bytes of new documents, by the estimate; the collector's look takes a millisecond


class Documents:
    """The documents met lately, bounded by an estimate of their bytes. Refusals are remembered too.

    Their plans stand on ``shelf``, which has a bound of its own.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits | None = None,
        max_bytes: int = MAX_BYTES,
        shelf: Shelf | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._unseen = 0
        self._shelf = Shelf() if shelf is None else shelf
        self._reader = Reader(schema, limits or Limits(), self._shelf)
        self._entries: OrderedDict[str, tuple[Document | RequestRefused, int]] = OrderedDict()

    @property
    def unsupported(self) -> Counter[str]:
        """Why documents have no plan, and how many."""
        return self._shelf.unsupported

    @property
    def weight(self) -> int:
        """Bytes of all that is remembered, by the estimate that bounds it."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> Document:
        """The document of this text. Raises ``RequestRefused`` with its syntax, size or validation errors."""
        entry = self._entries.get(text)
        if entry is None:
            entry = self._reader.read(text)
            self._remember(text, entry)
        else:
            self._entries.move_to_end(text)
        found = entry[0]
        if isinstance(found, Document):
            return found
        # A fresh one: raising the kept one would add each request's frames to its traceback.
        raise RequestRefused(found.errors, found.status, legacy_status=found.legacy_status)

    async def meet(self, text: str) -> Document:
        """As ``find``, but a long text that is new is read beside the loop."""
        if len(text) > BESIDE_FROM and text not in self._entries:
            entry = await beside(self._reader.read, text)
            if text not in self._entries:
                self._remember(text, entry)
        return self.find(text)

    def _remember(self, key: str, entry: tuple[Document | RequestRefused, int]) -> None:
        self._entries[key] = entry
        self._bytes += entry[1]
        self._show(entry[1])
        while self._bytes > self._max_bytes and self._entries:
            _, (dropped, weight) = self._entries.popitem(last=False)
            self._bytes -= weight
            if isinstance(dropped, Document):
                dropped.plans.outlive(weight // SELECTION_BYTES)

    def _show(self, weight: int) -> None:
        """Have the collector see now and then what came.

        It counts what is made less what is let go of. Where as many documents go as come, it would look after
        hundreds, at all of them in one look of 140 ms.
        """
        self._unseen += weight
        if self._unseen > LOOKED_AT:
            self._unseen = 0
            gc.collect(1)
