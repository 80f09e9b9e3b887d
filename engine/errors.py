"""What an error says to a client: refusals are spoken, faults are masked and logged under an id."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from graphql import GraphQLError, ValueNode

logger = logging.getLogger(__name__)

FormattedError = dict[str, Any]  # {message, locations?, path?, extensions: {code, ...}}, ready for JSON

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
LIMIT_EXCEEDED = "GRAPHQL_LIMIT_EXCEEDED"
INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
COST_LIMIT_EXCEEDED = "COST_LIMIT_EXCEEDED"
THROTTLED = "THROTTLED"
OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
BAD_USER_INPUT = "BAD_USER_INPUT"
BAD_REQUEST = "BAD_REQUEST"
INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class Explained(NamedTuple):
    """An expected refusal in the API's words. ``status`` counts only where it kept us from executing."""

    message: str
    code: str
    extensions: Mapping[str, object] = {}
    status: int = 401


Explain = Callable[[Exception], Explained | None]  # None: a fault, nobody expected it


class RequestRefused(Exception):
    """The request was not executed.

    ``status`` is the HTTP status; ``legacy_status`` the one for clients that read ``application/json``, to
    whom a well-formed request with a bad document is a 200. ``headers`` go with the HTTP answer.
    """

    def __init__(
        self,
        errors: Sequence[FormattedError],
        status: int = 400,
        *,
        legacy_status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(errors[0]["message"])
        self.errors = tuple(errors)
        self.status = status
        self.legacy_status = status if legacy_status is None else legacy_status
        self.headers = headers or {}

    @classmethod
    def because(
        cls,
        message: str,
        code: str = BAD_REQUEST,
        status: int = 400,
        *,
        legacy_status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Refuse with a single error that has no place in the document."""
        return cls([spoken(message, code)], status, legacy_status=legacy_status, headers=headers)


def spoken(message: str, code: str, extensions: Mapping[str, object] | None = None) -> FormattedError:
    """One error without a place."""
    return {"message": message, "extensions": {**(extensions or {}), "code": code}}


def placed(error: GraphQLError, code: str) -> FormattedError:
    """graphql-core's own words with our code; a code that the error brings along wins."""
    return _at(error, {"message": error.message, "extensions": {"code": code, **(error.extensions or {})}})


def _at(error: GraphQLError, words: FormattedError) -> FormattedError:
    formatted: FormattedError = {"message": words["message"]}
    if error.locations:
        formatted["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        formatted["path"] = list(error.path)
    return formatted | {"extensions": words["extensions"]}


class Errors:
    """Gives every exception its words: the shop's through ``explain``, a fault an id and nothing else."""

    def __init__(self, explain: Explain, *, debug: bool = False) -> None:
        self._explain = explain
        self._debug = debug

    def field(self, error: GraphQLError) -> FormattedError:
        """An error met while executing, with its path and locations."""
        cause = _cause(error)
        if not isinstance(cause, GraphQLError):
            return _at(error, self.exception(cause, error.path)[0])
        if "code" in (error.extensions or {}):
            return placed(error, BAD_USER_INPUT)
        if error.nodes and isinstance(error.nodes[0], ValueNode):  # a variable that does not fit its argument
            return placed(error, BAD_USER_INPUT)
        return _at(error, self._fault(error, error.path))  # a result that does not fit its declared type

    def exception(
        self, exception: Exception, path: Sequence[str | int] | None = None
    ) -> tuple[FormattedError, int]:
        """The words for an exception from anywhere, and the HTTP status if it kept us from executing."""
        explained = self._explain(exception)
        if explained is None:
            return self._fault(exception, path), 500
        return spoken(explained.message, explained.code, explained.extensions), explained.status

    def _fault(self, exception: Exception, path: Sequence[str | int] | None) -> FormattedError:
        fault_id = uuid.uuid4().hex
        where = ".".join(map(str, path)) if path else "the operation"
        logger.error("Fault %s in %s", fault_id, where, exc_info=exception, extra={"fault_id": fault_id})
        message = f"{type(exception).__name__}: {exception}" if self._debug else "Internal server error."
        return spoken(message, INTERNAL_SERVER_ERROR, {"id": fault_id})


def _cause(error: GraphQLError) -> Exception:
    """What was really raised, below the wrappings graphql-core adds on the way up."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause
