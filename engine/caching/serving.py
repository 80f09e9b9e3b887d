"""Queries, answered from what is kept where that may be, and kept where they may be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import orjson

from engine.caching.answers import Answers, Making
from engine.caching.flights import Flights
from engine.caching.keeping import Key
from engine.caching.policies import Policy
from engine.caching.repeated import Known, Repeated
from engine.invocations import Seen
from engine.observing import current
from engine.operations import Operation
from engine.requests import Encoded, Response
from engine.running import Runner

PATIENCE: Final = 2  # answers that somebody waits for, made for others, before making one alone


@dataclass(frozen=True, slots=True)
class Landed:
    """An answer that was found on the shelf, or made as ``making`` says; the response is its first caller's.

    It ``is_fresh`` where it is known that nothing in it had changed when it was there.
    """

    response: Response
    making: Making | None
    is_fresh: bool

    def serves(self, asked: Making) -> bool:
        """Whether everything that was known to whoever ``asked`` then is in it, and it has no errors."""
        if self.response.encoded is None or self.response.errors:
            return False
        making = self.making
        return self.is_fresh or (
            making is not None
            and making.line is not None
            and making.line == asked.line
            and making.place >= asked.place
        )


class Caching:
    """What becomes of queries.

    ``is_ordinary`` says of a context whether its viewer is shown what everybody is; ``is_known`` whether it
    is anybody at all, whose answers are then not for the caches on the way. Others are shown more, and their
    answers are never kept. Without ``answers`` nothing is, and only how long others may keep it is said.
    """

    def __init__(
        self,
        is_ordinary: Callable[[object], bool],
        is_known: Callable[[object], bool],
        answers: Answers | None = None,
    ) -> None:
        self.answers = answers
        self.repeated = Repeated()
        self._is_ordinary = is_ordinary
        self._is_known = is_known
        self._flights: Flights[Landed] = Flights()

    def at_hand(self, operation: Operation) -> Response | None:
        """The answer for somebody who is nobody."""
        key = None if self.answers is None else self.answers.key(operation)
        return None if key is None else self.find(key)

    def find(self, key: Key) -> Response | None:
        """The same, by its key."""
        return None if self.answers is None else self.answers.find(key)

    def remember(self, body: bytes, operation: Operation) -> None:
        """What the body asks for; not where it asks for more than an answer."""
        key = None if self.answers is None or operation.extensions else self.answers.key(operation)
        if key is not None:
            self.repeated.remember(body, Known(key, operation.title, operation.cost))

    async def run(self, runner: Runner, operation: Operation, context: object) -> Response:
        """Answer a query, by what is kept if the context's viewer may be told that. Never raises."""
        if not self._is_ordinary(context):
            return await runner.run(operation, context)
        known = self._is_known(context)
        answers = self.answers
        key = None if answers is None else answers.key(operation)
        if answers is None or key is None:
            return _told(await runner.run(operation, context), operation.meant.policy, known=known)
        kept = answers.find(key)
        if kept is None:
            response = await self._joined(answers, key, runner, operation, context)
        else:
            response = _hit(runner, kept)
        return _told(response, operation.meant.policy, known=known)

    async def _joined(
        self, answers: Answers, key: Key, runner: Runner, operation: Operation, context: object
    ) -> Response:
        """The answer that is being made, or made from now on, by whoever asks for it first.

        Where that one is given none to share, the next goes on itself; and alone, who has waited twice.
        """
        asked = answers.begin()
        make = partial(_found, answers, key, runner, operation, context)
        for _ in range(PATIENCE):
            flight = self._flights.find(key)
            if flight is None:
                return (await self._flights.begin(key, make).wait()).response
            landed = await flight.follow()
            if landed is not None and landed.serves(asked):
                answers.figures["joined"] += 1
                return await _shared(runner, operation, context, landed)
        return (await make()).response


async def _shared(runner: Runner, operation: Operation, context: object, landed: Landed) -> Response:
    """What another caller was answered; paid for, where making it was."""
    response = Response(encoded=landed.response.encoded)
    if landed.making is None:
        return _hit(runner, response)
    runner.ran("cache")
    _note("joined")
    return await runner.charge(operation, context, response, landed.response.data)


async def _found(answers: Answers, key: Key, runner: Runner, operation: Operation, context: object) -> Landed:
    """The answer on the shelf, or made."""
    kept = await answers.fetch(key, operation)
    if kept is not None:
        return Landed(_hit(runner, kept), None, is_fresh=True)
    _note("miss")
    making, seen = answers.begin(), Seen()
    response = await runner.run(operation, context, seen)
    if response.errors or not response.executed:
        return Landed(response, making, is_fresh=False)
    try:
        response = replace(response, encoded=Encoded(orjson.dumps(response.data)))
    except TypeError:  # no JSON: the carrier has the words for that
        return Landed(response, making, is_fresh=False)
    return Landed(response, making, is_fresh=answers.keep(key, operation, response, making, seen))


def _hit(runner: Runner, kept: Response) -> Response:
    runner.ran("cache")
    _note("hit")
    return kept


def _told(response: Response, policy: Policy, *, known: bool) -> Response:
    """With what HTTP says of an answer without errors; nothing where the policy says nothing."""
    if policy.max_age <= 0 or response.errors or not response.executed:
        return response
    scope = "private" if known or policy.is_private else "public"
    headers = {**response.headers, "cache-control": f"{scope}, max-age={policy.max_age}"}
    # What else a response may say, one without errors that is no event does not; `replace` is slow.
    return Response(response.data, (), response.extensions, headers=headers, encoded=response.encoded)


def _note(cache: str) -> None:
    observation = current()
    if observation is not None:
        observation.cache = cache
