"""What comes in and what goes out, whatever carries it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from engine.errors import FormattedError, RequestRefused

NUL = re.compile(r"\x00|\\u0000|\\u\{0+\}")  # in a document: as it is, or escaped in a string


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The parameters of one operation, of the right JSON types and otherwise unchecked."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read the JSON value of a body or message. Raises ``RequestRefused``."""
        if isinstance(value, list):
            raise RequestRefused.because("Send one operation at a time.", "BATCHING_NOT_SUPPORTED")
        if not isinstance(value, dict):
            raise RequestRefused.because("The request must be a JSON object.")
        query = value.get("query")
        if not isinstance(query, str) or not query:
            raise RequestRefused.because("The parameter query must be a string with a GraphQL document.")
        operation_name = value.get("operationName")
        if operation_name is not None and not isinstance(operation_name, str):
            raise RequestRefused.because("The parameter operationName must be a string.")
        request = cls(query, operation_name or None, _map(value, "variables"), _map(value, "extensions"))
        if NUL.search(query) or _holds_nul(request.variables):
            raise RequestRefused.because("The character U+0000 cannot be part of a text.", "BAD_USER_INPUT")
        return request


def _holds_nul(value: object) -> bool:
    """Whether a text within this JSON value has the one character that databases cannot keep."""
    waiting = [value]  # and no recursion: JSON nests deeper than Python does
    while waiting:
        match waiting.pop():
            case str() as text:
                if "\0" in text:
                    return True
            case dict() as mapping:
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


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one operation or one event.

    ``executed`` is false where execution never began: the answer then has no ``data`` at all, ``errors`` is
    not empty, and a stream ends with it. ``status`` and ``legacy_status`` are as ``RequestRefused``'s.
    """

    data: Mapping[str, Any] | None = None
    errors: Sequence[FormattedError] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    executed: bool = True
    status: int = 200
    legacy_status: int = 200

    @classmethod
    def refused(cls, refusal: RequestRefused) -> Self:
        """The answer that says no."""
        return cls(
            errors=refusal.errors,
            executed=False,
            status=refusal.status,
            legacy_status=refusal.legacy_status,
        )

    def body(self) -> dict[str, Any]:
        """The response map, errors first so that a reader of a cut answer sees them."""
        body: dict[str, Any] = {}
        if self.errors:
            body["errors"] = list(self.errors)
        if self.executed:
            body["data"] = self.data
        if self.extensions:
            body["extensions"] = self.extensions
        return body
