"""Orders as shoppers and staff see them."""

from functools import partial
from typing import Annotated, ClassVar

import strawberry

from db.orders import OrderRow
from domain import languages
from domain.orders import OrderOrigin, OrderStatus, PaymentStatus, payment_status
from engine.words import attribute, batch_field, edge, inline
from loaders.accounts import AccountLoaders
from loaders.addresses import AddressLoaders
from loaders.channels import ChannelLoaders
from loaders.discounts import DiscountLoaders
from loaders.orders import OrderLoaders
from schema import order_fields
from schema.accounts import User
from schema.addresses import Address
from schema.channels import Channel
from schema.connections import PageInfo, counts
from schema.discounts import GiftCard, Voucher
from schema.fulfillments import Fulfillment, display
from schema.ids import global_id, to_global
from schema.invoices import Invoice
from schema.metadata import Node, ObjectWithMetadata
from schema.money import Money, TaxedMoney, make_money, make_taxed
from schema.order_enums import OrderAuthorizeStatusEnum, OrderChargeStatusEnum
from schema.order_events import OrderEvent
from schema.order_lines import OrderDiscount, OrderLine
from schema.refunds import OrderGrantedRefund
from schema.scalars import DateTime
from schema.shipping import ShippingMethod
from schema.transactions import TransactionItem
from schema.warehouses import Warehouse

DeliveryMethod = Annotated[
    ShippingMethod | Warehouse,
    strawberry.union("DeliveryMethod", description="A way to send goods, or a place to fetch them."),
]


