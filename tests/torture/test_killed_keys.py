"""What came under an idempotency key is done once, though its server is killed in the middle."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from schema.ids import to_global
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.live.processes import processes
from tests.markets import Market

ADD = """
mutation ($id: ID!, $lines: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $lines) { checkout { id } errors { code } }
}
"""
CHECKOUTS = 60
LOST = "IDEMPOTENCY_ANSWER_LOST"


async def add(url: str, checkout: AnyRow, variant: AnyRow, key: str) -> bytes | None:
    """One more unit; the answer, or None where the server was gone before it gave one."""
    lines = [{"variantId": to_global("ProductVariant", variant.id), "quantity": 1}]
    body: dict[str, Any] = {
        "query": ADD,
        "variables": {"id": to_global("Checkout", checkout.id), "lines": lines},
    }
    try:
        async with httpx2.AsyncClient(timeout=60) as http:
            reply = await http.post(f"{url}/graphql/", json=body, headers={"idempotency-key": key})
            return reply.content
    except httpx2.TransportError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.1, 0.25])
async def test_units_are_added_once_through_a_kill(
    settings: Settings, factory: Factory, seconds: float
) -> None:
    market = await Market.open(factory)
    mug = await market.variant(stock=1000)
    carts = [(await market.checkout((mug, 1)), uuid4().hex) for _ in range(CHECKOUTS)]

    async with processes(settings, 2) as (doomed, other):
        asking = asyncio.gather(
            *((add(server.url, cart, mug, key)) for cart, key in carts for server in (doomed, other))
        )
        await asyncio.sleep(seconds)
        await doomed.kill()
        await factory.fetch("update idempotency_keys set held_until = now() where answer is null")
        first = await asking
        again = [await add(other.url, cart, mug, key) for cart, key in carts]

    answered = {answer for answer in first if answer is not None and LOST.encode() not in answer}
    lost = [answer for answer in again if answer is not None and LOST.encode() in answer]
    assert None not in again
    assert answered <= set(again)
    assert None in first
    assert len(lost) < CHECKOUTS
    assert {row.quantity for row in await factory.fetch("select quantity from checkout_lines")} == {2}
