"""Stripe, by the Payment Element: an intent is made here, paid in the browser, and looked up here."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.payments.gateway import Answer, Done, Instruction, News, Notice, Opening, Outcome, Session
from adapters.payments.stripe import notices, reading
from adapters.payments.stripe.accounts import StripeAccount
from adapters.payments.stripe.amounts import NotPayable, from_units, to_units
from adapters.payments.stripe.calls import RETRIES, SECONDS, Calls, Declined, Failed
from adapters.payments.stripe.reading import Object, moment
from domain.payments import Action, EventKind, Flow

WAITING: Final = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


class StripeGateway:
    """One account. No money moves in a call that begins a payment: the shopper's browser confirms it."""

    webhook = "stripe"
    currencies = None

    def __init__(self, account: StripeAccount, *, seconds: float = SECONDS, retries: int = RETRIES) -> None:
        self.id = account.id
        self.name = account.name
        self.config: Mapping[str, str | None] = {"stripePublishableKey": account.publishable_key}
        self._secret = account.webhook_secret
        self._calls = Calls(account, seconds=seconds, retries=retries)

    async def close(self) -> None:
        await self._calls.close()

    async def initialize(self, opening: Opening) -> Any:
        """What Stripe's form needs before there is an intent; ``amount`` is in Stripe's units."""
        try:
            units = to_units(opening.amount, opening.currency)
        except NotPayable:
            units = None
        return {**self.config, "amount": units, "currency": opening.currency.lower()}

    async def process(self, session: Session) -> Outcome:
        try:
            if session.reference:
                intent = await self._calls.intent(session.reference)
            else:
                intent = await self._begin(session)
            if _is_declined(intent):
                intent = await self._closed(session, intent)
            return _read(session, intent)
        except (Declined, NotPayable) as no:
            return Outcome(Answer.FAILURE, session.flow, session.amount, session.reference, str(no))

    async def look(self, session: Session) -> Outcome:
        """A card that was declined may be followed by another in the form; a direct debit may not."""
        intent = await self._calls.intent(session.reference)
        if _is_declined(intent) and reading.is_delayed(intent):
            intent = await self._closed(session, intent)
        return _read(session, intent)

    async def end(self, session: Session) -> Outcome:
        intent = await self._calls.intent(session.reference)
        if intent["status"] in WAITING:
            intent = await self._closed(session, intent)
        return _read(session, intent)

    async def act(self, instruction: Instruction) -> Done:
        try:
            units = to_units(instruction.amount, instruction.currency)
            match instruction.action:
                case Action.CHARGE:
                    return await self._capture(instruction, units)
                case Action.CANCEL:
                    return await self._cancel(instruction, units)
                case Action.REFUND:
                    return await self._refund(instruction, units)
        except (Declined, NotPayable) as no:
            return Done(Answer.FAILURE, instruction.action, instruction.amount, message=str(no))

    async def understand(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        event = notices.verified(body, headers.get("stripe-signature", ""), self._secret)
        return await notices.understood(event, self._calls.charge)

    async def _begin(self, session: Session) -> Object:
        params = {
            "amount": to_units(session.amount, session.currency),
            "currency": session.currency.lower(),
            "capture_method": "manual" if session.flow is Flow.AUTHORIZATION else "automatic",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {reading.TRANSACTION: str(session.transaction_id)},
        }
        try:
            return await self._calls.create_intent(params, session.idempotency_key)
        except Failed:
            # Stripe keeps a failure as the key's answer. An intent that it may have made all the same cannot
            # be paid: nobody was told its secret.
            return await self._calls.create_intent(params, f"{session.idempotency_key}-2")

    async def _closed(self, session: Session, intent: Object) -> Object:
        """The intent once its form can no longer pay it: one payment is one attempt, and ends."""
        try:
            return await self._calls.cancel(intent["id"], reading.CLOSED, f"{session.transaction_id}-close")
        except Declined:
            return await self._calls.intent(intent["id"])  # it is being paid in this very moment

    async def _capture(self, instruction: Instruction, units: int) -> Done:
        try:
            intent = await self._calls.capture(instruction.reference, units, instruction.idempotency_key)
        except (Declined, Failed):
            # Perhaps it has been captured, by an earlier attempt whose answer was lost.
            intent = await self._calls.intent(instruction.reference)
            if intent["status"] != "succeeded" or intent["amount_received"] != units:
                raise
        if intent["status"] != "succeeded":
            return Done(Answer.REQUEST, Action.CHARGE, instruction.amount, intent["id"])
        charged, besides = _apart(reading.taken(intent), EventKind.CHARGE_SUCCESS)
        return Done(Answer.SUCCESS, Action.CHARGE, charged.amount, charged.reference, besides=besides)

    async def _cancel(self, instruction: Instruction, units: int) -> Done:
        intent = await self._calls.intent(instruction.reference)
        if intent["status"] == "requires_capture":
            if intent["amount_capturable"] != units:
                raise Declined("Stripe lets go of a promise as a whole only.")
            intent = await self._calls.cancel(
                instruction.reference, "requested_by_customer", instruction.idempotency_key
            )
        if intent["status"] != "canceled":
            raise Declined("There is nothing left to let go of.")
        return Done(Answer.SUCCESS, Action.CANCEL, instruction.amount, intent["id"])

    async def _refund(self, instruction: Instruction, units: int) -> Done:
        # Stripe forgets keys after a day, and the same asked again would then be a second refund.
        asked = {reading.REQUEST: instruction.idempotency_key}
        for refund in await self._calls.refunds(instruction.reference):
            if (refund.get("metadata") or {}).get(reading.REQUEST) == instruction.idempotency_key:
                break
        else:
            refund = await self._calls.refund(
                instruction.reference, units, asked, instruction.idempotency_key
            )
        answer = reading.REFUNDED.get(refund["status"], Answer.REQUEST)
        news = reading.refunded(refund, moment(refund["created"], final=answer is Answer.FAILURE))
        return Done(answer, Action.REFUND, news.amount, news.reference, news.message, news.at)


def _is_declined(intent: Object) -> bool:
    return intent["status"] == "requires_payment_method" and bool(intent.get("last_payment_error"))


def _read(session: Session, intent: Object) -> Outcome:
    """How a payment stands whose intent is like this."""
    status, name = intent["status"], intent["id"]
    amount = from_units(intent["amount"], session.currency)
    if status in WAITING:
        form = {"stripeClientSecret": intent["client_secret"], "status": status}
        return Outcome(Answer.ACTION_REQUIRED, session.flow, amount, name, data={"paymentIntent": form})
    if status == "requires_capture":
        return _outcome_of([reading.promised(intent)])
    if status == "succeeded":
        return _outcome_of(reading.taken(intent))
    if status == "canceled":
        at = moment(intent["canceled_at"] or intent["created"], final=True)
        message = reading.failed(intent).message
        return Outcome(Answer.FAILURE, session.flow, amount, name, message, at=at)
    return Outcome(Answer.REQUEST, session.flow, amount, name)


def _outcome_of(news: list[News]) -> Outcome:
    """The first as the answer, the rest beside it."""
    first = news[0]
    flow = Flow.AUTHORIZATION if first.kind is EventKind.AUTHORIZATION_SUCCESS else Flow.CHARGE
    return Outcome(
        Answer.SUCCESS,
        flow,
        first.amount,
        first.reference,
        first.message,
        external_url=first.external_url,
        besides=news[1:],
    )


def _apart(news: list[News], kind: EventKind) -> tuple[News, list[News]]:
    (one,) = (each for each in news if each.kind is kind)
    return one, [each for each in news if each.kind is not kind]
