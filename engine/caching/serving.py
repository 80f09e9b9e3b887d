"""Queries, answered from what is kept where that may be, and kept where they may be."""

from collections.abc import Callable
from dataclasses import replace

import orjson

from engine.caching.answers import Answers
from engine.caching.keeping import Key
from engine.caching.policies import Policy
from engine.caching.repeated import Known, Repeated
from engine.invocations import Seen
from engine.observing import current
from engine.operations import Operation
from engine.requests import Encoded, Response
from engine.running import Runner


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
            return _told(await runner.run(operation, context), operation.policy, known=known)
        kept = answers.find(key) or await answers.fetch(key, operation)
        if kept is not None:
            runner.ran("cache")
            _note("hit")
            return _told(kept, operation.policy, known=known)
        _note("miss")
        return _told(await _made(answers, key, runner, operation, context), operation.policy, known=known)


async def _made(
    answers: Answers, key: Key, runner: Runner, operation: Operation, context: object
) -> Response:
    making, seen = answers.begin(), Seen()
    response = await runner.run(operation, context, seen)
    if response.errors or not response.executed:
        return response
    try:
        response = replace(response, encoded=Encoded(orjson.dumps(response.data)))
    except TypeError:  # no JSON: the carrier has the words for that
        return response
    answers.keep(key, operation, response, making, seen)
    return response


def _told(response: Response, policy: Policy, *, known: bool) -> Response:
    """With what HTTP says of an answer without errors; nothing where the policy says nothing."""
    if policy.max_age <= 0 or response.errors or not response.executed:
        return response
    scope = "private" if known or policy.is_private else "public"
    control = {"cache-control": f"{scope}, max-age={policy.max_age}"}
    return replace(response, headers={**response.headers, **control})


def _note(cache: str) -> None:
    observation = current()
    if observation is not None:
        observation.cache = cache
