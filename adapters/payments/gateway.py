"""The door to whoever moves the money. A gateway is never called inside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from domain.payments import Action, EventKind, Flow


class Unreachable(Exception):
    """The gateway did not answer: whether it did what it was asked is unknown, and has to be asked again."""


class Answer(StrEnum):
    """How a gateway answers: done, refused, later, or only once the shopper has done something more."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    REQUEST = "REQUEST"
    ACTION_REQUIRED = "ACTION_REQUIRED"


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody is about to pay: what a gateway's form in the browser may need to know."""

    amount: Decimal
    currency: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Session:
    """A shopper's payment, or its next step. ``data`` is what the gateway's own form made of it, as JSON.

    The same ``idempotency_key`` and ``data`` are one step: asked twice, it is taken once and answered alike.
    ``reference`` is the gateway's name for the payment, empty before it has given one.
    """

    idempotency_key: str
    transaction_id: UUID
    flow: Flow
    amount: Decimal
    currency: str
    reference: str = ""
    data: Any = None
    customer_ip: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a session. ``flow`` may be another than was asked for; ``data`` is for the browser."""

    answer: Answer
    flow: Flow
    amount: Decimal
    reference: str = ""
    message: str = ""
    data: Any = None
    external_url: str = ""

    @property
    def kind(self) -> EventKind:
        return EventKind(f"{self.flow}_{self.answer}")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the shop asks of a payment that stands: to capture it, to refund it, to void it."""

    idempotency_key: str
    action: Action
    amount: Decimal
    currency: str
    reference: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an instruction. ``answer`` is never ``ACTION_REQUIRED``: no shopper is there to act."""

    answer: Answer
    action: Action
    amount: Decimal
    reference: str
    message: str = ""

    @property
    def kind(self) -> EventKind:
        return EventKind(f"{self.action}_{self.answer}")


class Gateway(Protocol):
    """One way to pay. Every method raises ``Unreachable`` when no answer came in time."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def currencies(self) -> Sequence[str] | None:
        """ISO 4217 codes; null is any."""

    @property
    def config(self) -> Mapping[str, str | None]:
        """What browsers may know of the gateway's settings."""

    async def initialize(self, opening: Opening) -> Any:
        """What the gateway's form in the browser begins with, as JSON."""

    async def process(self, session: Session) -> Outcome: ...

    async def act(self, instruction: Instruction) -> Done: ...
