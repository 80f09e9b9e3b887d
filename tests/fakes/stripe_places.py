"""Where tests of Stripe run: the fake, or Stripe's own test mode where its keys are in the environment."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
import pytest

from adapters.payments.stripe.accounts import StripeAccount
from tests.fakes.stripe import WEBHOOK, FakeStripe, fake_stripe
from tests.fakes.stripe_money import Thing

NEEDED = "STRIPE_TEST_SECRET_KEY", "STRIPE_TEST_PUBLISHABLE_KEY"


@dataclass(frozen=True, slots=True)
class Place:
    account: StripeAccount

    async def confirm(self, form: Thing, method: str) -> int:
        """Pay, as Stripe's form in the browser does it, which knows the intent's secret; the HTTP status."""
        secret = form["paymentIntent"]["stripeClientSecret"]
        name = secret.partition("_secret_")[0]
        data = {"client_secret": secret, "payment_method": method, "return_url": "https://shop.example/paid"}
        return (await self._ask("POST", f"payment_intents/{name}/confirm", data)).status_code

    async def intent(self, form: Thing) -> Thing:
        """As it stands."""
        name = form["paymentIntent"]["stripeClientSecret"].partition("_secret_")[0]
        found: Thing = (await self._ask("GET", f"payment_intents/{name}")).json()
        return found

    async def capture(self, form: Thing, units: int) -> int:
        """Charge what is promised, as the merchant does it at Stripe's own pages; the HTTP status."""
        name = form["paymentIntent"]["stripeClientSecret"].partition("_secret_")[0]
        path, data = f"payment_intents/{name}/capture", {"amount_to_capture": str(units)}
        return (await self._ask("POST", path, data)).status_code

    async def events(self, form: Thing) -> list[Thing]:
        """What has happened to an intent, the oldest first."""
        name = form["paymentIntent"]["stripeClientSecret"].partition("_secret_")[0]
        found = (await self._ask("GET", "events?limit=50")).json()["data"][::-1]
        return [
            one
            for one in found
            if name in (one["data"]["object"].get(key) for key in ("id", "payment_intent"))
        ]

    async def _ask(self, method: str, path: str, data: Thing | None = None) -> httpx2.Response:
        key = self.account.publishable_key if data and "client_secret" in data else self.account.secret_key
        async with httpx2.AsyncClient(base_url=self.account.api_base, timeout=30) as http:
            return await http.request(
                method, f"/v1/{path}", data=data, headers={"authorization": f"Bearer {key}"}
            )


def test_mode() -> StripeAccount:
    """Skips where there are no keys."""
    secret, publishable = (os.environ.get(name, "") for name in NEEDED)
    if not (secret.startswith(("sk_test_", "rk_test_")) and publishable):
        pytest.skip(f"Stripe's own test mode needs {' and '.join(NEEDED)} in the environment")
    return StripeAccount("stripe", publishable, secret, WEBHOOK)


@asynccontextmanager
async def faked() -> AsyncIterator[tuple[FakeStripe, Place]]:
    async with fake_stripe() as fake:
        yield fake, Place(replace(fake.account, channels=("web",)))
