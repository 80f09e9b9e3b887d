"""Money that was granted back for an order."""

from typing import ClassVar

import strawberry

from db.refunds import GrantedLineRow, GrantedRow
from domain.refunds import GrantStatus
from engine.words import attribute, edge, inline
from loaders.accounts import AccountLoaders
from loaders.apps import AppLoaders
from loaders.discounts import DiscountLoaders
from loaders.orders import OrderLoaders
from loaders.refunds import RefundLoaders
from loaders.transactions import TransactionLoaders
from schema.accounts import User
from schema.apps import App
from schema.discounts import GiftCard
from schema.enums import declare
from schema.ids import global_id
from schema.metadata import Node
from schema.money import Money, make_money
from schema.order_lines import OrderLine
from schema.scalars import DateTime
from schema.transactions import TransactionEvent, TransactionItem

declare(
    GrantStatus,
    "OrderGrantedRefundStatusEnum",
    "What came of money that was granted back.",
    {
        GrantStatus.NONE: "Nobody has asked for it to be paid out.",
        GrantStatus.PENDING: "The gateway was asked for it, and has not decided.",
        GrantStatus.SUCCESS: "It was paid back.",
        GrantStatus.FAILURE: "Paying it back failed; it may be asked for again.",
    },
)


def status_of(granted: GrantedRow) -> GrantStatus:
    return granted.status


@strawberry.type(description="Units of an order's line for which money is given back.")
class OrderGrantedRefundLine(Node):
    represents: ClassVar[type] = GrantedLineRow

    id: strawberry.ID = global_id("OrderGrantedRefundLine")
    quantity: int = attribute("How many units.")
    reason: str | None = attribute("Why, if there is a reason of their own.")
    order_line: OrderLine = edge(OrderLoaders.line, key="order_line_id", description="The line of the order.")


@strawberry.type(
    description="Money that staff has decided to give back for an order, whether or not it has been paid out."
)
class OrderGrantedRefund(Node):
    represents: ClassVar[type] = GrantedRow

    id: strawberry.ID = global_id("OrderGrantedRefund")
    created_at: DateTime = attribute("When it was granted.")
    updated_at: DateTime = attribute("When it last changed.")
    amount: Money = inline(make_money, "amount", "currency", description="How much.")
    reason: str | None = attribute("Why.")
    user: User | None = edge(AccountLoaders.by_id, key="user_id", description="Who granted it.")
    app: App | None = edge(AppLoaders.by_id, key="app_id", description="The app that granted it.")
    shipping_costs_included: bool = attribute("Whether shipping is among it.", column="includes_shipping")
    lines: list[OrderGrantedRefundLine] | None = edge(
        RefundLoaders.lines, key="id", description="The units that it is for."
    )
    status: GrantStatus = inline(status_of, description="What came of it.")
    transaction_events: list[TransactionEvent] | None = edge(
        RefundLoaders.events,
        key="id",
        description="What was told when its gateway was asked last to pay it out, oldest first.",
    )
    transaction: TransactionItem | None = edge(
        TransactionLoaders.by_id,
        key="transaction_id",
        description="The payment that it goes back to; null where that is a gift card.",
    )
    gift_card: GiftCard | None = edge(
        DiscountLoaders.gift_card,
        key="gift_card_id",
        description="The gift card that it goes back to; null where that is a payment.",
    )
