"""Coming back to a live field: places in the history of its events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import BAD_USER_INPUT, RequestRefused
from engine.requests import Response

NAME = "subscription"  # of the extension, in requests as in responses


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

    ``recovered`` says to a client that came back whether it was told everything since, and to any client
    that something was lost; null where there is nothing to say. A source that knows no places gives plain
    callables.
    """

    cursor: str
    recovered: bool | None = None

    async def __call__(self, context: Any) -> Any:
        """What the event says, read with the context made for it."""
        raise NotImplementedError


def told(event: LiveEvent, response: Response) -> Response:
    """The response with the event's place."""
    said: dict[str, Any] = {"cursor": event.cursor}
    if event.recovered is not None:
        said["recovered"] = event.recovered
    return replace(response, extensions={**response.extensions, NAME: said}, cursor=event.cursor)