@strawberry.type(
    description="What was bought: every figure and every name as it was when the order was placed."
)
class Order(Node, ObjectWithMetadata):
    represents: ClassVar[type] = OrderRow

    id: strawberry.ID = global_id("Order")
    number: str = attribute("The number the shopper sees.")
    token: str = attribute("The key in the id.", column="id", deprecated="Use `id`.")
    created: DateTime = attribute("When it was placed.", column="created_at")
    updated_at: DateTime = attribute("When it last changed.")
    status: OrderStatus = attribute("Where it stands.")
    status_display: str = inline(display, "status", description="Where it stands, for people to read.")
    origin: OrderOrigin = attribute("Where it came from.")
    checkout_id: strawberry.ID | None = inline(
        partial(to_global, "Checkout"), "checkout_id", description="The checkout it was made from."
    )
    external_reference: str | None = attribute("Its key in another system.")
    channel: Channel = edge(ChannelLoaders.by_id, key="channel_id", description="Where it was placed.")
    user: User | None = edge(
        AccountLoaders.by_id, key="user_id", description="The customer; null where a guest placed it."
    )
    user_email: str | None = attribute("The address that letters about it go to.", column="email")
    language_code_enum: languages.LanguageCode = attribute(
        "The language it was placed in.", column="language_code"
    )
    customer_note: str = attribute("What the shopper wrote with it.")
    shipping_address: Address | None = edge(
        AddressLoaders.by_id, key="shipping_address_id", description="Where it goes."
    )
    billing_address: Address | None = edge(
        AddressLoaders.by_id, key="billing_address_id", description="Who is billed."
    )
    is_shipping_required: bool = attribute("Whether anything of it has to be sent.")
    shipping_method_name: str | None = attribute("What the way of sending it was called.")
    shipping_method: ShippingMethod | None = edge(
        OrderLoaders.shipping_method,
        key="id",
        description="How it is sent, at the price of the order.",
        deprecated="Use `deliveryMethod`.",
    )
    delivery_method: DeliveryMethod | None = batch_field(
        order_fields.delivery_methods,
        description="How it is sent, at the price of the order, or where it is fetched.",
    )
    lines: list[OrderLine] = edge(
        OrderLoaders.lines, key="id", description="What was bought, in the order of the cart."
    )
    fulfillments: list[Fulfillment] = edge(
        OrderLoaders.fulfillments, key="id", description="What has been sent of it, by number."
    )
    subtotal: TaxedMoney = inline(
        make_taxed, "subtotal_net", "subtotal_gross", "currency", description="What the lines cost together."
    )
    shipping_price: TaxedMoney = inline(
        make_taxed, "shipping_net", "shipping_gross", "currency", description="What sending it costs."
    )
    undiscounted_shipping_price: Money = inline(
        make_money,
        "undiscounted_shipping_gross",
        "currency",
        description="What sending it costs without any discount, with tax.",
    )
    shipping_tax_rate: float = inline(
        lambda rate: float(rate or 0), "shipping_tax_rate", nulls=True, description="0.2 is 20 %."
    )
    total: TaxedMoney = inline(
        make_taxed,
        "total_net",
        "total_gross",
        "currency",
        description="What it costs in all, less what gift cards paid.",
    )
    undiscounted_total: TaxedMoney = inline(
        make_taxed,
        "undiscounted_total_net",
        "undiscounted_total_gross",
        "currency",
        description="What it costs in all without any discount.",
    )
    discounts: list[OrderDiscount] = edge(
        OrderLoaders.discounts, key="id", description="What came off its price."
    )
    discount: Money | None = batch_field(
        order_fields.discount_sums,
        description="What came off its price, in one sum.",
        deprecated="Use `discounts`.",
    )
    voucher: Voucher | None = edge(
        DiscountLoaders.voucher, key="voucher_id", description="The voucher that was used."
    )
    gift_cards: list[GiftCard] = batch_field(
        order_fields.cards, description="The gift cards that paid for it."
    )
    voucher_code: str | None = attribute("The voucher's code.")
    display_gross_prices: bool = batch_field(
        order_fields.shows_gross, description="Whether prices are shown with tax where it was placed."
    )
    is_paid: bool = inline(
        order_fields.is_paid,
        "total_gross",
        "charged_amount",
        "granted_amount",
        description="Whether nothing remains to be charged.",
    )
    charge_status: OrderChargeStatusEnum = inline(
        order_fields.charged_so_far,
        "total_gross",
        "charged_amount",
        "granted_amount",
        description="How much of the total has been charged.",
    )
    authorize_status: OrderAuthorizeStatusEnum = inline(
        order_fields.promised_so_far,
        "total_gross",
        "authorized_amount",
        "charged_amount",
        "granted_amount",
        description="How much of the total is promised or charged.",
    )
    payment_status: PaymentStatus = inline(
        payment_status,
        "total_gross",
        "charged_amount",
        "refunded_amount",
        description="How far it is paid, in one word.",
    )
    payment_status_display: str = inline(
        order_fields.payment_display,
        "total_gross",
        "charged_amount",
        "refunded_amount",
        description="How far it is paid, for people to read.",
    )
    total_authorized: Money = inline(
        make_money, "authorized_amount", "currency", description="What is promised and not yet charged."
    )
    total_charged: Money = inline(
        make_money, "charged_amount", "currency", description="What was charged, less what went back."
    )
    total_captured: Money = inline(
        make_money,
        "charged_amount",
        "currency",
        description="What was charged, less what went back.",
        deprecated="Use `totalCharged`.",
    )
    total_refunded: Money = inline(
        make_money, "refunded_amount", "currency", description="What went back to the shopper."
    )
    total_balance: Money = inline(
        order_fields.balance,
        "total_gross",
        "charged_amount",
        "granted_amount",
        "currency",
        description="What was charged, less what it costs but for what was granted back.",
    )
    total_granted_refund: Money = inline(
        make_money,
        "granted_amount",
        "currency",
        description="What was granted back out of its payments, paid out or not.",
    )
    total_refund_pending: Money = batch_field(
        order_fields.pending_refunds,
        description="What gateways were asked to give back and have not decided on; only staff sees it.",
    )
    total_remaining_grant: Money = batch_field(
        order_fields.remaining_grants,
        description="What was granted back and has still to be paid out; only staff sees it.",
    )
    granted_refunds: list[OrderGrantedRefund] = batch_field(
        order_fields.granted_refunds,
        description="What was granted back for it, oldest first; only staff sees it.",
    )
    transactions: list[TransactionItem] = batch_field(
        order_fields.payments, description="Its payments, oldest first; only staff sees them."
    )
    invoices: list[Invoice] = batch_field(
        order_fields.invoices,
        description="Its invoice and credit notes, oldest first; only its customer and staff see them.",
    )
    events: list[OrderEvent] = batch_field(
        order_fields.events, description="Its history, oldest first; only staff sees it."
    )


@strawberry.type(description="An order in a list.")
class OrderCountableEdge:
    node: Order = attribute("The order.")
    cursor: str = attribute("Where it stands in the list.")


@strawberry.type(description="A page of orders.")
class OrderCountableConnection:
    page_info: PageInfo = attribute("Where the page stands in the list.")
    edges: list[OrderCountableEdge] = attribute("The orders of the page.")
    total_count: int | None = batch_field(counts, description="How many there are in the whole list.")
