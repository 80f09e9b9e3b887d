"""What a live field gives, and coming back to it: places in the history of its events."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from engine.errors import BAD_USER_INPUT, RequestRefused
from engine.requests import Response

NAME = "subscription"  # of the extension, in requests as in responses
AFTER = "after"  # the argument of a live field that says the same
TOO_SLOW = "SUBSCRIPTION_TOO_SLOW"  # the code for a listener that is let go: it may come back with its cursor


@dataclass(frozen=True, slots=True)
class Returning:
    """The root value of a subscription's field: ``after`` is the cursor the client came back with, if any."""

    after: str | None = None

    @classmethod
    def of(cls, extensions: Mapping[str, Any]) -> "Returning":
        """Read ``extensions.subscription.after`` of a request. Raises ``RequestRefused``."""
        given = extensions.get(NAME) or {}
        after = given.get("after") if isinstance(given, dict) else 0  # no text: refused below
        if after is not None and not isinstance(after, str):
            raise RequestRefused.because("The extension subscription.after is a cursor.", BAD_USER_INPUT)
        return cls(after or None)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a source may give between events: up to ``cursor`` there was nothing else to tell."""

    cursor: str


class LiveEvent:
    """An event with a place: whoever comes back with ``cursor`` is told what came after it.

    ``place`` grows with every event. ``recovered`` says to a client that came back whether it was told
    everything since, and to any client that something was lost; null where there is nothing to say. Of
    several events with one ``about`` the newest says all that the others said. A source that knows no places
    gives plain callables.
    """

    cursor: str
    place: int = 0
    recovered: bool | None = None
    about: Hashable = None

    async def __call__(self, context: Any) -> Any:
        """What the event says, read with the context made for it."""
        raise NotImplementedError

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it; known when it has been asked."""
        return False


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is shown the same: viewers of equal ``name``.

    ``context`` makes the context of an event for all of them; where null, it is made as for any of them.
    ``beside`` gives a context of the same viewer that shares what the given one has read.
    """

    name: Hashable
    beside: Callable[[Any], Any]
    context: Callable[[], Awaitable[object]] | None = None


class Source(Protocol):
    """The events of a live field, for any number of listeners who are shown the same.

    Nothing is opened before ``live`` or ``missed`` is iterated. ``after`` is the cursor that the listener
    came back with; ``ends`` after how many seconds it may listen no more, and what it is told then.
    """

    @property
    def audience(self) -> Audience: ...

    @property
    def after(self) -> str | None: ...

    @property
    def ends(self) -> tuple[float, Exception] | None: ...

    async def first(self, context: Any, cursor: str, *, returning: bool) -> LiveEvent | None:
        """Whether the context's viewer may listen: raises a refusal if not.

        An event where something is to be told at once, which may also be the last. ``cursor`` is where the
        listener goes on.
        """

    def place(self, cursor: str) -> int:
        """The place in a cursor. Raises a refusal."""

    def live(self) -> AsyncGenerator[Mark | Sequence[LiveEvent]]:
        """Everything from now on, in order; a mark comes first, when nothing escapes any more.

        Events that have happened by the same moment come together. Nothing comes after the last.
        """

    def missed(self, after: int) -> AsyncGenerator[LiveEvent]:
        """Everything after a place that has happened when this is called; it ends."""


class Told:
    """One answer of a live field, as all listeners of a group are told it."""

    __slots__ = ("about", "cost", "frame", "framed", "head", "place", "response", "tail")

    def __init__(self, response: Response, event: object = None, cost: int = 0) -> None:
        self.response = response
        self.cost = cost
        self.place = event.place if isinstance(event, LiveEvent) else 0
        self.about = event.about if isinstance(event, LiveEvent) else None
        self.tail: bytes | None = None
        """How its message ends, the same for every listener: kept by the first that writes it."""
        self.head: bytes | None = None
        self.framed: Callable[[bytes, bytes], bytes] | None = None
        """Frames a head and the tail; known when one was framed."""
        self.frame = b""
        """The whole message behind ``head``: it is the next listener's too, if that has the same head."""


class Follower(Protocol):
    """A client's end of a subscription, to whom a group tells its events."""

    def tell(self, told: Told) -> None:
        """Take an answer. Does not wait."""

    def end(self, response: Response | None) -> None:
        """Nothing more comes. ``response`` is a refusal to be told, null where all has been told."""


def told(event: LiveEvent, response: Response, *, recovered: bool | None = None) -> Response:
    """The response with the event's place; ``recovered`` is said where the event has nothing to say of it."""
    said: dict[str, Any] = {"cursor": event.cursor}
    recovered = recovered if event.recovered is None else event.recovered
    if recovered is not None:
        said["recovered"] = recovered
    return replace(response, extensions={**response.extensions, NAME: said}, cursor=event.cursor)
