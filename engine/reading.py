"""A document that is new: parsed, measured, validated and priced."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import getsizeof

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
)

from engine.caching.policies import Policy, policies_of
from engine.cost import Costs, costs_of
from engine.delays import puts_off
from engine.errors import (
    INTROSPECTION_DISABLED,
    LIMIT_EXCEEDED,
    OPERATION_RESOLUTION_FAILURE,
    PARSE_FAILED,
    VALIDATION_FAILED,
    FormattedError,
    RequestRefused,
    placed,
)
from engine.introspecting import Introspection, reads_among_others, reads_schema
from engine.invocations import Invoker
from engine.lexing import parse
from engine.limits import Limits
from engine.plans import Plans, Shelf
from engine.requests import nul_refused
from engine.tally import Tally
from engine.validating import MAX_ERRORS, Validation
from engine.visiting import errors_by

TOKEN_BYTES = 600  # of a syntax tree and what follows from it; tracemalloc counts 200 to 520
DOCUMENT_BYTES = 20_000  # what the smallest takes beside its text
ERROR_BYTES = 2_000  # what each error of a refusal takes beside its words
DIGITS = 12  # of a digest
NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")  # as it is, or escaped in a string
BESIDE_FROM = 1_000  # characters: what takes 10 ms or more to read is longer, or nearly always so
MAX_PLACES = 10  # of an error, which may have one for each token
MAX_READS = 100  # fields of a schema that are looked at for those that begin it
MOST_TITLE = 100  # characters: it goes into logs and figures, where each stays
MAX_WORDS = 400  # characters of an error: some repeat what was sent
READS_SCHEMA = re.compile(r"\b__(schema|type)\b")  # where the text has neither, no field is named so


@dataclass(frozen=True, slots=True)
class Meant:
    """One operation of a document: what is the same in all its runs. ``name`` is its own, if it has one."""

    name: str | None
    kind: OperationType
    word: str
    """Its kind, as people write it."""
    title: str
    """What to call it: its name, or the beginning of one that is long, or what stands for one."""
    invoker: Invoker
    root_fields: Mapping[str, int]
    """How often it selects each root field, under whatever names."""
    reads_schema: bool
    policy: Policy
    """How long its answer is good for."""


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document and its operations by name; the anonymous one is under None.

    ``digest`` is the beginning of its text's SHA-256.
    """

    digest: str
    syntax: DocumentNode
    operations: Mapping[str | None, Meant]
    plans: Plans
    costs: Costs
    tally: Tally
    introspection: Sequence[FormattedError]
    """What to tell those who may not read the schema; empty where the document does not."""
    too_large: Sequence[FormattedError]
    """What to tell guests; empty where the document is no larger than theirs may be."""
    puts_off: bool
    """Whether it has parts that may come later."""
    hash: bytes
    """The whole SHA-256 of its text."""

    def meant(self, operation_name: str | None) -> Meant:
        """The operation that a request means. Raises ``RequestRefused`` where it means none."""
        found = self.operations.get(operation_name)
        if found is not None:
            return found
        if operation_name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        message = (
            "The document has several operations: operationName must name one."
            if operation_name is None
            else f"The document has no operation named '{operation_name[:MAX_WORDS]}'."
        )
        raise RequestRefused.because(message, OPERATION_RESOLUTION_FAILURE, legacy_status=200)


def _told(error: GraphQLError, code: str) -> FormattedError:
    """The error, cut to what somebody reads."""
    words = placed(error, code)
    if len(words["message"]) > MAX_WORDS:
        words["message"] = f"{words['message'][:MAX_WORDS]} ..."
    if "locations" in words:
        words["locations"] = words["locations"][:MAX_PLACES]
    return words


