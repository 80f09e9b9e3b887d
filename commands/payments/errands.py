"""What the shop asks a gateway about a payment that stands: to capture it, to refund it, to void it.

The request is an event of the payment before anybody is asked, so its amount is spoken for at once; and it is
asked under its own name, so that asking again does nothing twice. Without an answer, a sweep asks the same.
"""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4, uuid5

import structlog

from adapters.payments.gateway import Done, Gateway, Instruction, Unreachable
from commands.payments.asking import LEASE, PATIENCE
from commands.payments.recording import add_up, asked_of, hold
from commands.payments.snapshots import remember
from commands.payments.telling import OURS, open_requests, write_down
from commands.shop import Shop
from db import carts, transaction_events, transactions
from db.statements import Connection
from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.access import Viewer
from domain.money import rounded
from domain.payments import Action, Event, EventKind, KeyReused, MissingGateway, amount_to_ask
from domain.refusals import Invalid, NotFound

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """``request_id`` is the event that says what the gateway is asked."""

    gateway: Gateway
    instruction: Instruction
    transaction_id: UUID
    request_id: int


async def ask_for(
    shop: Shop,
    viewer: Viewer,
    transaction_id: UUID,
    action: Action,
    *,
    amount: Decimal | None = None,
    key: str | None = None,
    message: str = "",
) -> int:
    """Have a gateway capture, refund or void; the latest event's id. ``amount`` null: all that there is.

    The same ``key`` is one request, however often it is made. Whoever calls knows that the viewer may.
    Giving back a part of what is there for a checkout, the difference once it became cheaper, makes what is
    left one for the cart as it is now.

    Raises ``NotFound``, ``MissingGateway``, ``KeyReused``, and ``Invalid`` where there is less than that, or,
    without a ``key``, while the gateway has not answered the same before: that is a second click.
    Records ``CheckoutUpdated``, or ``OrderUpdated`` and ``OrderPaid``.
    """
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None:
            raise NotFound("This payment does not exist.", field="id")
        wanted = None if amount is None else rounded(amount, transaction.currency)
        name = name_of(transaction_id, key or uuid4().hex)
        _, told = await asked_of(tx, transaction_id)
        known = _known(told, name, action, wanted)
        if known is not None:
            return known
        gateway = shop.gateways.find(transaction.gateway)
        if gateway is None:
            raise MissingGateway("No gateway here can be asked about this payment.", field="id")
        if transaction.asked_with is not None:
            raise Invalid("The gateway has not said yet how this payment stands.", field="id")
        if key is None and _is_under_way(told, action, wanted):
            raise Invalid("The same is under way: the gateway has not answered it yet.", field="amount")
        whole = transaction.charged_amount if action is Action.REFUND else transaction.authorized_amount
        now, due = shop.clock(), amount_to_ask(rounded(whole, transaction.currency), wanted)
        event = Event(EventKind(f"{action}_REQUEST"), name, due, now)
        request = await ask_in_writing(tx, transaction, event, by=viewer, message=message)
        is_difference = action is not Action.CHARGE and due < whole
        if is_difference and payable is not None and payable.total is None:
            (cart,) = await carts.carts(tx, [payable.id])
            await remember(tx, transaction.id, cart)
        await add_up(tx, transaction, payable, request, viewer=viewer, now=now)
    return await run(shop, viewer, errand_of(gateway, transaction, request))


def name_of(transaction_id: UUID, key: str) -> str:
    """What a request is called until the gateway has given it a name."""
    return f"{OURS}{uuid5(transaction_id, key).hex}"


async def ask_in_writing(
    tx: Connection,
    transaction: TransactionRow,
    event: Event,
    *,
    by: Viewer | None = None,
    message: str = "",
) -> EventRow:
    """The request, written down before it is made; nobody else makes it meanwhile."""
    told, _ = await transaction_events.tell(
        tx, transaction, event, by=by, message=message, asked_under=event.reference
    )
    await transactions.ask(tx, transaction.id, event.at + LEASE)
    return told


def errand_of(gateway: Gateway, transaction: TransactionRow, request: EventRow) -> Errand:
    """What a request that was written down asks for."""
    instruction = Instruction(
        idempotency_key=request.idempotency_key or request.reference,
        action=Action(request.kind.removesuffix("_REQUEST")),
        amount=request.amount,
        currency=request.currency,
        reference=transaction.reference or "",
    )
    return Errand(gateway, instruction, transaction.id, request.id)


async def run(shop: Shop, viewer: Viewer, errand: Errand) -> int:
    """Ask the gateway and write down what it answers; the latest event's id.

    Without an answer, a later sweep asks the same.
    """
    return await carry_out(shop, viewer, errand) or errand.request_id


async def carry_out(shop: Shop, viewer: Viewer, errand: Errand) -> int | None:
    """As ``run``; None where the gateway keeps silent."""
    done = await answer_to(errand)
    if done is None:
        async with shop.db.transaction() as tx:
            await transactions.give_up(tx, errand.transaction_id, shop.clock())
        return None
    return await record(shop, viewer, errand, done)


async def answer_to(errand: Errand) -> Done | None:
    """What the gateway answers; None where it keeps silent."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await errand.gateway.act(errand.instruction)
    except (Unreachable, TimeoutError):
        log.warning("gateway_silent", gateway=errand.gateway.id, transaction=str(errand.transaction_id))
        return None


async def record(shop: Shop, viewer: Viewer, errand: Errand, done: Done) -> int:
    """Write down what a gateway has answered; the latest event's id."""
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, errand.transaction_id)
        assert transaction is not None, "payments are never deleted"
        reference = done.reference or errand.instruction.idempotency_key
        now = shop.clock()
        at = max(done.at or now, transaction.created_at)
        event = Event(done.kind, reference, rounded(done.amount, transaction.currency), at)
        await transaction_events.answer_request(tx, errand.request_id, reference=reference, counts=True)
        told, _ = await transaction_events.tell(tx, transaction, event, message=done.message)
        _, everything = await asked_of(tx, transaction.id)
        if not open_requests(everything):
            await transactions.answered(tx, transaction.id)
        await add_up(tx, transaction, payable, told, viewer=viewer, now=now)
        for news in done.besides:
            await write_down(tx, transaction, payable, news, viewer=viewer, now=now)
    return told.id


def _known(told: list[EventRow], name: str, action: Action, amount: Decimal | None) -> int | None:
    """What was told last of a request that was made before under this name; None where it was not."""
    asked = next((event for event in told if event.idempotency_key == name), None)
    if asked is None:
        return None
    if asked.kind != f"{action}_REQUEST" or amount not in (None, asked.amount):
        raise KeyReused("This key was used for another request.", field="idempotencyKey")
    return max(event.id for event in told if event.reference == asked.reference)


def _is_under_way(told: list[EventRow], action: Action, amount: Decimal | None) -> bool:
    """Whether just this was asked, and has no answer."""
    return any(event.kind == f"{action}_REQUEST" and event.amount == amount for event in open_requests(told))
