"""Who follows operations in tests."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from engine.executor import Executor
from engine.live import Told
from engine.requests import GraphQLRequest, Response


class Alone:
    """A follower of operations whose answers all come one by one."""

    def tell(self, _told: Told) -> None:
        raise AssertionError("no group tells it")

    def end(self, _response: Response | None) -> None:
        raise AssertionError("no group ends it")


async def answers_to(executor: Executor, query: str, make_context: Any) -> AsyncGenerator[Response]:
    """Every answer to a request."""
    async with aclosing(executor.follow(GraphQLRequest(query), make_context, Alone())) as answers:
        async for answer in answers:
            assert isinstance(answer, Response)
            yield answer
