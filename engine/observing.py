"""What an operation did, for whoever keeps count: the server decides what becomes of it."""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from engine.requests import Response

logger = logging.getLogger(__name__)


class Batch(NamedTuple):
    """One read of a relation for many keys at once; how long it took in seconds.

    ``began`` is by ``perf_counter``, as an observation's.
    """

    relation: str
    keys: int
    seconds: float
    began: float


@dataclass(slots=True)
class Observation:
    """One operation, or one event of a subscription, filled while it runs.

    ``kind`` is query, mutation, subscription (its beginning) or event. ``name`` is the operation's, or the
    beginning of its document's hash; either is the client's choice, so there is no end of them. ``asked`` are
    the extensions of the request.
    """

    kind: str
    name: str
    asked: Mapping[str, Any]
    cost: int
    """At most, as it was estimated."""
    how: str = ""
    """How it was run: by "plan", by "reference", in "retreat" from one to the other, out of the "schema", or
    by none ("cache")."""
    cache: str = "bypass"
    """Whether its answer was kept ("hit") or under way for somebody else ("joined"), could have been
    ("miss"), or never is ("bypass")."""
    response: Response | None = None
    """The answer; None while it runs, and where the client left before there was one."""
    extensions: dict[str, Any] = field(default_factory=dict)
    """What the observer adds to the answer's extensions."""
    batches: list[Batch] = field(default_factory=list)
    began: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return perf_counter() - self.began


class Observe(Protocol):
    """Sees what is done."""

    def __call__(self, observation: Observation) -> AbstractContextManager[None]:
        """Entered before an operation begins, in the context it runs in; left when its response is known."""

    def told_again(self, observation: Observation) -> None:
        """See an operation whose answer was at hand, so that nothing happened in between."""


_current: ContextVar[Observation | None] = ContextVar("observation", default=None)


def current() -> Observation | None:
    """What is observed here, if anything is."""
    return _current.get()


class Observing:
    """Lets ``observe`` see the block, and the loaders tell of their batches to ``observation``."""

    __slots__ = ("_observation", "_seen", "_token")

    def __init__(self, observe: Observe, observation: Observation) -> None:
        self._observation = observation
        self._seen = observe(observation)

    def __enter__(self) -> None:
        self._token = _current.set(self._observation)
        self._seen.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._seen.__exit__(kind, raised, trace)
        except Exception:
            # What it saw is done, and answered all the same.
            logger.exception("%s was not counted", self._observation.name)
        finally:
            _current.reset(self._token)
