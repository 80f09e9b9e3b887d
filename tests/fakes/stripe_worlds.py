"""A shop that takes money by Stripe, a checkout that is to be paid, and the Stripe of the test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from adapters.payments.registry import Gateways
from adapters.payments.stripe.gateway import StripeGateway
from commands.payments.asking import Step
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from domain.access import GUEST
from domain.payments import Flow, Subject
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.fakes.stripe import FakeStripe, signed
from tests.fakes.stripe_money import Thing
from tests.fakes.stripe_places import Place, faked
from tests.markets import Market


@dataclass(slots=True)
class World:
    """``gateway`` does not wait long for an answer, and asks once."""

    client: Client
    factory: Factory
    fake: FakeStripe
    place: Place
    gateway: StripeGateway
    checkout: AnyRow

    @property
    def shop(self) -> Shop:
        return self.client.shop

    @shop.setter
    def shop(self, shop: Shop) -> None:
        self.client.app.state.shop = shop

    @property
    def intent(self) -> Thing:
        """The only one there is."""
        (intent,) = self.fake.money.intents.values()
        return intent

    async def begin(self, flow: Flow = Flow.CHARGE) -> Step:
        """The payment of the checkout, always under the same key."""
        wish = Wish("stripe", flow=flow, key="1")
        return await initialize(self.shop, GUEST, Subject.CHECKOUT, self.checkout.id, wish)

    async def pay(self, flow: Flow = Flow.CHARGE, method: str = "pm_card_visa") -> Step:
        """Begin a payment and confirm it: the shop has not heard of that yet."""
        begun = await self.begin(flow)
        await self.place.confirm(begun.data, method)
        return begun

    def told(self, kind: str) -> Thing:
        """The latest event of this kind."""
        return next(one for one in reversed(self.fake.money.events) if one["type"] == kind)

    async def hook(self, event: Thing, **signing: Any) -> int:
        """Deliver an event as Stripe does; the status of the answer."""
        return (await self.post(*signed(event, **signing))).status_code

    async def post(self, body: bytes, headers: dict[str, str]) -> httpx2.Response:
        async with httpx2.AsyncClient(transport=self.client.transport, base_url="http://testserver") as http:
            return await http.post("/webhooks/stripe", content=body, headers=headers)

    async def amounts(self) -> dict[str, float]:
        """Every amount of the one payment that is not nothing."""
        (row,) = await self.factory.fetch("select * from transactions")
        return {
            name.removesuffix("_amount"): float(value)
            for name, value in row.items()
            if name.endswith("_amount") and value
        }

    async def kinds(self) -> list[str]:
        """What was told of the payment, in the order of its coming."""
        return [
            row.kind for row in await self.factory.fetch("select kind from transaction_events order by id")
        ]


@asynccontextmanager
async def stripe_world(
    client: Client, factory: Factory, price: str = "10", currency: str = "USD"
) -> AsyncIterator[World]:
    """A checkout of a mug and its post, which is at 5."""
    market = await Market.open(factory, allow_unpaid_orders=False, currency_code=currency)
    checkout = await market.checkout((await market.variant(price, stock=5), 1))
    async with faked() as (fake, place):
        gateway = StripeGateway(fake.account, seconds=0.3, retries=0)
        world = World(client, factory, fake, place, gateway, checkout)
        world.shop = replace(world.shop, gateways=Gateways([gateway], {"web": ["stripe"]}))
        yield world
        await gateway.close()
