"""One operation of a document, ready to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import OperationType

from engine.errors import FormattedError, RequestRefused
from engine.reading import Document, Meant

MOST_IN_PARTS: Final = 1_000  # in cost


@dataclass(frozen=True, slots=True)
class Operation:
    """A request whose document is valid and whose operation is known; its variables are still raw."""

    document: Document
    meant: Meant
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]
    cost: int
    """At most, with these variables."""
    idempotency_key: str | None = None
    """The one that came beside the document."""

    @property
    def kind(self) -> OperationType:
        return self.meant.kind

    @property
    def title(self) -> str:
        """Its name or the beginning of it, or what stands for one."""
        return self.meant.title

    @property
    def introspection(self) -> Sequence[FormattedError]:
        """What to tell those who may not read the schema; empty where the document does not."""
        return self.document.introspection

    @property
    def too_large(self) -> Sequence[FormattedError]:
        """What to tell a guest whose document may not be as large."""
        return self.document.too_large

    @property
    def root_fields(self) -> Mapping[str, int]:
        """How often it selects each root field."""
        return self.meant.root_fields

    def actual_cost(self, data: Mapping[str, Any] | None, errors: Sequence[FormattedError] = ()) -> int:
        """What it did cost, by its answer and what it was handed.

        Where the null of an error has spread, the answer does not show what was read: the estimate counts.
        """
        if errors and any(_has_spread(data, error["path"]) for error in errors if "path" in error):
            return self.cost
        name = self.meant.name
        return self.document.tally.of(name, data) + self.document.costs.given[name].count(self.variables)


def _has_spread(data: object, path: Sequence[str | int]) -> bool:
    """Whether the field at this path is not in the answer: the null of its error stands above it."""
    value: Any = data
    for step in path:
        try:
            value = value[step]
        except (TypeError, LookupError):
            return True
    return False


def comes_in_parts(operation: Operation) -> bool:
    """Whether a client that can read parts is sent them.

    A mutation is answered whole, so is each event of a subscription, and what is asked of the schema: none of
    it comes later than the rest. So is what costs much: a plan has all of it sooner than graphql-core, which
    takes up to thirty times as long, has its first part.
    """
    return (
        operation.document.puts_off
        and operation.cost <= MOST_IN_PARTS
        and operation.kind is OperationType.QUERY
        and not operation.meant.reads_schema
    )


def refuse_mutation(operation: Operation) -> None:
    """For carriers that may only read."""
    if operation.kind is OperationType.MUTATION:
        raise RequestRefused.because(
            "Mutations are sent by POST.", "METHOD_NOT_ALLOWED", 405, headers={"allow": "POST"}
        )


def refuse_subscription(operation: Operation) -> None:
    """For carriers that answer once."""
    if operation.kind is OperationType.SUBSCRIPTION:
        raise RequestRefused.because(
            "A subscription needs a WebSocket, or text/event-stream in the Accept header.",
            "SUBSCRIPTION_NEEDS_STREAM",
        )
