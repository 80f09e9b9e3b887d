"""Stripe's API over HTTP, as far as the shop uses it, with troubles on command."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.payments.stripe.accounts import StripeAccount
from tests.fakes.stripe_money import Money, Thing, Wrong, invalid
from tests.running import running

SECRET, PUBLISHABLE, WEBHOOK = "sk_test_fakeSecret123", "pk_test_fake123", "whsec_fakeSecret456"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with a request: ``is_done`` all the same; without a ``status`` nobody is answered."""

    path: str = ""
    status: int | None = 500
    is_done: bool = False
    method: str = ""


@dataclass(slots=True)
class Kept:
    """The answer of an idempotency key; None while it is being made."""

    asked: tuple[str, bytes]
    status: int | None = None
    body: bytes = b""


@dataclass
class FakeStripe:
    """``requests`` are the (method, path, idempotency key) that came; ``troubles`` befall the next ones."""

    money: Money = field(default_factory=Money)
    troubles: deque[Trouble] = field(default_factory=deque)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    keys: dict[str, Kept] = field(default_factory=dict)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/v1/{path:path}", self._answer, methods=["GET", "POST"])])

    @property
    def account(self) -> StripeAccount:
        return StripeAccount("stripe", PUBLISHABLE, SECRET, WEBHOOK, api_base=self.address)

    def forget_keys(self) -> None:
        """A day has passed."""
        self.keys.clear()

    def asked(self, path: str) -> list[str]:
        """The idempotency keys of the requests to change this."""
        return [key for method, found, key in self.requests if method == "POST" and found.endswith(path)]

    async def _answer(self, request: Request) -> Response:
        path, key = request.path_params["path"], request.headers.get("idempotency-key", "")
        self.requests.append((request.method, path, key))
        trouble = next(
            (one for one in self.troubles if one.path in path and one.method in request.method), None
        )
        if trouble is not None:
            self.troubles.remove(trouble)
        body = await request.body()
        try:
            self._check_key(request, body)
            if request.method == "GET" or not key:
                status, found = await self._run(request, path, body, trouble)
                return _json(status, found)
            return await self._once(request, path, body, key, trouble)
        except Wrong as wrong:
            return _json(wrong.status, orjson.dumps({"error": wrong.error}))

    async def _once(
        self, request: Request, path: str, body: bytes, key: str, trouble: Trouble | None
    ) -> Response:
        known = self.keys.get(key)
        if known is None:
            kept = self.keys[key] = Kept((path, body))
            kept.status, kept.body = await self._run(request, path, body, trouble)
            return _json(kept.status, kept.body)
        if known.asked != (path, body):
            message = "Keys for idempotent requests can only be used with the same parameters."
            raise Wrong(400, "idempotency_error", None, message)
        if known.status is None:
            raise Wrong(
                409, "invalid_request_error", "idempotency_key_in_use", "Another request is using it."
            )
        if trouble is not None and trouble.status is None:
            await self._silence()
        return _json(known.status, known.body, {"Idempotent-Replayed": "true"})

    async def _run(
        self, request: Request, path: str, body: bytes, trouble: Trouble | None
    ) -> tuple[int, bytes]:
        if trouble is not None and not trouble.is_done:
            if trouble.status is None:
                await self._silence()
            return trouble.status or 500, orjson.dumps({"error": {"type": "api_error", "message": "Sorry."}})
        try:
            answer = 200, orjson.dumps(self._do(request, path, _params(body)))
        except Wrong as wrong:
            answer = wrong.status, orjson.dumps({"error": wrong.error})
        if trouble is None:
            return answer
        if trouble.status is None:
            kept = self.keys.get(request.headers.get("idempotency-key", ""))
            if kept is not None:
                kept.status, kept.body = answer
            await self._silence()
        return trouble.status or 500, orjson.dumps({"error": {"type": "api_error", "message": "Sorry."}})

    async def _silence(self) -> None:
        async with asyncio.timeout(20):
            await self.closing.wait()

    def _check_key(self, request: Request, body: bytes) -> None:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key == SECRET or (key == PUBLISHABLE and b"client_secret=" in body):
            return
        masked = f"{key[:8]}****{key[-4:]}"
        raise Wrong(401, "invalid_request_error", None, f"Invalid API Key provided: {masked}")

    def _do(self, request: Request, path: str, params: Thing) -> Thing:  # noqa: PLR0911 - one a route
        money = self.money
        match request.method, *path.split("/"):
            case "POST", "payment_intents":
                return money.create(params)
            case "GET", "payment_intents", name:
                return self._intent(name)
            case "POST", "payment_intents", name, "confirm":
                return money.confirm(self._intent(name), params["payment_method"])
            case "POST", "payment_intents", name, "capture":
                return money.capture(self._intent(name), params)
            case "POST", "payment_intents", name, "cancel":
                return money.cancel(self._intent(name), params)
            case "POST", "refunds":
                return money.refund(params)
            case "GET", "refunds":
                wanted = request.query_params["payment_intent"]
                own = [one for one in money.refunds.values() if one["payment_intent"] == wanted]
                return _list("/v1/refunds", own[::-1])
            case "GET", "charges", name:
                return money.charges[name]
            case "GET", "events":
                return _list("/v1/events", money.events[::-1])
        raise Wrong(404, "invalid_request_error", None, f"Unrecognized request URL ({path}).")

    def _intent(self, name: str) -> Thing:
        if name not in self.money.intents:
            raise Wrong(404, "invalid_request_error", "resource_missing", f"No such payment_intent: '{name}'")
        return self.money.intents[name]


def signed(event: Thing, *, secret: str = WEBHOOK, at: int | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of the event's webhook."""
    body = orjson.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return body, {"stripe-signature": header, "content-type": "application/json"}


@asynccontextmanager
async def fake_stripe() -> AsyncIterator[FakeStripe]:
    """A Stripe of the test's own, on a port."""
    fake = FakeStripe()
    async with running(fake.app) as fake.address:
        try:
            yield fake
        finally:
            fake.closing.set()


def _params(body: bytes) -> Thing:
    """Stripe's form encoding: ``metadata[key]=value``."""
    params: Thing = {}
    for name, value in parse_qsl(body.decode(), strict_parsing=bool(body)):
        outer, _, inner = name.partition("[")
        if inner:
            params.setdefault(outer, {})[inner.removesuffix("]")] = value
        else:
            params[outer] = value
    if "amount" in params and not str(params["amount"]).isdigit():
        raise invalid("parameter_invalid_integer", "Invalid integer.", param="amount")
    return params


def _list(url: str, things: list[Any]) -> Thing:
    return {"object": "list", "url": url, "has_more": False, "data": things}


def _json(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, {"request-id": "req_1", **(headers or {})}, "application/json")
