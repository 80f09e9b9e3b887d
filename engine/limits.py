"""How large a document may be, measured before validation and in time linear in what the limits allow.

Fragments make a short document large: sixteen of them, each spread twice by the one before, are 65,536
copies. So the size is counted first, each fragment once, and only a document within ``selections`` is walked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from engine.errors import LIMIT_EXCEEDED, VALIDATION_FAILED, FormattedError, RequestRefused, spoken

TOKENS: Final = "The document has more than {} words and signs."
DEPTH: Final = "The document is deeper than {} levels."
SELECTIONS: Final = "The document selects more than {} fields."
ALIASES: Final = "The document has more than {} aliases."
ROOT_FIELDS: Final = "An operation selects more than {} root fields."


class Extent(NamedTuple):
    """How large a document is, or may be; all but ``tokens`` with each fragment written out."""

    tokens: int
    depth: int
    selections: int
    aliases: int
    root_fields: int

    def beyond(self, most: "Extent") -> list[FormattedError]:
        """What to tell a guest, who may have no more than ``most``; empty where it is not more."""
        return [
            spoken(f"{told.format(limit)} Whoever is logged in may send larger ones.", LIMIT_EXCEEDED)
            for told, size, limit in zip(
                (TOKENS, DEPTH, SELECTIONS, ALIASES, ROOT_FIELDS), self, most, strict=True
            )
            if size > limit
        ]


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest document served. Counts are of the whole document, each fragment written out."""

    length: int = 100_000  # characters
    tokens: int = 2_000  # and lines, and comments
    depth: int = 20  # fields below fields; the standard introspection query needs 15
    definitions: int = 150  # operations and fragments
    selections: int = 3_000  # fields, inline fragments and spreads
    aliases: int = 250
    root_fields: int = 50  # by response name, per operation
    overlaps: int = 2_500  # pairs of fields and fragments to compare, where not all of one name are the same
    cost: int = 1_000_000  # of one operation, whoever asks: rows it may touch, by `engine.cost`
    guests: Extent | None = None  # what guests may send, where that is less

    suggestions: bool = True  # whether a refusal says what a misspelt name may mean, and so tells of others

    def check_text(self, text: str) -> None:
        """Raise ``RequestRefused`` for a text that is too long, or of more lines than it may have tokens."""
        if len(text) > self.length:
            raise _exceeded(f"The document has more than {self.length} characters.")
        if text.count("\n") + text.count("\r") > self.tokens:  # each error's place is found by counting them
            raise _exceeded(f"The document has more than {self.tokens} lines.")

    def check_overlaps(self, pairs: int) -> None:
        """Raise ``RequestRefused`` where comparing so many pairs takes too long."""
        if pairs > self.overlaps:
            raise _exceeded("The document selects the same fields too many times.")

    def check(self, document: DocumentNode) -> Extent:
        """How large it is.

        Raises ``RequestRefused`` for a document that is too large, or whose fragments spread themselves.
        """
        try:
            return _Measure(self, document).check()
        except RecursionError:
            refusal = _exceeded("The document is nested too deeply.")
        raise refusal  # outside the block, so as not to keep a thousand frames alive as its context


def _exceeded(message: str) -> RequestRefused:
    return RequestRefused.because(message, LIMIT_EXCEEDED, legacy_status=200)


def _invalid(message: str) -> RequestRefused:
    """Validation would say so too, but only after work that nothing has bounded."""
    return RequestRefused.because(message, VALIDATION_FAILED, legacy_status=200)


class _Measure:
    def __init__(self, limits: Limits, document: DocumentNode) -> None:
        self._limits = limits
        self._tokens = document.token_count
        self._roots = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        for node in document.definitions:
            if not isinstance(node, FragmentDefinitionNode):
                continue
            if node.name.value in self._fragments:
                raise _invalid(f"There can be only one fragment named '{node.name.value}'.")
            self._fragments[node.name.value] = node
        self._sizes: dict[str, int | None] = {}  # None while a fragment is being counted
        self._depth = self._aliases = self._root_fields = 0

    def check(self) -> Extent:
        if len(self._roots) + len(self._fragments) > self._limits.definitions:
            raise _exceeded(f"The document defines more than {self._limits.definitions} things.")
        size = self._check_size()
        for root in self._roots:
            self._walk([root.selection_set], depth=1)
        for fragment in self._unspread:  # invalid, but validation still merges their fields
            self._walk([fragment.selection_set], depth=1)
        return Extent(self._tokens, self._depth, size, self._aliases, self._root_fields)

    def _check_size(self) -> int:
        size = sum(self._size(root.selection_set) for root in self._roots)
        self._unspread = [node for name, node in self._fragments.items() if name not in self._sizes]
        size += sum(self._fragment_size(node.name.value) for node in self._unspread)
        if size > self._limits.selections:
            raise _exceeded(SELECTIONS.format(self._limits.selections))
        return size

    def _size(self, selections: SelectionSetNode) -> int:
        size = 0
        for node in selections.selections:
            size += 1
            if isinstance(node, FragmentSpreadNode):
                size += self._fragment_size(node.name.value)
            elif isinstance(node, (FieldNode, InlineFragmentNode)) and node.selection_set:
                size += self._size(node.selection_set)
        return min(size, self._limits.selections + 1)  # it doubles with each fragment: keep the numbers small

    def _fragment_size(self, name: str) -> int:
        if name not in self._fragments:
            return 0
        if name not in self._sizes:
            self._sizes[name] = None
            self._sizes[name] = self._size(self._fragments[name].selection_set)
        size = self._sizes[name]
        if size is None:
            raise _invalid(f"Cannot spread fragment '{name}' within itself.")
        return size

    def _walk(self, selection_sets: Iterable[SelectionSetNode], depth: int) -> None:
        """Follow one level of the answer: fields of one name are one field, with all their selections."""
        level: dict[str, list[FieldNode]] = {}
        for node in chain.from_iterable(map(self._fields, selection_sets)):
            level.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            self._aliases += node.alias is not None
        self._check_level(len(level), depth)
        for nodes in level.values():
            below = [node.selection_set for node in nodes if node.selection_set]
            if below:
                self._walk(below, depth + 1)

    def _fields(self, selection_set: SelectionSetNode) -> Iterable[FieldNode]:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
                yield from self._fields(self._fragments[node.name.value].selection_set)

    def _check_level(self, width: int, depth: int) -> None:
        limits = self._limits
        self._depth = max(self._depth, depth)
        if depth > limits.depth:
            raise _exceeded(DEPTH.format(limits.depth))
        if depth == 1:
            self._root_fields = max(self._root_fields, width)
        if self._root_fields > limits.root_fields:
            raise _exceeded(ROOT_FIELDS.format(limits.root_fields))
        if self._aliases > limits.aliases:
            raise _exceeded(ALIASES.format(limits.aliases))
