"""The door to whoever moves the money. A gateway is never called inside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from domain.payments import Action, EventKind, Flow


class Unreachable(Exception):
    """The gateway did not answer: whether it did what it was asked is unknown, and has to be asked again."""


class Useless(Unreachable):
    """It did answer, with nothing that says how this payment stands: about another one it may."""


class Forged(Exception):
    """Nobody who knows the gateway's secret has sent this."""


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
class News:
    """Something that a gateway tells of a payment without being asked for just that.

    ``reference`` is the gateway's name for the step, ``at`` its time of it; null is now. ``request`` is the
    key of the instruction that it answers; empty where the gateway does not know.
    """

    kind: EventKind
    reference: str
    amount: Decimal
    at: datetime | None = None
    message: str = ""
    external_url: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a session. ``flow`` may be another than was asked for; ``data`` is for the browser.

    ``at`` null is now. ``besides`` is what else happened.
    """

    answer: Answer
    flow: Flow
    amount: Decimal
    reference: str = ""
    message: str = ""
    data: Any = None
    external_url: str = ""
    at: datetime | None = None
    besides: Sequence[News] = ()

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
    """What came of an instruction. ``answer`` is never ``ACTION_REQUIRED``: no shopper is there to act.

    An empty ``reference`` leaves the step the name that we gave it: its idempotency key. ``at`` null is now.
    ``besides`` is what else happened: who captures a part may let go of the rest.
    """

    answer: Answer
    action: Action
    amount: Decimal
    reference: str = ""
    message: str = ""
    at: datetime | None = None
    besides: Sequence[News] = ()

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


@runtime_checkable
class Knowing(Gateway, Protocol):
    """A gateway that says at any time how a payment stands, so that none depends on its webhook.

    ``act``, asked again under a key that it knows, says how that stands by now.
    """

    async def look(self, session: Session) -> Outcome:
        """How the payment stands; whatever the shopper may still do stays open to them."""

    async def end(self, session: Session) -> Outcome:
        """How it stands from now on, when the shopper can no longer pay it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gateway's webhook says of one payment; it names it by our id, if it knows that, and its own."""

    transaction_id: UUID | None
    reference: str
    news: Sequence[News]


@runtime_checkable
class Telling(Gateway, Protocol):
    """A gateway that also tells by itself, at ``/webhooks/WEBHOOK``. Several accounts may share the place."""

    @property
    def webhook(self) -> str: ...

    async def understand(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """What the message says; None where it is about nothing of ours. ``headers`` are in lower case.

        Raises ``Forged``, and ``Unreachable`` where it cannot be understood before the gateway is asked.
        """
