"""What torture stands on: a server on a port, with many connections and patience for them, and no budgets."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from server.asgi import create_app
from server.settings import Settings
from tests import promising
from tests.factory import Factory
from tests.markets import Market
from tests.running import running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "database_pool_max": 15,
            "database_pool_wait": 60,
            "login_budget": 0,
            "code_budget": 0,
            "cost_budget": 0,
        }
    )


@pytest.fixture(autouse=True)
async def kept(factory: Factory) -> AsyncIterator[None]:
    """Whatever was done, at its end every promise is kept that ``./run verify`` looks for."""
    yield
    assert await promising.breaches(factory) == {}


@pytest.fixture
async def market(factory: Factory) -> Market:
    """Orders are for whoever has paid."""
    return await Market.open(factory, allow_unpaid_orders=False)


@pytest.fixture
async def address(settings: Settings, open_test_shop: Callable[..., Any]) -> AsyncIterator[str]:
    """Where the shop is served; nothing happens beside its requests."""
    async with running(create_app(settings, open_test_shop, with_chores=False)) as url:
        yield url
