"""What was sold, kept as it was sold, and how it was paid and sent."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Sequence, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables.columns import (
    amount,
    decimal,
    flag,
    json,
    moment,
    number_id,
    ref,
    uuid_id,
    whole,
    word_list,
    words,
)

ORDER_NUMBERS = Sequence("order_numbers", metadata=SQLModel.metadata)


class Orders(SQLModel, table=True):
    """Every figure is a snapshot in ``currency``.

    ``checkout_id`` is unique: a checkout becomes one order at most.

    ``gift_card_amount`` was paid by gift cards: ``total`` is what remains to be paid otherwise.
    ``charged_amount`` and ``authorized_amount`` are folded from the transactions; ``granted_amount`` is what
    staff has granted back, paid out or not.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(None, "user_id", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index("ix_orders_email", text("lower(email)")),
    )
    id: UUID = uuid_id()
    number: str = Field(
        default=None,
        sa_column=Column(Text, nullable=False, unique=True, server_default=ORDER_NUMBERS.next_value()),
    )
    checkout_id: UUID | None = Field(default=None, unique=True)
    channel_id: int = ref("channels.id")
    user_id: int | None = ref("users.id", forget=True, index=False)
    email: str = words()
    status: str = words(default="UNFULFILLED")
    origin: str = words(default="CHECKOUT")
    currency: str = words(default=None)
    language_code: str = words(default="EN")
    shipping_address_id: int | None = ref("addresses.id", forget=True)
    billing_address_id: int | None = ref("addresses.id", forget=True)
    shipping_method_id: int | None = ref("shipping_methods.id", forget=True)
    shipping_method_name: str | None = words(null=True)
    collection_point_id: int | None = ref("warehouses.id", forget=True)
    is_shipping_required: bool = flag(default=True)
    shipping_net: Decimal = amount(default=0)
    shipping_gross: Decimal = amount(default=0)
    undiscounted_shipping_net: Decimal = amount(default=0)
    undiscounted_shipping_gross: Decimal = amount(default=0)
    shipping_tax_rate: Decimal | None = decimal()
    subtotal_net: Decimal = amount(default=0)
    subtotal_gross: Decimal = amount(default=0)
    undiscounted_total_net: Decimal = amount(default=0)
    undiscounted_total_gross: Decimal = amount(default=0)
    total_net: Decimal = amount(default=0)
    total_gross: Decimal = amount(default=0)
    gift_card_amount: Decimal = amount(default=0)
    charged_amount: Decimal = amount(default=0)
    authorized_amount: Decimal = amount(default=0)
    refunded_amount: Decimal = amount(default=0)
    granted_amount: Decimal = amount(default=0)
    charge_status: str = words(default="NONE")
    authorize_status: str = words(default="NONE")
    voucher_id: int | None = ref("vouchers.id", forget=True)
    voucher_code: str | None = words(null=True)
    customer_note: str = words()
    external_reference: str | None = words(null=True, unique=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class OrderLines(SQLModel, table=True):
    """``variant_id`` is null when the variant is gone, or when the line is a charge (``kind`` CHARGE)."""

    __tablename__ = "order_lines"
    __table_args__ = (
        Index(None, "order_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("quantity_fulfilled between 0 and quantity", name="fulfilled_within_quantity"),
    )
    id: UUID = uuid_id()
    order_id: UUID = ref("orders.id", cascade=True, index=False)
    position: int = whole()
    kind: str = words(default="PRODUCT")
    variant_id: int | None = ref("product_variants.id", forget=True)
    product_name: str = words()
    variant_name: str = words()
    translated_product_name: str = words()
    translated_variant_name: str = words()
    sku: str | None = words(null=True)
    is_shipping_required: bool = flag(default=True)
    quantity: int = whole(default=None)
    quantity_fulfilled: int = whole()
    currency: str = words(default=None)
    unit_net: Decimal = amount()
    unit_gross: Decimal = amount()
    undiscounted_unit_net: Decimal = amount()
    undiscounted_unit_gross: Decimal = amount()
    total_net: Decimal = amount()
    total_gross: Decimal = amount()
    undiscounted_total_net: Decimal = amount()
    undiscounted_total_gross: Decimal = amount()
    unit_discount_amount: Decimal = amount(default=0)
    unit_discount_reason: str | None = words(null=True)
    tax_rate: Decimal | None = decimal()
    tax_class_name: str | None = words(null=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class Allocations(SQLModel, table=True):
    """Units of a stock promised to an order line and not yet sent.

    A stock's ``allocated`` is the sum of these.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("order_line_id", "stock_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    id: int = number_id()
    order_line_id: UUID = ref("order_lines.id", cascade=True, index=False)
    stock_id: int = ref("stocks.id")
    quantity: int = whole(default=None)


class OrderDiscounts(SQLModel, table=True):
    """``kind`` is the API's OrderDiscountType.

    ``amount`` is what it took off the whole order, in its currency.
    """

    __tablename__ = "order_discounts"
    id: int = number_id()
    order_id: UUID = ref("orders.id", cascade=True)
    kind: str = words(default="VOUCHER")
    name: str = words()
    reason: str | None = words(null=True)
    value_kind: str = words(default="FIXED")
    value: Decimal = amount()
    amount: Decimal = amount()
    currency: str = words(default=None)


class OrderEvents(SQLModel, table=True):
    """The history of an order: append-only, written with the change it tells of.

    A user, an app or nobody did it.
    """

    __tablename__ = "order_events"
    id: int = number_id()
    order_id: UUID = ref("orders.id", cascade=True)
    kind: str = words(default=None)
    user_id: int | None = ref("users.id", forget=True)
    app_id: int | None = ref("apps.id", forget=True)
    facts: str = json(null=False)
    created_at: datetime = moment(now=True)


class Fulfillments(SQLModel, table=True):
    __tablename__ = "fulfillments"
    id: UUID = uuid_id()
    order_id: UUID = ref("orders.id", cascade=True)
    number: int = whole(default=None)
    status: str = words(default="FULFILLED")
    tracking_number: str = words()
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class FulfillmentLines(SQLModel, table=True):
    __tablename__ = "fulfillment_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)
    id: int = number_id()
    fulfillment_id: UUID = ref("fulfillments.id", cascade=True)
    order_line_id: UUID = ref("order_lines.id", cascade=True)
    stock_id: int | None = ref("stocks.id", forget=True)
    quantity: int = whole(default=None)


class Transactions(SQLModel, table=True):
    """A payment with a gateway, for a checkout and then for its order. The amounts are a fold of its events.

    ``user_id`` or ``app_id`` began it. Without a ``gateway`` that is who wrote it down: no gateway here can
    be asked about it.

    ``idempotency_key`` is ours towards the gateway, ``fingerprint`` of the request that came with it. Until
    ``asked_until`` somebody waits for the gateway's answer, so nobody else asks; ``asked_with`` is what the
    shopper's browser had for the gateway, kept until there is an answer. From ``look_at`` on the gateway is
    asked how the payment stands; null once everything has been told.

    ``snapshot`` is the fingerprint of the checkout that the payment is for, as it was when the payment was
    begun, or confirmed for it: the latest of the checkout's payments to be so has the highest
    ``snapshot_turn``. Both are null for what was written down by hand.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint(
            "least(authorized_amount, charged_amount, refunded_amount, canceled_amount) >= 0",
            name="amounts_not_negative",
        ),
        Index(None, "asked_until", postgresql_where=text("asked_until is not null")),
        Index(None, "look_at", postgresql_where=text("look_at is not null")),
        Index(
            "ix_transactions_left",
            "checkout_id",
            "updated_at",
            postgresql_where=text("order_id is null and (authorized_amount > 0 or charged_amount > 0)"),
        ),
        Index(None, "gateway", "reference", postgresql_where=text("reference is not null")),
        Index(
            "uq_transactions_reference_by_hand",
            "reference",
            unique=True,
            postgresql_where=text("gateway = '' and reference is not null"),
        ),
    )
    id: UUID = uuid_id()
    checkout_id: UUID | None = ref("checkouts.id", forget=True)
    order_id: UUID | None = ref("orders.id", null=True)
    user_id: int | None = ref("users.id", forget=True)
    app_id: int | None = ref("apps.id", forget=True)
    gateway: str = words(default=None)
    name: str = words()
    message: str = words()
    reference: str | None = words(null=True)
    external_url: str = words()
    idempotency_key: str = words(unique=True)
    fingerprint: str = words()
    asked_until: datetime | None = moment(null=True)
    asked_with: str | None = json()
    look_at: datetime | None = moment(null=True)
    snapshot: str | None = words(null=True)
    snapshot_turn: int | None = whole(null=True, default=None)
    currency: str = words(default=None)
    authorized_amount: Decimal = amount(default=0)
    authorize_pending_amount: Decimal = amount(default=0)
    charged_amount: Decimal = amount(default=0)
    charge_pending_amount: Decimal = amount(default=0)
    refunded_amount: Decimal = amount(default=0)
    refund_pending_amount: Decimal = amount(default=0)
    canceled_amount: Decimal = amount(default=0)
    cancel_pending_amount: Decimal = amount(default=0)
    available_actions: list[str] = word_list()
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class TransactionEvents(SQLModel, table=True):
    """What a gateway said. The same reference and kind is one event, however often it is told.

    ``user_id`` or ``app_id`` is who asked for it or wrote it down, if anybody here did. One that does not
    ``count`` changes no amount; ``data`` is what the shopper's browser was given with it.
    """

    __tablename__ = "transaction_events"
    __table_args__ = (UniqueConstraint("transaction_id", "kind", "reference"),)
    id: int = number_id()
    transaction_id: UUID = ref("transactions.id", cascade=True, index=False)
    user_id: int | None = ref("users.id", forget=True)
    app_id: int | None = ref("apps.id", forget=True)
    kind: str = words(default=None)
    reference: str = words()
    amount: Decimal = amount(default=0)
    currency: str = words(default=None)
    message: str = words()
    external_url: str = words()
    data: str | None = json()
    counts: bool = flag(default=True)
    asked_under: str | None = words(null=True)
    created_at: datetime = moment(now=True)