class Reader:
    """Reads what nobody has read before. ``shelf`` is where the plans of its documents will stand."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, shelf: Shelf) -> None:
        self._schema = schema
        self._limits = limits
        self._validation = Validation(schema, limits)
        self._shelf = shelf

    def read(self, text: str) -> tuple[Document | RequestRefused, int]:
        """The entry for a text, and its weight in bytes. A refusal has no tree."""
        try:
            document, tokens = self._check(text)
        except RequestRefused as refusal:
            words = sum(getsizeof(error["message"]) for error in refusal.errors)
            kept = RequestRefused(refusal.errors, refusal.status, legacy_status=refusal.legacy_status)
            return kept, ERROR_BYTES * (1 + len(refusal.errors)) + words + getsizeof(text)
        # The tree has parts of the text once more.
        return document, DOCUMENT_BYTES + tokens * TOKEN_BYTES + 2 * getsizeof(text)

    def _check(self, text: str) -> tuple[Document, int]:
        """The document and how many tokens it has."""
        limits = self._limits
        limits.check_text(text)
        if NUL.search(text):
            raise nul_refused()
        try:
            syntax = parse(text, tokens=limits.tokens)
        except GraphQLError as error:
            raise RequestRefused([_told(error, PARSE_FAILED)], legacy_status=200) from None
        extent = limits.check(syntax)
        errors = self._validation.errors_of(syntax)
        if errors:
            raise RequestRefused([_told(error, VALIDATION_FAILED) for error in errors], legacy_status=200)
        operations = {
            node.name.value if node.name else None: node
            for node in syntax.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        digest = hashlib.sha256(text.encode(errors="surrogatepass"))
        document = Document(
            digest.hexdigest()[:DIGITS],
            syntax,
            self._meant(syntax, operations, digest.hexdigest()[:DIGITS]),
            Plans(syntax, self._shelf, is_long=len(text) > BESIDE_FROM),
            self._costs(syntax),
            Tally(self._schema, syntax),
            self._introspection(syntax, operations.values()) if READS_SCHEMA.search(text) else (),
            extent.beyond(limits.guests) if limits.guests else (),
            puts_off(syntax),
            digest.digest(),
        )
        return document, syntax.token_count

    def _meant(
        self,
        syntax: DocumentNode,
        operations: Mapping[str | None, OperationDefinitionNode],
        digest: str,
    ) -> dict[str | None, Meant]:
        policies = policies_of(self._schema, syntax)
        found: dict[str | None, Meant] = {}
        for name, node in operations.items():
            selected = root_fields(syntax, node)
            found[name] = Meant(
                name,
                node.operation,
                node.operation.value,
                (name or digest)[:MOST_TITLE],
                Invoker(self._schema, syntax, node, suggestions=self._limits.suggestions),
                selected,
                reads_schema(selected),
                policies[name],
            )
        return found

    def _introspection(
        self, syntax: DocumentNode, operations: Iterable[OperationDefinitionNode]
    ) -> Sequence[FormattedError]:
        """Of the fields that begin it; the rule names those below them as well."""
        introspection = Introspection(self._schema, fragments_of(syntax))
        for operation in operations:
            selected = root_fields(syntax, operation)
            if reads_among_others(selected):
                message = "Ask for the schema in an operation of its own."
                raise RequestRefused.because(message, LIMIT_EXCEEDED, legacy_status=200)
            if reads_schema(selected):
                introspection.check(operation.selection_set)
        errors = errors_by(
            self._schema, syntax, [NoSchemaIntrospectionCustomRule], MAX_READS, suggestions=False
        )
        return [placed(error, INTROSPECTION_DISABLED) for error in errors if "'__" in error.message][
            :MAX_ERRORS
        ]

    def _costs(self, syntax: DocumentNode) -> Costs:
        try:
            return costs_of(self._schema, syntax)
        except RecursionError:
            refusal = RequestRefused.because(
                "The document is nested too deeply.", LIMIT_EXCEEDED, legacy_status=200
            )
        raise refusal  # outside the block, as in `Limits.check`


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a valid document, by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Counter[str]:
    """How often the operation selects each root field; fields that are skipped count as well."""
    fragments = fragments_of(document)
    found: Counter[str] = Counter()
    waiting: list[SelectionSetNode] = [operation.selection_set]  # no more than the limits' selections
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                found[node.name.value] += 1
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                waiting.append(fragments[node.name.value].selection_set)
    return found
