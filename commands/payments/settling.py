"""What a gateway tells of a payment by itself, sooner or later: a webhook's way in."""

from dataclasses import dataclass, replace
from uuid import UUID

from commands.payments.holding import keep
from commands.payments.recording import add_up, asked_of, hold
from commands.shop import Shop
from db import transaction_events, transactions
from domain.access import GUEST, Viewer
from domain.money import rounded
from domain.payments import ANSWERS, LAST_WORDS, Event, EventKind, IncorrectDetails, is_on_its_way
from domain.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Settled:
    """``already``: it had been told before, and nothing has changed."""

    event_id: int
    already: bool


async def settle(
    shop: Shop,
    transaction_id: UUID,
    event: Event,
    *,
    viewer: Viewer = GUEST,
    message: str = "",
    external_url: str = "",
) -> Settled:
    """Write down what was told of a payment and add it up, once, however often it is told.

    Whoever calls has made sure that the gateway said it. Raises ``NotFound``, and ``IncorrectDetails`` where
    the same kind and reference came with another amount. Records ``CheckoutUpdated``, or ``OrderUpdated`` and
    ``OrderPaid``.
    """
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None:
            raise NotFound("This payment does not exist.", field="id")
        event = replace(event, amount=rounded(event.amount, transaction.currency))
        asked, _ = await asked_of(tx, transaction.id)
        is_first = event.kind in ANSWERS and event.reference != "" and asked.reference == ""
        if is_first:
            # The news comes before the answer: it names what was asked, which must not count beside it.
            await transaction_events.answer_request(
                tx,
                asked.id,
                reference=event.reference,
                counts=is_on_its_way(EventKind(asked.kind), event.kind),
            )
        if event.kind in LAST_WORDS:
            await transactions.answered(tx, transaction.id)
        told, is_new = await transaction_events.tell(
            tx, transaction, event, message=message, external_url=external_url
        )
        if told.amount != event.amount:
            raise IncorrectDetails("This was told before with another amount.", field="amount")
        if is_new or is_first:
            await add_up(tx, transaction, payable, told, viewer=viewer, now=shop.clock())
            await keep(tx, payable, event.kind, shop.clock())
    return Settled(told.id, already=not (is_new or is_first))
