"""What can happen to the shop's objects.

Each area declares its own events; a command writes them to the outbox, and from there they are announced.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
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

    @property
    def also(self) -> str | None:
        """Another topic whose listeners hear of it."""
        return None

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
    """An order was made. ``checkout_id`` is what it was made from.

    Who listens to the checkout hears of it, for no event of the checkout itself says that it is gone.
    """

    subject = "Order"
    checkout_id: str | None = None

    @property
    def also(self) -> str | None:
        return None if self.checkout_id is None else topic("Checkout", self.checkout_id)


@dataclass(frozen=True, slots=True)
class OrderUpdated(Event):
    subject = "Order"


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """Nothing remains to be paid."""

    subject = "Order"


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """It was called off, and what it took was given back."""

    subject = "Order"


@dataclass(frozen=True, slots=True)
class OrderFulfilled(Event):
    """Nothing of it remains to be sent."""

    subject = "Order"


@dataclass(frozen=True, slots=True)
class StockChanged(Event):
    """The units of a variant that can be bought have changed.

    ``product_id`` is what it is a variant of, where whoever tells it knows.
    """

    subject = "ProductVariant"
    product_id: int | None = None


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
class ProductUpdated(Event):
    """What a product is, or shows, has changed."""

    subject = "Product"


@dataclass(frozen=True, slots=True)
class ProductPriceChanged(Event):
    """What is asked for a variant of the product has changed in the channel ``channel_id``."""

    subject = "Product"
    channel_id: int = 0


@dataclass(frozen=True, slots=True)
class Announcement:
    """A committed event as its listeners hear it, and as the shop's history keeps it.

    ``position`` is its place in the one history of the whole shop: it grows with every event, and with those
    of one object in the order of their commits. ``subject`` and ``key`` are what it happened to; ``also`` is
    another topic that hears of it.
    """

    position: int
    kind: str
    subject: str
    key: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    also: str | None = None

    @property
    def topic(self) -> str:
        """What it happened to."""
        return topic(self.subject, self.key)

    @property
    def topics(self) -> tuple[str, ...]:
        """All that hear of it: the object, all of its kind, and ``also``."""
        return (self.topic, feed(self.subject), *([self.also] if self.also else []))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the history goes: ``oldest`` and ``newest`` are the positions of the first and last event kept.

    With no event kept ``oldest`` is one more than ``newest``, which is then the last there ever was.
    """

    oldest: int
    newest: int

    def covers(self, position: int) -> bool:
        """Whether every event after ``position`` is still kept; not so for one that has yet to come."""
        return self.oldest - 1 <= position <= self.newest


LOST = -1
"""A position that no history covers."""


def topic(about: str, key: int | str | UUID) -> str:
    """The name under which one object's events are announced."""
    return f"{about}:{key}"


def feed(about: str) -> str:
    """The name under which the events of all objects of a kind are announced."""
    return f"{about}:*"
