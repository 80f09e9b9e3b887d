"""Whether traces are sent: the packages that do it are not even imported where they are not."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import Protocol

from starlette.types import ASGIApp

from db.recording import Sent
from engine.observing import Observation


class Traces(Protocol):
    """What tells a collector."""

    def tell(
        self, observation: Observation, outcome: str, statements: Sequence[Sent], codes: Sequence[str]
    ) -> None:
        """An operation that has ended."""

    def telling(self) -> AbstractAsyncContextManager[None]:
        """Tell what is left when the block ends."""

    def carried(self, app: ASGIApp) -> ASGIApp:
        """``app``, with each request's trace noted before it."""


def traces_to(endpoint: str) -> Traces | None:
    """What tells the collector at this address; None without one."""
    if not endpoint:
        return None
    made: Traces = import_module("server.tracing").Tracing(endpoint)
    return made
