"""What can happen to the shop's objects.

Each area declares its own events; a command writes them to the outbox, and from there they are announced.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to the ``subject`` (a GraphQL type's name) with this key.

    Further fields are facts about it.
    """

    subject: ClassVar[str]
    id: int | UUID

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def about(self) -> str:
        """The GraphQL type of what the event happened to."""
        return self.subject

    def facts(self) -> dict[str, Any]:
        """Everything but the key, ready for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "id"}


@dataclass(frozen=True, slots=True)
class CheckoutCreated(Event):
    subject = "Checkout"


@dataclass(frozen=True, slots=True)
class CheckoutUpdated(Event):
    subject = "Checkout"


@dataclass(frozen=True, slots=True)
class OrderCreated(Event):
    """An order was made. ``checkout_id`` is what it was made from."""

    subject = "Order"
    checkout_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderUpdated(Event):
    subject = "Order"


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """Nothing remains to be paid."""

    subject = "Order"


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """The units of a variant that can be bought have changed."""

    subject = "ProductVariant"


@dataclass(frozen=True, slots=True)
class CustomerCreated(Event):
    subject = "User"


@dataclass(frozen=True, slots=True)
class CustomerUpdated(Event):
    subject = "User"


@dataclass(frozen=True, slots=True)
class CustomerDeleted(Event):
    subject = "User"


@dataclass(frozen=True, slots=True)
class MetadataUpdated(Event):
    """``subject`` is whatever carries the metadata."""

    subject = "Metadata"
    of: str = ""

    @property
    def about(self) -> str:
        return self.of


@dataclass(frozen=True, slots=True)
class Announcement:
    """Word of a committed event, as listeners to ``topic`` hear it.

    ``sequence`` tells events apart, and grows with those of one object as long as their writers hold its row.
    Without one nothing is known to have happened: the line was down for a while, and anything may have.
    """

    topic: str
    kind: str = ""
    sequence: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def topic(about: str, key: int | str | UUID) -> str:
    """The name under which one object's events are announced."""
    return f"{about}:{key}"
