"""Money that is granted back for an order, and the papers that say what was sold and what was given back."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from db.tables.columns import amount, flag, json, moment, number_id, ref, whole, words


class GrantedRefunds(SQLModel, table=True):
    """What staff has decided to give back, to a payment or a gift card, in the order's currency.

    ``asked_under`` is the name of what its gateway was asked last, null before: the events that follow say
    what came of it. ``attempts`` counts how often it was asked. ``paid_at`` is when a gift card got it back.
    """

    __tablename__ = "granted_refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(transaction_id is null) <> (gift_card_id is null)", name="one_purse"),
    )
    id: int = number_id()
    order_id: UUID = ref("orders.id")
    transaction_id: UUID | None = ref("transactions.id", null=True)
    gift_card_id: int | None = ref("gift_cards.id", null=True)
    asked_under: str | None = words(null=True)
    attempts: int = whole()
    amount: Decimal = amount()
    includes_shipping: bool = flag(default=False)
    reason: str = words()
    user_id: int | None = ref("users.id", forget=True)
    app_id: int | None = ref("apps.id", forget=True)
    paid_at: datetime | None = moment(null=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)


class GrantedRefundLines(SQLModel, table=True):
    """Units of an order's line for which money is given back; ``amount`` is what they cost."""

    __tablename__ = "granted_refund_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)
    id: int = number_id()
    granted_refund_id: int = ref("granted_refunds.id", cascade=True)
    order_line_id: UUID = ref("order_lines.id")
    quantity: int = whole(default=None)
    amount: Decimal = amount(default=0)
    reason: str = words()


class Invoices(SQLModel, table=True):
    """A paper of record: ``kind`` is INVOICE or CREDIT_NOTE, the latter of a granted refund.

    ``serial`` counts the channel's papers of a kind without gaps. ``facts`` are all that the paper says, as
    it was when it was issued; ``file_key`` is null until the file is kept.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("channel_id", "kind", "serial"),
        Index(
            "uq_invoices_order_id",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'INVOICE'"),
        ),
        CheckConstraint("(kind = 'CREDIT_NOTE') = (granted_refund_id is not null)", name="credit_of_refund"),
    )
    id: int = number_id()
    channel_id: int = ref("channels.id", index=False)
    order_id: UUID = ref("orders.id")
    granted_refund_id: int | None = ref("granted_refunds.id", null=True, unique=True)
    kind: str = words(default=None)
    serial: int = whole(default=None)
    number: str = words(default=None)
    facts: str = json(null=False)
    file_key: str | None = words(null=True)
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class InvoiceCounters(SQLModel, table=True):
    """The last ``serial`` of a channel's papers of a kind: whoever issues one holds this row."""

    __tablename__ = "invoice_counters"
    channel_id: int = ref("channels.id", key=True)
    kind: str = words(key=True)
    last: int = whole()
