"""What becomes of an observed operation: a line in the log, figures, and a word to whoever asked."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import structlog
from graphql import GraphQLEnumType, GraphQLSchema, get_named_type

from db.recording import Recording, Sent, begin, end
from engine.observing import Observation
from engine.requests import Response
from server.logs import facts
from server.metrics import Metrics

# An operation, its outcome in a word, its statements and the codes of its errors.
Trace = Callable[[Observation, str, Sequence[Sent], Sequence[str]], None]

log = structlog.get_logger(__name__)
NOTHING: Final = Recording(in_words=False)
"""Of an answer that was at hand."""


class Watching:
    """Sees every operation.

    ``debug``: a request whose ``extensions`` have ``"debug": true`` is answered with the statements and the
    batches it took, under ``extensions.debug``. ``trace`` is told of operations that have ended. Of what a
    payload says are its errors' codes, only ``payload_codes`` are believed.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        debug: bool,
        trace: Trace | None = None,
        payload_codes: Collection[str] = (),
    ) -> None:
        self._metrics = metrics
        self._payload_codes = frozenset(payload_codes)
        self._trace = trace
        self._debug = debug
        self._log = log.bind()  # found once: looking a logger up costs more than its line

    def __call__(self, observation: Observation) -> "Watched":
        in_words = self._trace is not None or self.explains(observation)
        return Watched(self, observation, Recording(in_words=in_words))

    def told_again(self, observation: Observation) -> None:
        """Without a look for statements: there are none."""
        if observation.asked:  # perhaps how it was made
            with self(observation):
                return
        self.end(observation, NOTHING)

    def explains(self, observation: Observation) -> bool:
        """Whether the answer is to say how it was made."""
        return self._debug and observation.asked.get("debug") is True

    def end(self, observation: Observation, notes: Recording) -> None:
        seconds = observation.seconds
        codes, ended = self._codes(observation), outcome(observation.response)
        self._metrics.operation(observation, ended, seconds, notes.count, codes)
        level = logging.DEBUG if observation.kind == "event" else logging.INFO
        if self._log.is_enabled_for(level):  # or else the words would be put together for nobody
            self._log.log(
                level,
                "operation",
                kind=observation.kind,
                name=observation.name,
                outcome=ended,
                ms=round(seconds * 1000, 1),
                statements=notes.count,
                cost=observation.cost,
                **facts(how=observation.how, codes=codes),
            )
        if self._trace is not None:
            self._trace(observation, ended, notes.sent, codes)

    def _codes(self, observation: Observation) -> list[str]:
        """The codes of the errors at the top of an answer, then of those in a mutation's payloads.

        A client may ask for anything under the names of those, an address as well.
        """
        response = observation.response
        if response is None:
            return []
        codes = [error["extensions"]["code"] for error in response.errors]
        if observation.kind != "mutation":
            return codes
        for payload in (response.data or {}).values():
            told = payload.get("errors") if isinstance(payload, dict) else None
            if isinstance(told, list):
                found = [error.get("code") for error in told if isinstance(error, dict)]
                codes += [code for code in found if isinstance(code, str) and code in self._payload_codes]
        return codes


class Watched:
    """The time of one operation."""

    __slots__ = ("_notes", "_observation", "_token", "_watching")

    def __init__(self, watching: Watching, observation: Observation, notes: Recording) -> None:
        self._watching = watching
        self._observation = observation
        self._notes = notes

    def __enter__(self) -> None:
        self._token = begin(self._notes)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        end(self._token)
        self._watching.end(self._observation, self._notes)
        if kind is None and self._notes.in_words and self._watching.explains(self._observation):
            self._observation.extensions["debug"] = _explanation(self._observation, self._notes)


def outcome(response: Response | None) -> str:
    """In one word: ok, errors, refused (nothing was executed), or left (nobody waited for the answer)."""
    if response is None:
        return "left"
    if not response.executed:
        return "refused"
    return "errors" if response.errors else "ok"


def payload_codes(schema: GraphQLSchema) -> frozenset[str]:
    """Every code that the payload of a mutation may tell."""
    assert schema.mutation_type is not None, "the shop has mutations"
    found: set[str] = set()
    for mutation in schema.mutation_type.fields.values():
        kind: Any = get_named_type(mutation.type)
        for name in ("errors", "code"):
            kind = get_named_type(kind.fields[name].type)
        assert isinstance(kind, GraphQLEnumType), "a code is one of a payload's own"
        found.update(kind.values)
    return frozenset(found)


def _explanation(observation: Observation, notes: Recording) -> dict[str, Any]:
    return {
        "ms": _ms(observation.seconds),
        "how": observation.how,
        "cache": observation.cache,
        "cost": observation.cost,
        "statements": [
            {"text": " ".join(sent.text.split()), "ms": _ms(sent.seconds), "rows": sent.rows}
            for sent in notes.sent
        ],
        "batches": [
            {"relation": batch.relation, "keys": batch.keys, "ms": _ms(batch.seconds)}
            for batch in observation.batches
        ],
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
