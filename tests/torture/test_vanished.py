"""Shoppers pay at Stripe and vanish, no webhook comes, and whoever looks is killed: all get their goods."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from schema.ids import to_global
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe_places import Place, faked
from tests.live.processes import Process, processes
from tests.markets import Market
from tests.torture.shoppers import breaches

SHOPPERS = 30
BEGIN = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, paymentGateway: { id: "stripe" }) { data errors { code } }
}
"""
UNHEARD = "select count(*) from transactions where charged_amount = 0"
ORDERS = "select count(*) from orders"
DUE = "update transactions set look_at = now() where look_at is not null"
LONG_AGO = (
    "update transaction_events set created_at = created_at - interval '31 minutes'",
    "update checkouts set updated_at = updated_at - interval '31 minutes'",
)


@pytest.fixture
async def stripe() -> AsyncIterator[tuple[FakeStripe, Place]]:
    async with faked() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, stripe: tuple[FakeStripe, Place]) -> Settings:
    account = replace(stripe[1].account, webhook_secret="")
    return settings.model_copy(update={"stripe_accounts": (account,)})


async def pay(server: Process, place: Place, checkout: AnyRow) -> None:
    """As far as the browser goes: the shop is not told."""
    body = {"query": BEGIN, "variables": {"id": to_global("Checkout", checkout.id)}}
    async with httpx2.AsyncClient(timeout=60) as http:
        reply = await http.post(f"{server.url}/graphql/", json=body)
    begun = reply.json()["data"]["transactionInitialize"]
    assert begun["errors"] == []
    assert await place.confirm(begun["data"], "pm_card_visa") == 200


async def kill_when(server: Process, factory: Factory, is_so: str) -> None:
    """As soon as this condition holds, which the server makes so."""
    async with asyncio.timeout(60):
        while not await factory.value(f"select {is_so}"):  # noqa: ASYNC110 - another process; our words
            await asyncio.sleep(0)
    await server.kill()


@pytest.mark.slow
async def test_all_that_was_paid_becomes_orders_whichever_process_dies(
    settings: Settings, factory: Factory, stripe: tuple[FakeStripe, Place]
) -> None:
    fake, place = stripe
    market = await Market.open(factory, allow_unpaid_orders=False)
    mug = await market.variant(stock=SHOPPERS)
    checkouts = [await market.checkout((mug, 1), email=f"{n}@example.com") for n in range(SHOPPERS)]

    async with processes(settings, 1) as (server,):
        await asyncio.gather(*(pay(server, place, one) for one in checkouts))
        await server.kill()
    unheard, broken = [await factory.value(UNHEARD)], []
    for left in (SHOPPERS - 3, 0):
        await factory.fetch(DUE)
        async with processes(settings, 1) as (server,):
            await kill_when(server, factory, f"({UNHEARD}) <= {left}")
        unheard.append(await factory.value(UNHEARD))
        broken.append(await breaches(factory))
    for statement in LONG_AGO:
        await factory.fetch(statement)
    made = []
    for number in (3, SHOPPERS):
        async with processes(settings, 1) as (server,):
            await kill_when(server, factory, f"({ORDERS}) >= {number}")
        made.append(await factory.value(ORDERS))
        broken.append(await breaches(factory))

    assert (unheard[0], unheard[2], made[1]) == (SHOPPERS, 0, SHOPPERS)
    assert unheard[1] > 0, "the first was killed in the middle"
    assert made[0] < SHOPPERS, "the third too"
    assert broken == [{}] * 4
    assert {intent["status"] for intent in fake.money.intents.values()} == {"succeeded"}
    assert len(fake.money.intents) == SHOPPERS
    assert await factory.value("select sum(charged_amount) from orders") == SHOPPERS * 15
    assert await factory.value("select allocated from stocks") == SHOPPERS
