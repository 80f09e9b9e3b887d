"""A shopper pays: the goods are held, what remains is asked for, and the gateway is asked in between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

import orjson

from adapters.payments.gateway import Gateway
from commands.payments.asking import LEASE, Question, Step, ask, kept, session_of
from commands.payments.holding import reserve
from commands.payments.recording import add_up, asked_of, hold, may_pay, taken_by, total_of
from commands.payments.snapshots import has_changed, remember
from commands.shop import Shop
from db import carts, payables, transaction_events, transactions
from db.payables import PayableRow
from db.statements import Connection
from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.access import Viewer
from domain.carts import Cart
from domain.money import ZERO, rounded
from domain.orders import check_payable
from domain.payments import (
    FIRST_LOOK,
    LAST_WORDS,
    Event,
    EventKind,
    Flow,
    KeyReused,
    MissingGateway,
    Subject,
    TransactionAlreadyProcessed,
    amount_to_pay,
)
from domain.refusals import NotFound
from domain.stocks import HOLD, PAID_HOLD

SUCCESSES: Final = (EventKind.AUTHORIZATION_SUCCESS, EventKind.CHARGE_SUCCESS)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the shopper asks for. ``amount`` null: all that remains; ``flow`` null: the channel's.

    ``data`` is JSON. The same ``key`` for the same checkout or order is the same payment, however often it is
    asked for.
    """

    gateway: str
    data: Any = None
    amount: Decimal | None = None
    flow: Flow | None = None
    key: str | None = None
    customer_ip: str | None = None

    def fingerprint(self) -> str:
        """Equal for equal wishes."""
        amount = None if self.amount is None else str(self.amount.normalize())
        return _digest([self.gateway, self.data, amount, self.flow])


async def initialize(shop: Shop, viewer: Viewer, subject: Subject, id: UUID, wish: Wish) -> Step:
    """Begin a payment of a checkout or an order, and hold the checkout's goods while it is under way.

    Where the gateway gives no answer the payment stays pending, for the same key or ``process`` to take up.
    Raises ``NotFound``, ``Invalid``, ``InsufficientStock``, ``KeyReused``: then the gateway was not asked.
    Records ``StockChanged`` and ``CheckoutUpdated``, or ``OrderUpdated`` and ``OrderPaid``.
    """
    key = str(uuid5(id, wish.key)) if wish.key else str(uuid4())
    async with shop.db.transaction() as tx:
        payable = await payables.lock(tx, subject, id)
        known = await transactions.by_key(tx, key)
        step: Step | Question
        if known is not None:
            step = await _take_up(shop, tx, viewer, known.id, wish=wish)
        elif payable is None or not may_pay(viewer, payable):
            raise NotFound("There is nothing to pay for under this id.", field="id")
        else:
            step = await _begin(shop, tx, viewer, payable, subject=subject, wish=wish, key=key)
    return await ask(shop, viewer, step) if isinstance(step, Question) else step


async def process(
    shop: Shop, viewer: Viewer, transaction_id: UUID, data: Any, customer_ip: str | None = None
) -> Step:
    """The next step of a payment: the shopper has done what the gateway required, or asks how it stands.

    Where it has money, on its way or there, for a checkout that was something else when it was paid, the
    payment becomes one for what it is now; of one that is finished nothing else is asked.

    Raises ``NotFound``, ``TransactionAlreadyProcessed``, ``MissingGateway``, ``InsufficientStock``, and
    ``Invalid`` where less remains to be paid than the payment is for, or the order is over. Records what
    ``initialize`` does.
    """
    async with shop.db.transaction() as tx:
        transaction, payable = await hold(tx, transaction_id)
        if transaction is None or payable is None or not may_pay(viewer, payable):
            raise NotFound("This payment does not exist.", field="id")
        asked, told = await asked_of(tx, transaction.id)
        if any(event.kind in LAST_WORDS for event in told):
            await _confirm(shop, tx, viewer, transaction, payable)
            taken = [event.id for event in told if event.kind in SUCCESSES]
            return Step(transaction.id, max(taken, default=asked.id))
        if _is_being_asked(transaction, shop.clock()):
            return Step(transaction.id, asked.id)
        question = await _ask_again(
            shop, tx, viewer, transaction, payable=payable, asked=asked, data=data, customer_ip=customer_ip
        )
    return await ask(shop, viewer, question)


async def _begin(
    shop: Shop, tx: Connection, viewer: Viewer, payable: PayableRow, *, subject: Subject, wish: Wish, key: str
) -> Question:
    gateway = _offered(shop, payable, wish.gateway)
    now, flow = shop.clock(), wish.flow or Flow(payable.flow)
    wanted = None if wish.amount is None else rounded(wish.amount, payable.currency)
    amount, cart = await _hold_goods(shop, tx, viewer, payable, amount=wanted)
    words = kept(key, wish.data, wish.customer_ip)
    transaction = await transactions.insert(
        tx,
        subject=subject,
        subject_id=payable.id,
        by=viewer,
        gateway=gateway.id,
        name=gateway.name,
        key=key,
        fingerprint=wish.fingerprint(),
        asked_until=now + LEASE,
        asked_with=words,
        look_at=now + FIRST_LOOK,
        currency=payable.currency,
        now=now,
    )
    if cart is not None:
        await remember(tx, transaction.id, cart)
    request = Event(EventKind(f"{flow}_REQUEST"), "", amount, now)
    asked, _ = await transaction_events.tell(tx, transaction, request, by=viewer)
    await add_up(tx, transaction, payable, asked, viewer=viewer, now=now)
    return Question(gateway, session_of(transaction, asked, words), asked.id)


