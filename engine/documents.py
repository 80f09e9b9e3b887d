"""Documents: parsed, measured and validated once, then found by their text."""

import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from engine.cost import Costs, costs_of
from engine.errors import (
    LIMIT_EXCEEDED,
    OPERATION_RESOLUTION_FAILURE,
    PARSE_FAILED,
    VALIDATION_FAILED,
    RequestRefused,
    placed,
)
from engine.invocations import Invoker
from engine.limits import Limits
from engine.plans import Plans, Shelf
from engine.requests import nul_refused
from engine.tally import Tally

BYTES_PER_CHARACTER = 200  # of a syntax tree with its locations; tracemalloc counts 172
ENTRY_BYTES = 2_000  # what the smallest entry costs beside its text
DIGITS = 12  # of a digest
NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")  # as it is, or escaped in a string
MAX_ERRORS = 20  # a client mends a few at a time, and each answer is kept


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document and its operations by name; the anonymous one is under None.

    ``digest`` is the beginning of its text's SHA-256.
    """

    digest: str
    syntax: DocumentNode
    operations: Mapping[str | None, OperationType]
    plans: Plans
    costs: Costs
    tally: Tally
    invokers: Mapping[str | None, Invoker]
    root_fields: Mapping[str | None, Mapping[str, int]]
    """How often each operation selects each root field, under whatever names."""

    def kind(self, operation_name: str | None) -> OperationType:
        """The kind of the operation that a request means. Raises ``RequestRefused`` where it means none."""
        if operation_name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if operation_name in self.operations:
            return self.operations[operation_name]
        message = (
            "The document has several operations: operationName must name one."
            if operation_name is None
            else f"The document has no operation named '{operation_name}'."
        )
        raise RequestRefused.because(message, OPERATION_RESOLUTION_FAILURE, legacy_status=200)

    def title(self, operation_name: str | None) -> str:
        """What to call the operation that a request means: its name, or the document's digest."""
        return operation_name or next(filter(None, self.operations), self.digest)


class Documents:
    """The documents met lately, bounded by an estimate of their bytes. Refusals are remembered too."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits | None = None, max_bytes: int = 64 << 20
    ) -> None:
        self._schema = schema
        self._limits = limits or Limits()
        self._max_bytes = max_bytes
        self._bytes = 0
        self._shelf = Shelf()
        self._entries: OrderedDict[str, tuple[Document | RequestRefused, int]] = OrderedDict()

    @property
    def unsupported(self) -> Counter[str]:
        """Why documents have no plan, and how many."""
        return self._shelf.unsupported

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> Document:
        """The document of this text. Raises ``RequestRefused`` with its syntax, size or validation errors."""
        entry = self._entries.get(text)
        if entry is None:
            entry = self._read(text)
            self._remember(text, entry)
        else:
            self._entries.move_to_end(text)
        found = entry[0]
        if isinstance(found, Document):
            return found
        # A fresh one: raising the kept one would add each request's frames to its traceback.
        raise RequestRefused(found.errors, found.status, legacy_status=found.legacy_status)

    def _read(self, text: str) -> tuple[Document | RequestRefused, int]:
        """The entry for a text, and its weight in bytes. A refusal has no tree."""
        try:
            return self._check(text), ENTRY_BYTES + len(text) * BYTES_PER_CHARACTER
        except RequestRefused as refusal:
            words = sum(len(error["message"]) for error in refusal.errors)
            kept = RequestRefused(refusal.errors, refusal.status, legacy_status=refusal.legacy_status)
            return kept, ENTRY_BYTES * len(refusal.errors) + words + len(text)

    def _check(self, text: str) -> Document:
        limits = self._limits
        if NUL.search(text):
            raise nul_refused()
        try:
            syntax = parse(
                text,
                max_lexical_tokens=limits.tokens,
                max_comments=limits.tokens,
                max_source_length=limits.length,
            )
        except GraphQLError as error:
            raise RequestRefused([placed(error, PARSE_FAILED)], legacy_status=200) from None
        limits.check(syntax)
        errors = validate(
            self._schema,
            syntax,
            specified_rules if limits.introspection else [*specified_rules, NoSchemaIntrospectionCustomRule],
            max_errors=MAX_ERRORS,
            hide_suggestions=not limits.introspection,
        )
        if errors:
            raise RequestRefused([placed(error, VALIDATION_FAILED) for error in errors], legacy_status=200)
        operations = {
            node.name.value if node.name else None: node
            for node in syntax.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        return Document(
            hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:DIGITS],
            syntax,
            {name: node.operation for name, node in operations.items()},
            Plans(syntax, self._shelf),
            self._costs(syntax),
            Tally(self._schema, syntax),
            {name: Invoker(self._schema, syntax, node) for name, node in operations.items()},
            {name: root_fields(syntax, node) for name, node in operations.items()},
        )

    def _costs(self, syntax: DocumentNode) -> Costs:
        try:
            return costs_of(self._schema, syntax)
        except RecursionError:
            refusal = RequestRefused.because(
                "The document is nested too deeply.", LIMIT_EXCEEDED, legacy_status=200
            )
        raise refusal  # outside the block, as in `Limits.check`

    def _remember(self, key: str, entry: tuple[Document | RequestRefused, int]) -> None:
        self._entries[key] = entry
        self._bytes += entry[1]
        while self._bytes > self._max_bytes and self._entries:
            _, (_, weight) = self._entries.popitem(last=False)
            self._bytes -= weight


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Counter[str]:
    """How often the operation selects each root field; fields that are skipped count as well."""
    fragments = {
        node.name.value: node.selection_set
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    found: Counter[str] = Counter()
    waiting: list[SelectionSetNode] = [operation.selection_set]  # no more than the limits' selections
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                found[node.name.value] += 1
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                waiting.append(fragments[node.name.value])
    return found
