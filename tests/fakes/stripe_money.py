"""What Stripe does with money, after its public API reference: intents, charges, refunds, and events."""

import itertools
import time
from copy import deepcopy
from typing import Any

Thing = dict[str, Any]
CANCELABLE = (
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "requires_capture",
    "processing",
)
# https://docs.stripe.com/testing: what becomes of a payment with this method.
DECLINES = {
    "pm_card_visa_chargeDeclined": ("generic_decline", "Your card was declined."),
    "pm_card_visa_chargeDeclinedInsufficientFunds": (
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
}
AUTHENTICATED = "pm_card_threeDSecure2Required"
SLOW = "pm_sepa_debit"  # not among Stripe's own: there an IBAN is given
PENDING_REFUND = "pm_card_pendingRefund"


class Wrong(Exception):
    """What Stripe answers with an error."""

    def __init__(self, status: int, kind: str, code: str | None, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "code": code, "message": message, **more}


def invalid(code: str | None, message: str, **more: Any) -> Wrong:
    return Wrong(400, "invalid_request_error", code, message, **more)


class Money:
    """One account. ``events`` are all that has happened, the oldest first."""

    def __init__(self) -> None:
        self.intents: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self._serial = itertools.count(1)

    def named(self, prefix: str) -> str:
        return f"{prefix}_{next(self._serial):06d}"

    def tell(self, kind: str, thing: Thing) -> None:
        self.events.append(
            {
                "id": self.named("evt"),
                "object": "event",
                "type": kind,
                "created": int(time.time()),
                "livemode": False,
                "data": {"object": deepcopy(thing)},
            }
        )

    def create(self, params: Thing) -> Thing:
        amount, currency = int(params["amount"]), params["currency"]
        if amount < 50:
            raise invalid("amount_too_small", "Amount must be at least $0.50 usd", param="amount")
        if currency in {"bhd", "jod", "kwd", "omr", "tnd"} and amount % 10:
            raise invalid(None, "The last digit must be 0.", param="amount")
        name = self.named("pi")
        intent = self.intents[name] = {
            "id": name,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": params.get("capture_method", "automatic_async"),
            "client_secret": f"{name}_secret_{name[::-1]}",
            "created": int(time.time()),
            "currency": currency,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "payment_method": None,
            "status": "requires_payment_method",
        }
        self.tell("payment_intent.created", intent)
        return intent

    def confirm(self, intent: Thing, method: str) -> Thing:
        """The shopper has given a way to pay."""
        if intent["status"] not in {"requires_payment_method", "requires_confirmation", "requires_action"}:
            raise self._unexpected(intent, "confirm")
        intent["payment_method"], intent["last_payment_error"] = method, None
        if method in DECLINES:
            code, message = DECLINES[method]
            error = self.fail(intent, code="card_declined", decline_code=code, message=message)
            raise Wrong(402, "card_error", **error, payment_intent=deepcopy(intent))
        if method == AUTHENTICATED:
            intent["status"] = "requires_action"
            self.tell("payment_intent.requires_action", intent)
        elif method == SLOW:
            intent["status"] = "processing"
            intent["latest_charge"] = self._charge(intent, "pending")["id"]
            self.tell("payment_intent.processing", intent)
        else:
            self.succeed(intent)
        return intent

    def succeed(self, intent: Thing) -> None:
        """The bank has said yes."""
        manual = intent["capture_method"] == "manual"
        intent["latest_charge"] = self._charge(intent, "succeeded", captured=not manual)["id"]
        if manual:
            intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
            self.tell("payment_intent.amount_capturable_updated", intent)
            return
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.tell("payment_intent.succeeded", intent)

    def fail(
        self, intent: Thing, *, code: str, message: str, decline_code: str | None = None
    ) -> dict[str, Any]:
        """The bank has said no; what Stripe says of it."""
        kind = "sepa_debit" if intent["payment_method"] == SLOW else "card"
        intent["latest_charge"] = self._charge(intent, "failed")["id"]
        error = {"code": code, "decline_code": decline_code, "message": message}
        intent["last_payment_error"] = {**error, "payment_method": {"type": kind}, "type": "card_error"}
        intent["status"] = "requires_payment_method"
        self.tell("payment_intent.payment_failed", intent)
        return error

    def capture(self, intent: Thing, params: Thing) -> Thing:
        if intent["status"] != "requires_capture":
            raise self._unexpected(intent, "capture")
        units = int(params.get("amount_to_capture") or intent["amount_capturable"])
        if units > intent["amount_capturable"]:
            raise invalid(
                "amount_too_large", "The amount is more than can be captured.", param="amount_to_capture"
            )
        intent |= {"status": "succeeded", "amount_received": units, "amount_capturable": 0}
        self.charges[intent["latest_charge"]] |= {"captured": True, "amount_captured": units}
        self.tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, intent: Thing, params: Thing) -> Thing:
        if intent["status"] not in CANCELABLE:
            raise self._unexpected(intent, "cancel")
        intent |= {
            "status": "canceled",
            "amount_capturable": 0,
            "canceled_at": int(time.time()),
            "cancellation_reason": params.get("cancellation_reason"),
        }
        self.tell("payment_intent.canceled", intent)
        return intent

    def refund(self, params: Thing) -> Thing:
        intent = self.intents[params["payment_intent"]]
        back = [one for one in self.refunds.values() if one["payment_intent"] == intent["id"]]
        left = intent["amount_received"] - sum(one["amount"] for one in back if one["status"] != "failed")
        units = int(params.get("amount") or left)
        if left <= 0:
            raise invalid("charge_already_refunded", "The charge has already been refunded.")
        if units > left:
            raise invalid(None, "The amount is more than remains.", param="amount")
        name = self.named("re")
        refund = self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": units,
            "charge": intent["latest_charge"],
            "created": int(time.time()),
            "currency": intent["currency"],
            "metadata": params.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": "pending" if intent["payment_method"] == PENDING_REFUND else "succeeded",
        }
        self.tell("refund.created", refund)
        return refund

    def finish_refund(self, refund: Thing, failure: str = "") -> None:
        """A refund that was pending, or seemed to have succeeded, ends like this."""
        refund |= {"status": "failed", "failure_reason": failure} if failure else {"status": "succeeded"}
        self.tell("refund.failed" if failure else "refund.updated", refund)

    def dispute(self, intent: Thing, kind: str) -> None:
        dispute = {
            "id": "dp_1",
            "object": "dispute",
            "amount": intent["amount_received"],
            "reason": "fraudulent",
        }
        dispute |= {"currency": intent["currency"], "payment_intent": intent["id"]}
        self.tell(f"charge.dispute.{kind}", dispute)

    def _charge(self, intent: Thing, status: str, *, captured: bool = False) -> Thing:
        name = self.named("ch")
        charge = {"id": name, "object": "charge", "amount": intent["amount"], "status": status}
        self.charges[name] = charge | {"captured": captured, "payment_intent": intent["id"]}
        return self.charges[name]

    def _unexpected(self, intent: Thing, verb: str) -> Wrong:
        message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
        return invalid("payment_intent_unexpected_state", message)
