"""What becomes of an observed operation: a line in the log, figures, and a word to whoever asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from db.recording import Recording, recording
from engine.observing import Observation
from engine.requests import Response
from server.logs import facts
from server.metrics import Metrics

log = structlog.get_logger(__name__)


class Watching:
    """Sees every operation.

    ``debug``: a request whose ``extensions`` have ``"debug": true`` is answered with the statements and the
    batches it took, under ``extensions.debug``.
    """

    def __init__(self, metrics: Metrics, *, debug: bool) -> None:
        self._metrics = metrics
        self._debug = debug
        self._log = log.bind()  # found once: looking a logger up costs more than its line

    @contextmanager
    def __call__(self, observation: Observation) -> Iterator[None]:
        explained = self._debug and observation.asked.get("debug") is True
        with recording(in_words=explained) as notes:
            try:
                yield
            finally:
                self._end(observation, notes)
        if explained:
            observation.extensions["debug"] = _explanation(observation, notes)

    def _end(self, observation: Observation, notes: Recording) -> None:
        seconds = observation.seconds
        codes = codes_of(observation.response)
        self._metrics.operation(observation, outcome(observation.response), seconds, notes.count, codes)
        tell = self._log.debug if observation.kind == "event" else self._log.info
        tell(
            "operation",
            kind=observation.kind,
            name=observation.name,
            outcome=outcome(observation.response),
            ms=round(seconds * 1000, 1),
            statements=notes.count,
            cost=observation.cost,
            **facts(how=observation.how, codes=codes),
        )


def outcome(response: Response | None) -> str:
    """In one word: ok, errors, refused (nothing was executed), or left (nobody waited for the answer)."""
    if response is None:
        return "left"
    if not response.executed:
        return "refused"
    return "errors" if response.errors else "ok"


def codes_of(response: Response | None) -> list[str]:
    """The codes of the errors at the top of an answer, then of those in a mutation's payloads."""
    if response is None:
        return []
    codes = [error["extensions"]["code"] for error in response.errors]
    for payload in (response.data or {}).values():
        told = payload.get("errors") if isinstance(payload, Mapping) else None
        if isinstance(told, list):
            codes += [error["code"] for error in told if isinstance(error, Mapping) and error.get("code")]
    return codes


def _explanation(observation: Observation, notes: Recording) -> dict[str, Any]:
    return {
        "ms": _ms(observation.seconds),
        "how": observation.how,
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
