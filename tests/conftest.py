"""What tests stand on: real servers, a database of their own, and a client of the API."""

import asyncio
import gc
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, find
from hypothesis import settings as hypothesis
from hypothesis.strategies import booleans
from redis import Redis

from adapters.signing import generate_private_key
from commands.shop import Shop
from db.pool import Database, PoolOptions, open_database
from server.asgi import create_app
from server.collecting import LOOKS
from server.embedded import Servers, embedded_servers
from server.settings import Settings
from server.wiring import open_shop
from tests.clients import Client, serving
from tests.databases import Databases
from tests.factory import Factory
from tests.locks import SEEN, heard_by
from tests.statements import Statements
from tests.worlds import CheapMail, Clock

# How long an example takes says how busy the machine is: the same examples, at leisure.
hypothesis.register_profile(
    "at leisure", hypothesis(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.load_profile("at leisure")

LONG = {"live", "torture"}
"""Where tests are long: they come first, so that in the end nobody waits for the last of them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--slow"):
        slow = [item for item in items if "slow" in item.keywords]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if "slow" not in item.keywords]
    items.sort(key=lambda item: not LONG.isdisjoint(item.path.parts), reverse=True)


def pytest_collection_finish() -> None:
    """The collector need not look again and again at modules and tests that stay."""
    find(booleans(), bool)  # Hypothesis looks for who holds its random numbers, and would not see the frozen
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOOKS)  # as in a server


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Postgres and Redis: those that ``./run test`` started for all workers, else our own."""
    if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL"):
        yield Servers(os.environ["TEST_DATABASE_URL"], os.environ["TEST_REDIS_URL"])
        return
    with tempfile.TemporaryDirectory(prefix="matvis-test-") as place, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        started = runner.run(stack.enter_async_context(embedded_servers(Path(place), durable=False)))
        yield started
        runner.run(stack.aclose())


@pytest.fixture(scope="session")
def databases(servers: Servers) -> Iterator[Databases]:
    """They are the worker's own."""
    databases = Databases(servers.database_url, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield databases
    databases.close()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of this test's own, empty and migrated."""
    with databases.lent() as url:
        yield url


@pytest.fixture(scope="session")
def worker_redis(servers: Servers) -> Iterator[tuple[str, Redis]]:
    """A database of Redis for each worker, so that workers do not hear each other: where, and a client."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    by_socket = servers.redis_url.startswith("unix")
    url = f"{servers.redis_url}?db={number}" if by_socket else f"{servers.redis_url.rstrip('/')}/{number}"
    with Redis.from_url(url) as client:
        yield url, client


@pytest.fixture
def redis_url(worker_redis: tuple[str, Redis]) -> str:
    """A Redis that holds nothing of the test before, whose shop may have had the same name."""
    url, client = worker_redis
    client.flushdb()
    return url


@pytest.fixture
def statements() -> Statements:
    """Every statement that the test's shop has sent."""
    return Statements()


@pytest.fixture(autouse=True)
def lock_order(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever command a test runs, it locks what it locks in one order with all others."""
    adding = heard_by(SEEN, asyncpg.Connection.add_query_logger)
    monkeypatch.setattr(asyncpg.Connection, "add_query_logger", adding)
    yield
    assert SEEN.cycle() == ()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool of the test's own, beside the shop's: what it sends is not counted."""
    async with open_database(database_url, PoolOptions(maximum=10)) as database:
        yield database


@pytest.fixture
async def factory(database: Database, clock: Clock) -> Factory:
    """Makes the rows a test needs."""
    return Factory(database, clock)


@pytest.fixture
def clock() -> Clock:
    """The shop's clock, which a test may set."""
    return Clock()


@pytest.fixture
def mail() -> CheapMail:
    """Where the shop's mails end up."""
    return CheapMail()


@pytest.fixture
def settings(common: Settings, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return common.model_copy(
        update={"database_url": database_url, "redis_url": redis_url, "data_dir": tmp_path}
    )


@pytest.fixture(scope="session")
def common(private_key: str) -> Settings:
    """Those that are the same for every test, read once."""
    return Settings(
        public_url="http://testserver",
        secret_key="s" * 32,
        jwt_private_key=private_key,
        cost_budget=0,
        login_budget=0,
        code_budget=0,
        cache_bytes=0,
        introspection="everyone",
    )


@pytest.fixture(scope="session")
def private_key() -> str:
    return generate_private_key()


@pytest.fixture
async def open_test_shop(clock: Clock, mail: CheapMail, statements: Statements) -> Callable[..., Any]:
    """How the test's shop is opened.

    The real wiring, with a cheap password hash, this clock and this mail.
    """

    def opened(chosen: Settings) -> Any:
        return open_shop(chosen, clock=clock, mail=mail, password_cost=4, on_statement=statements.hear)

    return opened


@pytest.fixture
async def shop(settings: Settings, open_test_shop: Callable[..., Any]) -> AsyncIterator[Shop]:
    """The shop that commands work on, without a server around it."""
    async with open_test_shop(settings) as opened:
        yield opened


@pytest.fixture
async def client(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, statements: Statements
) -> AsyncIterator[Client]:
    """A client of the API, over ASGI, logged in as nobody; nothing happens beside its requests."""
    app = create_app(settings, open_test_shop, with_chores=False)
    async with serving(app) as transport:
        yield Client(app, transport, factory, statements)
