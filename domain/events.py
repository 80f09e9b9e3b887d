"""What can happen to the shop's objects.

Each area declares its own events; a command writes them to the outbox.
"""

from dataclasses import asdict, dataclass
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
class MetadataUpdated(Event):
    """``subject`` is whatever carries the metadata."""

    subject = "Metadata"
    of: str = ""
