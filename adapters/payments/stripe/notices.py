"""Stripe's webhooks: who signed them, and what they say."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import orjson
import stripe

from adapters.payments.gateway import Forged, News, Notice
from adapters.payments.stripe import reading
from adapters.payments.stripe.amounts import from_units
from adapters.payments.stripe.reading import Object, moment
from domain.payments import EventKind, Flow

TOLERANCE: Final = 300  # seconds: an old message is not believed, though its signature is right
HEARD: Final = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
"""What an endpoint has to be subscribed to; anything else is let pass."""


def verified(body: bytes, signature: str, secret: str) -> Object:
    """The event, if whoever sent it knows the secret. Raises ``Forged``."""
    if not secret:  # anybody could sign with it
        raise Forged
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        event = orjson.loads(body)
    except (stripe.SignatureVerificationError, ValueError):
        raise Forged from None
    if not isinstance(event, dict):
        raise Forged
    return event


async def understood(event: Object, charge: Callable[[str], Awaitable[Object]]) -> Notice | None:
    """What the event says of a payment. ``charge`` looks one up, which only a cancellation needs."""
    kind = event.get("type")
    if kind not in HEARD:
        return None
    thing, seconds = event["data"]["object"], event["created"]
    if kind.startswith("payment_intent."):
        news = await _of_intent(kind.removeprefix("payment_intent."), thing, seconds, charge)
        return Notice(reading.transaction_of(thing), thing["id"], news)
    if not thing.get("payment_intent"):
        return None
    if kind.startswith("refund."):
        final = thing["status"] in {"failed", "canceled"}
        return Notice(None, thing["payment_intent"], [reading.refunded(thing, moment(seconds, final=final))])
    back = EventKind.CHARGE_BACK if kind.endswith("funds_withdrawn") else EventKind.REFUND_REVERSE
    return Notice(None, thing["payment_intent"], [_disputed(back, thing, moment(seconds))])


async def _of_intent(
    kind: str, intent: Object, seconds: int, charge: Callable[[str], Awaitable[Object]]
) -> list[News]:
    at, final = moment(seconds), moment(seconds, final=True)
    match kind:
        case "succeeded":
            return reading.taken(intent, at)
        case "processing":
            return [reading.waiting(intent, at)]
        case "payment_failed":
            return [
                reading.failed(intent, final) if reading.is_delayed(intent) else _tried(intent, at, seconds)
            ]
        case "canceled":
            was_promised = await _was_promised(intent, charge)
            return [reading.let_go(intent, at) if was_promised else reading.failed(intent, final)]
    return [reading.promised(intent, at)] if intent["status"] == "requires_capture" else []


def _tried(intent: Object, at: datetime, seconds: int) -> News:
    """A card was declined, and another may be tried in the same form: that is no last word."""
    amount = from_units(intent["amount"], reading.currency_of(intent))
    reference = intent.get("latest_charge") or f"{intent['id']}-{seconds}"
    return News(EventKind.INFO, reference, amount, at, reading.reason(intent))


async def _was_promised(intent: Object, charge: Callable[[str], Awaitable[Object]]) -> bool:
    if (
        reading.flow_of(intent) is not Flow.AUTHORIZATION
        or intent.get("cancellation_reason") == reading.CLOSED
    ):
        return False
    latest: str | None = intent.get("latest_charge")
    return latest is not None and (await charge(latest))["status"] == "succeeded"


def _disputed(kind: EventKind, dispute: Object, at: datetime) -> News:
    amount = from_units(dispute["amount"], reading.currency_of(dispute))
    return News(kind, dispute["id"], amount, at, str(dispute.get("reason") or ""))
