"""A gateway that moves no money and does as it is told: for trying a shop out, and for tests.

The shopper's ``data`` says what becomes of a payment. It is either the event that is to happen::

    {"event": {"type": "CHARGE_ACTION_REQUIRED", "includePspReference": true}}

or one of the test cards, ``{"card": "4242424242424242"}``. Without either, the payment succeeds.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from adapters.payments.gateway import Answer, Done, Instruction, Opening, Outcome, Session
from domain.payments import Flow

CARDS = {
    "4242424242424242": Answer.SUCCESS,
    "4000000000000002": Answer.FAILURE,
    "4000000000003220": Answer.ACTION_REQUIRED,
    "4000000000000259": Answer.REQUEST,
}
EVENTS = {f"{flow}_{answer}": (flow, answer) for flow in Flow for answer in Answer}
MESSAGES = {
    Answer.SUCCESS: "",
    Answer.FAILURE: "The payment was declined.",
    Answer.REQUEST: "The answer will come later.",
    Answer.ACTION_REQUIRED: "The shopper has to confirm the payment.",
}


class DummyGateway:
    """Keeps nothing: every answer follows from the question, and every reference from the idempotency key."""

    id = "matvis.dummy"
    name = "Dummy"
    currencies = None
    config: Mapping[str, str | None] = {"cards": ",".join(CARDS)}

    async def initialize(self, opening: Opening) -> Any:
        """The test cards, and what is to be paid."""
        return {"cards": sorted(CARDS), "amount": str(opening.amount), "currency": opening.currency}

    async def process(self, session: Session) -> Outcome:
        asked = _asked(session.data, session.flow)
        if asked is None:
            message = "The dummy does not know this event or this card."
            return Outcome(Answer.FAILURE, session.flow, session.amount, _reference(session), message)
        flow, answer = asked
        return Outcome(
            answer,
            flow,
            session.amount,
            _reference(session) if _wants_reference(session.data) else "",
            MESSAGES[answer],
            {"confirm": "transactionProcess"} if answer is Answer.ACTION_REQUIRED else None,
        )

    async def act(self, instruction: Instruction) -> Done:
        """Always done at once."""
        return Done(
            Answer.SUCCESS, instruction.action, instruction.amount, _named(instruction.idempotency_key)
        )


def _asked(data: Any, flow: Flow) -> tuple[Flow, Answer] | None:
    match data:
        case {"event": {"type": str(kind)}}:
            return EVENTS.get(kind)
        case {"card": str(number)}:
            answer = CARDS.get("".join(number.split()))
            return (flow, answer) if answer else None
        case _:
            return flow, Answer.SUCCESS


def _wants_reference(data: Any) -> bool:
    match data:
        case {"event": {"includePspReference": False}}:
            return False
        case _:
            return True


def _reference(session: Session) -> str:
    return session.reference or _named(session.idempotency_key)


def _named(key: str) -> str:
    return f"dummy-{sha256(key.encode()).hexdigest()[:24]}"
