"""What the tests of live updates stand on: Redis that can be stopped, and clients on real sockets."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from db import sessions
from db.statements import Connection
from server.asgi import create_app
from server.embedded import binaries
from server.embedded.process import account
from server.embedded.valkey import valkey
from server.settings import Settings
from tests.factory import Factory
from tests.live.sockets import Server
from tests.running import running
from tests.statements import Statements


class Redis:
    """A Valkey of the test's own, that can be stopped and started again at the same address."""

    def __init__(self, place: Path, hold: int) -> None:
        self._place = place
        self._hold = hold
        self._stack = AsyncExitStack()
        self.url = ""

    async def start(self) -> None:
        runner = account()
        program = binaries.valkey({}, runner)
        self.url = await self._stack.enter_async_context(
            valkey(program, self._place, runner, self._hold, durable=False)
        )

    async def stop(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    # A short path: one too long for a socket would be given another link at each start.
    with tempfile.TemporaryDirectory(prefix="matvis-redis-") as place, tempfile.TemporaryFile() as hold:
        server = Redis(Path(place), hold.fileno())
        await server.start()
        yield server
        await server.stop()


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[Connection]:
    async with sessions.open_session(database_url) as opened:
        yield opened


@pytest.fixture
def served(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, statements: Statements
) -> Callable[..., Any]:
    """A server of the whole shop on a port of its own, for the length of an ``async with``."""

    @asynccontextmanager
    async def serve(**changed: Any) -> AsyncIterator[Server]:
        app: Starlette = create_app(settings.model_copy(update=changed), open_test_shop)
        async with running(app) as url:
            yield Server(app, url, factory, statements)

    return serve
