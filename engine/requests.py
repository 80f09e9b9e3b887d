"""What comes in and what goes out, whatever carries it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import orjson

from engine.errors import BAD_USER_INPUT, LIMIT_EXCEEDED, FormattedError, RequestRefused

BATCHING_NOT_SUPPORTED = "BATCHING_NOT_SUPPORTED"
DOCUMENT_IDS = ("documentId", "doc_id", "id")  # the draft's, Relay's, and what others have made of it
COST = "cost"  # among an answer's extensions: what it did cost, and what its caller has left
MAX_VALUES = 20_000  # in the variables of a request: each is looked at, and converted, before anything runs
MAX_OBJECTS = 1_000  # among them: each is converted at all the fields that its input might have
# Texts of JSON. One without an end takes all the rest, so that nothing is looked at twice.
TEXTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
SIGNS = (b",", b":", b"{", b"[")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of one operation, of the right JSON types and otherwise unchecked.

    Without a text in ``query`` there is a ``document_id``, which may also come beside it; ``automatic`` is
    one that came in Apollo's way, in which clients teach us. ``idempotency_key`` is the one that the
    request's headers brought.
    """

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    automatic: bool = False
    idempotency_key: str | None = None

    @classmethod
    def parse(cls, value: object, *, looked_at: bool = False) -> Self:
        """Read the JSON value of a body or message. Raises ``RequestRefused``.

        ``looked_at``: its text ``is_plain``.
        """
        if isinstance(value, list):
            raise RequestRefused.because("Send one operation at a time.", BATCHING_NOT_SUPPORTED)
        if not isinstance(value, dict):
            raise RequestRefused.because("The request must be a JSON object.")
        extensions = _map(value, "extensions")
        document_id, automatic = _document_id(value, extensions)
        query = value.get("query")
        if document_id is not None and query is None:
            query = ""
        if not isinstance(query, str) or not (query or document_id):
            raise RequestRefused.because("The parameter query must be a string with a GraphQL document.")
        operation_name = value.get("operationName")
        if operation_name is not None and not isinstance(operation_name, str):
            raise RequestRefused.because("The parameter operationName must be a string.")
        request = cls(
            query, operation_name or None, _map(value, "variables"), extensions, document_id, automatic
        )
        if not looked_at and _holds_nul(request.variables):
            raise nul_refused()
        return request

    def keyed(self, key: str | None) -> Self:
        """The same, under this idempotency key if there is one."""
        return self if key is None else replace(self, idempotency_key=key)

    def returning(self, cursor: str) -> Self:
        """The same, from a client that says what it heard last in its carrier's own way.

        That counts before anything in the request, which a client that reconnects by itself only repeats.
        """
        return replace(self, extensions={**self.extensions, "subscription": {"after": cursor}})


def _document_id(value: Mapping[str, Any], extensions: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The id of the document, and whether it came in Apollo's way, in which clients teach documents."""
    if not extensions and "documentId" not in value and "doc_id" not in value and "id" not in value:
        return None, False  # nearly always
    named = [value[name] for name in DOCUMENT_IDS if isinstance(value.get(name), str) and value[name]]
    persisted = extensions.get("persistedQuery")
    automatic = not named and persisted is not None
    if automatic:
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise RequestRefused.because(
                "PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED", legacy_status=200
            )
        named = [persisted.get("sha256Hash")]
        if not isinstance(named[0], str) or not named[0]:
            raise RequestRefused.because("The parameter sha256Hash must be a string with the document's id.")
    return (named[0].removeprefix("sha256:") if named else None), automatic


def nul_refused() -> RequestRefused:
    """For the one character that databases cannot keep."""
    return RequestRefused.because("The character U+0000 cannot be part of a text.", BAD_USER_INPUT)


def too_many_values(what: str = "The variables hold") -> RequestRefused:
    """For what would take long to look at."""
    message = f"{what} more than {MAX_VALUES} values, or {MAX_OBJECTS} objects."
    return RequestRefused.because(message, LIMIT_EXCEEDED, 413)


def holds_too_many(body: bytes) -> bool:
    """Whether this JSON holds more values or objects than variables may, without making any of them.

    A value has at most a bracket and a comma, a key has a colon. Each text is a value or a key.
    """
    if len(body) <= MAX_OBJECTS:
        return False
    most = 2 * MAX_VALUES
    if body.count(b"{") <= MAX_OBJECTS and (len(body) <= most or _signs(body) <= most):
        return False
    rest, texts = TEXTS.subn(b"", body, most + 1)
    return texts > most or rest.count(b"{") > MAX_OBJECTS or _signs(rest) > most


def _signs(body: bytes) -> int:
    return sum(map(body.count, SIGNS))


def is_plain(body: bytes) -> bool:
    """Whether this JSON cannot hold too many values, nor a text with the character U+0000."""
    if rb"\u0000" in body:
        return False
    # Each value and each key takes a byte, and has a sign of its own.
    return len(body) < MAX_VALUES or _signs(body) < MAX_VALUES


def _holds_nul(value: object) -> bool:
    """Whether a text within this JSON value has the character U+0000. Raises ``RequestRefused`` for many."""
    waiting = [value]  # and no recursion: JSON nests deeper than Python does
    left, objects = MAX_VALUES, MAX_OBJECTS
    while waiting:
        left -= 1
        if left < len(waiting) or not objects:
            raise too_many_values()
        match waiting.pop():
            case str() as text:
                if "\0" in text:
                    return True
            case dict() as mapping:
                objects -= 1
                waiting += [*mapping.keys(), *mapping.values()]
            case list() as items:
                waiting += items
    return False


def _map(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RequestRefused.because(f"The parameter {name} must be a JSON object.")
    return found


@dataclass(slots=True)
class Encoded:
    """The JSON of an answer's data, written once, and what HTTP has made of the whole answer."""

    data: bytes
    etag: str | None = None
    whole: bytes | None = None
    packed: bytes | None = None
    """Compressed."""
    head: tuple[object, list[tuple[bytes, bytes]]] | None = None
    """The headers that were sent last, and what they followed from."""


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one operation or one event.

    ``executed`` is false where execution never began: the answer then has no ``data`` at all, ``errors`` is
    not empty, and a stream ends with it. ``status`` and ``legacy_status`` are as ``RequestRefused``'s.
    ``cursor`` is the place of an event in its history; ``is_event`` is false where there is only a place to
    tell, to clients that have a way to hear it. An answer in parts has in ``part`` what each says beside the
    data, which only the one that ``is_first`` has; the errors of the others are in ``part`` already.
    """

    data: Mapping[str, Any] | None = None
    errors: Sequence[FormattedError] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    executed: bool = True
    status: int = 200
    legacy_status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None
    is_event: bool = True
    part: Mapping[str, Any] | None = None
    is_first: bool = True
    encoded: Encoded | None = None
    """The data's JSON, where it has been written already; it then counts, whether there is data or not."""

    @classmethod
    def refused(cls, refusal: RequestRefused) -> Self:
        """The answer that says no."""
        return cls(
            errors=refusal.errors,
            executed=False,
            status=refusal.status,
            legacy_status=refusal.legacy_status,
            headers=refusal.headers,
        )

    def body(self) -> dict[str, Any]:
        """The response map, errors first so that a reader of a cut answer sees them."""
        body: dict[str, Any] = {}
        if self.errors and self.is_first:
            body["errors"] = list(self.errors)
        if self.executed and self.is_first:
            body["data"] = self.data if self.encoded is None else orjson.Fragment(self.encoded.data)
        if self.part is not None:
            body |= self.part
        if self.extensions:
            body["extensions"] = self.extensions
        return body
