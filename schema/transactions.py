"""Payments with gateways, and what was told of each."""

from typing import TYPE_CHECKING, Annotated, ClassVar

import strawberry

from db.transaction_events import EventRow
from db.transactions import TransactionRow
from domain.payments import Action, EventKind, Flow
from engine.words import attribute, batch_field, edge, inline
from loaders.orders import OrderLoaders
from loaders.transactions import TransactionLoaders
from schema.accounts import User
from schema.apps import App
from schema.doers import doers
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, make_money
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.orders import Order

UserOrApp = Annotated[User | App, strawberry.union("UserOrApp", description="Whoever works with the shop.")]

declare(
    Flow,
    "TransactionFlowStrategyEnum",
    "What a shopper's payment does with the money.",
    {
        Flow.AUTHORIZATION: "Promise it: the shop charges it later.",
        Flow.CHARGE: "Charge it at once.",
    },
)
declare(
    Action,
    "TransactionActionEnum",
    "What the shop may still do with a payment.",
    {
        Action.CHARGE: "Charge what was promised.",
        Action.REFUND: "Give back what was charged.",
        Action.CANCEL: "Let go of what was promised.",
    },
)
declare(
    EventKind,
    "TransactionEventTypeEnum",
    "What can be told of a payment.",
    {
        EventKind.AUTHORIZATION_REQUEST: "The gateway was asked for a promise, and has not decided.",
        EventKind.AUTHORIZATION_SUCCESS: "The money is promised.",
        EventKind.AUTHORIZATION_FAILURE: "The promise was refused, or taken back.",
        EventKind.AUTHORIZATION_ADJUSTMENT: "The promise is now for this amount.",
        EventKind.AUTHORIZATION_ACTION_REQUIRED: "The shopper has to act before the money is promised.",
        EventKind.CHARGE_REQUEST: "The gateway was asked to charge, and has not decided.",
        EventKind.CHARGE_SUCCESS: "The money was charged.",
        EventKind.CHARGE_FAILURE: "The charge was refused, or taken back.",
        EventKind.CHARGE_ACTION_REQUIRED: "The shopper has to act before the money is charged.",
        EventKind.CHARGE_BACK: "The shopper's bank took the money back.",
        EventKind.REFUND_REQUEST: "The gateway was asked for a refund, and has not decided.",
        EventKind.REFUND_SUCCESS: "The money was given back.",
        EventKind.REFUND_FAILURE: "The refund was refused.",
        EventKind.REFUND_REVERSE: "A refund came back to the shop.",
        EventKind.CANCEL_REQUEST: "The gateway was asked to let go of a promise, and has not decided.",
        EventKind.CANCEL_SUCCESS: "The promise was let go of.",
        EventKind.CANCEL_FAILURE: "The promise stands.",
        EventKind.INFO: "Something worth knowing that moves no money.",
    },
)


def text(value: str | None) -> str:
    return value or ""


@strawberry.type(description="Something that was told of a payment.")
class TransactionEvent(Node):
    represents: ClassVar[type] = EventRow

    id: strawberry.ID = global_id("TransactionEvent")
    created_at: DateTime = attribute("When it happened.")
    type: EventKind | None = attribute("What happened.", column="kind")
    psp_reference: str = attribute("The gateway's name for this step of the payment.", column="reference")
    message: str = attribute("What the gateway says about it.")
    external_url: str = attribute("Where the gateway shows the details.")
    amount: Money = inline(make_money, "amount", "currency", description="How much it is about.")
    idempotency_key: str | None = attribute("The key that the gateway was asked under, if we asked it.")
    created_by: UserOrApp | None = batch_field(
        doers, description="Who asked for it, or wrote it down; null for what the gateway told."
    )


def _money(column: str, description: str) -> Money:
    declared: Money = inline(make_money, column, "currency", description=description)
    return declared


@strawberry.type(description="A payment with a gateway, for a checkout and then for the order made of it.")
class TransactionItem(Node, ObjectWithMetadata):
    represents: ClassVar[type] = TransactionRow

    id: strawberry.ID = global_id("TransactionItem")
    created_at: DateTime = attribute("When it was begun.")
    modified_at: DateTime = attribute("When it last changed.", column="updated_at")
    name: str = attribute("The gateway's name.")
    message: str = attribute("What the gateway said last.")
    psp_reference: str = inline(
        text,
        "reference",
        nulls=True,
        description="The gateway's name for the payment; empty before it gave one.",
    )
    external_url: str = attribute("Where the gateway shows the details.")
    created_by: UserOrApp | None = batch_field(doers, description="Who began it, or wrote it down.")
    actions: list[Action] = attribute("What the shop may still do with it.", column="available_actions")
    authorized_amount: Money = _money("authorized_amount", "Promised, and not charged yet.")
    authorize_pending_amount: Money = _money("authorize_pending_amount", "Asked to be promised, not decided.")
    charged_amount: Money = _money("charged_amount", "Charged, without what went back.")
    charge_pending_amount: Money = _money("charge_pending_amount", "Asked to be charged, not decided.")
    refunded_amount: Money = _money("refunded_amount", "Given back.")
    refund_pending_amount: Money = _money("refund_pending_amount", "Asked to be given back, not decided.")
    canceled_amount: Money = _money("canceled_amount", "Promised once and let go of.")
    cancel_pending_amount: Money = _money("cancel_pending_amount", "Asked to be let go of, not decided.")
    events: list[TransactionEvent] = edge(
        TransactionLoaders.events, key="id", description="What was told of it, oldest first."
    )
    order: Annotated["Order", strawberry.lazy("schema.orders")] | None = edge(
        OrderLoaders.by_id, key="order_id", description="The order it pays for, once there is one."
    )