async def _take_up(
    shop: Shop, tx: Connection, viewer: Viewer, transaction_id: UUID, *, wish: Wish
) -> Step | Question:
    """A payment that was begun under the same key: its answer, or the question once more where none came."""
    transaction, payable = await hold(tx, transaction_id)
    if transaction is None or payable is None or not may_pay(viewer, payable):
        raise NotFound("There is nothing to pay for under this id.", field="id")
    if transaction.fingerprint != wish.fingerprint():
        raise KeyReused("This key was used for another payment.", field="idempotencyKey")
    asked, told = await asked_of(tx, transaction.id)
    if transaction.asked_until is None or any(event.kind in LAST_WORDS for event in told):
        latest = max((event for event in told if event.kind != EventKind.INFO), key=lambda event: event.id)
        return Step(transaction.id, latest.id, None if latest.data is None else orjson.loads(latest.data))
    if _is_being_asked(transaction, shop.clock()):
        return Step(transaction.id, asked.id)
    return await _ask_again(
        shop,
        tx,
        viewer,
        transaction,
        payable=payable,
        asked=asked,
        data=wish.data,
        customer_ip=wish.customer_ip,
    )


async def _ask_again(
    shop: Shop,
    tx: Connection,
    viewer: Viewer,
    transaction: TransactionRow,
    *,
    payable: PayableRow,
    asked: EventRow,
    data: Any,
    customer_ip: str | None,
) -> Question:
    gateway = shop.gateways.find(transaction.gateway)
    if gateway is None:
        raise MissingGateway("This way to pay is no longer offered.", field="id")
    now = shop.clock()
    amount = rounded(asked.amount, asked.currency)
    own = taken_by(transaction)
    _, cart = await _hold_goods(shop, tx, viewer, payable, amount=amount, own=own)
    if cart is not None and own > 0:  # whoever is only back from the gateway was asked nothing about the cart
        await remember(tx, transaction.id, cart)
    await transaction_events.reopen(tx, asked.id)
    # Before the gateway has named the payment only the first key makes sure that it is not begun twice.
    first = transaction.reference is None
    key = transaction.idempotency_key if first else str(uuid5(transaction.id, _digest(data)))
    words = kept(key, data, customer_ip)
    await transactions.ask(tx, transaction.id, now + LEASE, words)
    await add_up(tx, transaction, payable, asked, viewer=viewer, now=now)
    return Question(gateway, session_of(transaction, asked, words), asked.id)


async def _confirm(
    shop: Shop, tx: Connection, viewer: Viewer, transaction: TransactionRow, payable: PayableRow
) -> None:
    """Make a finished payment one for the checkout as it is now, where its money was for something else.

    Raises ``TransactionAlreadyProcessed`` where there is nothing to confirm.
    """
    own = rounded(taken_by(transaction), payable.currency)
    if payable.total is not None or not transaction.gateway or own <= 0:
        raise TransactionAlreadyProcessed("This payment has been processed.", field="id")
    (cart,) = await carts.carts(tx, [payable.id])
    if not await has_changed(tx, cart):
        raise TransactionAlreadyProcessed("This payment has been processed.", field="id")
    await _hold_goods(shop, tx, viewer, payable, amount=own, own=own, length=PAID_HOLD)
    await remember(tx, transaction.id, cart)


def _offered(shop: Shop, payable: PayableRow, name: str) -> Gateway:
    offered = shop.gateways.offered(payable.payment_gateways, payable.currency, payable.channel_slug)
    for gateway in offered:
        if gateway.id == name and payable.is_active:
            return gateway
    raise NotFound("This way to pay is not offered here.", field="paymentGateway")


async def _hold_goods(
    shop: Shop,
    tx: Connection,
    viewer: Viewer,
    payable: PayableRow,
    *,
    amount: Decimal | None,
    own: Decimal = ZERO,
    length: timedelta = HOLD,
) -> tuple[Decimal, Cart | None]:
    """What is to be paid now, with the goods held, and the cart if it is one.

    ``own`` of what is spoken for is this payment's.
    """
    if payable.status is not None:
        check_payable(payable.status)
    total, cart = await total_of(tx, payable)
    spoken_for = rounded(await payables.spoken_for(tx, payable.id) - own, payable.currency)
    amount = amount_to_pay(rounded(total, payable.currency), spoken_for, amount)
    if cart is not None:
        await reserve(tx, payable, cart, by=viewer, now=shop.clock(), length=length)
    return amount, cart


def _is_being_asked(transaction: TransactionRow, now: datetime) -> bool:
    return transaction.asked_until is not None and transaction.asked_until > now


def _digest(value: Any) -> str:
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
