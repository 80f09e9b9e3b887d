"""Events are charged to the budget of whoever listens, in Redis, over real sockets and streams."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from domain.events import CheckoutUpdated
from engine import charging
from schema.ids import to_global
from tests.factory import Factory
from tests.live.conftest import Redis
from tests.live.sockets import Server
from tests.live.test_subscriptions import CHECKOUT, happen
from tests.markets import Market


@pytest.mark.parametrize("kind", ["socket", "stream"])
async def test_a_listener_whose_budget_runs_out_is_throttled_and_comes_back_without_a_loss(
    served: Callable[..., Any], redis: Redis, factory: Factory, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(charging.Accounts.__init__, "__defaults__", (0.05, asyncio.get_running_loop().time))
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant("10"), 1))
    key = to_global("Checkout", checkout.id)
    server: Server
    async with served(redis_url=redis.url, cost_budget=60, cost_restored=5) as server:
        listening = over_a_socket if kind == "socket" else over_a_stream
        cursors: list[str] = []
        first = asyncio.create_task(listening(server, key, cursors))
        await server.listeners(1)
        published = 0
        async with asyncio.timeout(30):
            while not first.done():
                if len(cursors) == published:  # one by one: what is missed has to be paid for as well
                    await happen(server.shop, CheckoutUpdated(checkout.id))
                    published += 1
                await asyncio.sleep(0.005)
        refusal = await first
        await asyncio.sleep(
            refusal["retryAfter"] + 3
        )  # what is owed is there again, and what it asks for now
        async with server.subscription(CHECKOUT, back=cursors[-1], id=key) as again:
            missed = [(await again.event())[1]["cursor"] for _ in range(published - len(cursors))]

    assert (refusal["code"], refusal["cost"]["throttleStatus"]["maximumAvailable"]) == ("THROTTLED", 60)
    assert 0 < len(cursors) <= published
    assert len({*cursors, *missed}) == published


async def over_a_socket(server: Server, key: str, cursors: list[str]) -> Any:
    """Add the cursors that are heard, until the end; what the refusal adds to its message."""
    async with server.subscription(CHECKOUT, id=key) as live:
        while (message := await live.message())["type"] == "next":
            cursors.append(message["payload"]["extensions"]["subscription"]["cursor"])
    return message["payload"][0]["extensions"]


async def over_a_stream(server: Server, key: str, cursors: list[str]) -> Any:
    """As ``over_a_socket``."""
    body = {"query": CHECKOUT, "variables": {"id": key}}
    headers = {"accept": "text/event-stream"}
    async with (
        httpx2.AsyncClient(timeout=20) as http,
        http.stream("POST", f"{server.url}/graphql/", json=body, headers=headers) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if "errors" in event:
                    return event["errors"][0]["extensions"]
                cursors.append(event["extensions"]["subscription"]["cursor"])
    raise AssertionError("it ended without a refusal")
