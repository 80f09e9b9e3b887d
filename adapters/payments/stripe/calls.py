"""What is asked of Stripe, each under an idempotency key of ours, and how its refusals are told apart."""

from collections.abc import Mapping
from typing import Any, Final

import stripe
import structlog

from adapters.payments.gateway import Unreachable, Useless
from adapters.payments.stripe.accounts import StripeAccount
from adapters.payments.stripe.transport import Transport

log = structlog.get_logger(__name__)
SECONDS: Final = 8.0  # for one attempt
RETRIES: Final = 2  # after the first attempt, half a second and a second later
FOR_SHOPPERS: Final = frozenset({"amount_too_small", "amount_too_large"})  # beside what the card's bank says
UNUSABLE: Final = (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError)
Object = Mapping[str, Any]


class Declined(Exception):
    """Stripe has said no, and has done nothing. The message is for anybody."""


class Failed(Unreachable):
    """Stripe failed at it, and says the same to whoever asks again under this key."""


class Calls:
    """One account's requests. Every one raises ``Unreachable`` where the outcome is not known."""

    def __init__(self, account: StripeAccount, *, seconds: float = SECONDS, retries: int = RETRIES) -> None:
        self._account = account
        self._transport = Transport(seconds)
        self._client = stripe.StripeClient(
            account.secret_key,
            base_addresses={"api": account.api_base},
            max_network_retries=retries,
            http_client=self._transport,
        )

    async def close(self) -> None:
        await self._transport.close_async()

    async def create_intent(self, params: Any, key: str) -> Object:
        """Raises ``Declined`` and ``Failed``."""
        try:
            made = await self._client.v1.payment_intents.create_async(params, {"idempotency_key": key})
        except stripe.StripeError as error:
            raise self._told(error) from None
        return made.to_dict()

    async def intent(self, id: str) -> Object:
        """As it stands."""
        try:
            found = await self._client.v1.payment_intents.retrieve_async(id)
        except stripe.StripeError as error:
            raise self._unheard(error) from None
        return found.to_dict()

    async def capture(self, id: str, units: int, key: str) -> Object:
        """Charge so much of what is promised; the rest is let go of. Raises ``Declined`` and ``Failed``."""
        try:
            taken = await self._client.v1.payment_intents.capture_async(
                id, {"amount_to_capture": units}, {"idempotency_key": key}
            )
        except stripe.StripeError as error:
            raise self._told(error) from None
        return taken.to_dict()

    async def cancel(self, id: str, reason: Any, key: str) -> Object:
        """Raises ``Declined`` where it is too late, and ``Failed``."""
        try:
            gone = await self._client.v1.payment_intents.cancel_async(
                id, {"cancellation_reason": reason}, {"idempotency_key": key}
            )
        except stripe.StripeError as error:
            raise self._told(error) from None
        return gone.to_dict()

    async def refund(self, intent_id: str, units: int, metadata: dict[str, str], key: str) -> Object:
        """Raises ``Declined`` and ``Failed``."""
        try:
            made = await self._client.v1.refunds.create_async(
                {"payment_intent": intent_id, "amount": units, "metadata": metadata}, {"idempotency_key": key}
            )
        except stripe.StripeError as error:
            raise self._told(error) from None
        return made.to_dict()

    async def refunds(self, intent_id: str) -> list[Object]:
        """All that was given back of a payment, or is to be, the latest first."""
        try:
            page = await self._client.v1.refunds.list_async({"payment_intent": intent_id, "limit": 100})
            return [one.to_dict() async for one in page.auto_paging_iter()]
        except stripe.StripeError as error:
            raise self._unheard(error) from None

    async def charge(self, id: str) -> Object:
        try:
            found = await self._client.v1.charges.retrieve_async(id)
        except stripe.StripeError as error:
            raise self._unheard(error) from None
        return found.to_dict()

    def _told(self, error: stripe.StripeError) -> Exception:
        """What it means that something was not done."""
        if isinstance(error, stripe.CardError):
            return Declined(error.user_message or "The payment was declined.")
        if isinstance(error, stripe.InvalidRequestError) and not isinstance(error, UNUSABLE):
            log.warning("stripe_refused", param=error.param, **self._facts(error))
            said = error.user_message if error.code in FOR_SHOPPERS else ""
            return Declined(said or f"Stripe refuses this ({error.code or 'invalid_request'}).")
        unheard = self._unheard(error)
        return Failed() if (error.headers or {}).get("idempotent-replayed") == "true" else unheard

    def _unheard(self, error: stripe.StripeError) -> Unreachable:
        """Nothing could be looked up: not even a refusal says anything of the payment, only of us."""
        level = log.error if isinstance(error, UNUSABLE) else log.warning
        level("stripe_failed", **self._facts(error))
        is_about_this = isinstance(error, stripe.InvalidRequestError) and not isinstance(error, UNUSABLE)
        return Useless() if is_about_this else Unreachable()

    def _facts(self, error: stripe.StripeError) -> dict[str, Any]:
        """Its own words are not among them: they can repeat a part of a key."""
        return {
            "gateway": self._account.id,
            "error": type(error).__name__,
            "code": error.code,
            "status": error.http_status,
            "request": error.request_id,
        }
