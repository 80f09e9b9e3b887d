"""What sees operations has no say in their answers."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.executor import Executor
from engine.loading import Loading
from engine.observing import Observation
from engine.requests import GraphQLRequest
from tests.engine.library import SCHEMA, Calls, Context


class Broken:
    """Fails at the end of each operation."""

    @contextmanager
    def __call__(self, observation: Observation) -> Iterator[None]:
        yield
        raise ArithmeticError(observation.name)

    def told_again(self, observation: Observation) -> None:
        """No answer is kept here."""


async def test_an_operation_is_answered_though_what_counts_it_fails(caplog: pytest.LogCaptureFixture) -> None:
    executor = Executor(SCHEMA.graphql, lambda _: None, observe=Broken())
    operation = await executor.prepare(GraphQLRequest("mutation Put { put(shelf: 1) { label } }"))

    async def context() -> Context:
        return Context(Loading(Calls()))

    answer = await executor.answer(operation, context)

    assert (answer.data, [*answer.errors]) == ({"put": {"label": "Shelf 1"}}, [])
    assert caplog.messages == ["Put was not counted"]
