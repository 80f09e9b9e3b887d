"""What Stripe's objects say of a payment, in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from adapters.payments.gateway import Answer, News
from adapters.payments.stripe.amounts import from_units
from domain.payments import EventKind, Flow

Object = Mapping[str, Any]
TRANSACTION: Final = "matvis_transaction"  # metadata of an intent: our id of the payment
REQUEST: Final = "matvis_request"  # metadata of a refund: the key that we asked for it with
CLOSED: Final = "abandoned"  # why we cancel an intent whose payment was declined
# A failure of one of these comes when the shopper is gone; of any other, while they still have the form.
DELAYED: Final = frozenset(
    "acss_debit au_becs_debit bacs_debit boleto customer_balance konbini multibanco nz_bank_account oxxo "  # noqa: SIM905 - one line each
    "sepa_debit us_bank_account".split()
)
REFUNDED: Final = {
    "succeeded": Answer.SUCCESS,
    "failed": Answer.FAILURE,
    "canceled": Answer.FAILURE,
    "pending": Answer.REQUEST,
    "requires_action": Answer.REQUEST,
}


def moment(seconds: int, *, final: bool = False) -> datetime:
    """A time of Stripe's, which tells whole seconds, at its second's end: nothing that led to it is later.

    What is ``final`` comes after all else of that second.
    """
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=999_999 if final else 999_998)


def currency_of(thing: Object) -> str:
    return str(thing["currency"]).upper()


def flow_of(intent: Object) -> Flow:
    return Flow.AUTHORIZATION if intent["capture_method"] == "manual" else Flow.CHARGE


def transaction_of(intent: Object) -> UUID | None:
    """Our payment, if the intent is one of ours."""
    try:
        return UUID((intent.get("metadata") or {}).get(TRANSACTION, ""))
    except ValueError:
        return None


def reason(intent: Object) -> str:
    """Why the last attempt to pay came to nothing; empty where there was none."""
    error = intent.get("last_payment_error") or {}
    return str(error.get("message") or error.get("code") or "")


def is_delayed(intent: Object) -> bool:
    """Whether the last attempt was made in a way whose failure comes days later."""
    method = (intent.get("last_payment_error") or {}).get("payment_method") or {}
    return method.get("type") in DELAYED


def page_of(thing: Object, intent_id: str) -> str:
    """Where staff see it."""
    place = "" if thing.get("livemode") else "test/"
    return f"https://dashboard.stripe.com/{place}payments/{intent_id}"


def taken(intent: Object, at: datetime | None = None) -> list[News]:
    """What a succeeded intent says of the money; of one that was captured later, what came before too."""
    name, currency, page = intent["id"], currency_of(intent), page_of(intent, intent["id"])
    charged = from_units(intent["amount_received"], currency)
    news = [News(EventKind.CHARGE_SUCCESS, name, charged, at, external_url=page)]
    if flow_of(intent) is Flow.AUTHORIZATION:
        promised = from_units(intent["amount"], currency)
        news.insert(0, News(EventKind.AUTHORIZATION_SUCCESS, name, promised, at, external_url=page))
        if charged < promised:
            # A promise can be captured once: what was not taken then is let go of.
            news.append(News(EventKind.CANCEL_SUCCESS, name, promised - charged, at, external_url=page))
    return news


def promised(intent: Object, at: datetime | None = None) -> News:
    amount = from_units(intent["amount_capturable"], currency_of(intent))
    page = page_of(intent, intent["id"])
    return News(EventKind.AUTHORIZATION_SUCCESS, intent["id"], amount, at, external_url=page)


def waiting(intent: Object, at: datetime | None = None) -> News:
    """The shopper has done what there was to do, and the money is on its way."""
    amount = from_units(intent["amount"], currency_of(intent))
    return News(EventKind(f"{flow_of(intent)}_REQUEST"), intent["id"], amount, at)


def let_go(intent: Object, at: datetime | None = None) -> News:
    """Of an intent that was cancelled after the money had been promised."""
    amount = from_units(intent["amount"] - intent["amount_received"], currency_of(intent))
    return News(EventKind.CANCEL_SUCCESS, intent["id"], amount, at)


def failed(intent: Object, at: datetime | None = None) -> News:
    """Of an intent that was cancelled before that, or of a direct debit that did not come."""
    amount, kind = from_units(intent["amount"], currency_of(intent)), EventKind(f"{flow_of(intent)}_FAILURE")
    return News(kind, intent["id"], amount, at, reason(intent) or "The payment was cancelled.")


def refunded(refund: Object, at: datetime | None = None) -> News:
    answer = REFUNDED.get(refund["status"], Answer.REQUEST)
    return News(
        EventKind(f"REFUND_{answer}"),
        refund["id"],
        from_units(refund["amount"], currency_of(refund)),
        at,
        str(refund.get("failure_reason") or ""),
        request=str((refund.get("metadata") or {}).get(REQUEST, "")),
    )
