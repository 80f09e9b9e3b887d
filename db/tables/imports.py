"""What came from other shops' files and has no place elsewhere.

Money given back, and rows that say neither sale nor return.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from db.tables.columns import amount, json, moment, number_id, ref, whole, words


class CreditNotes(SQLModel, table=True):
    """Money given back on one paper, whether or not the orders it was paid for are known.

    ``total_amount`` is the sum of the lines, in ``currency``.
    """

    __tablename__ = "credit_notes"
    id: int = number_id()
    number: str = words(default=None)
    channel_id: int = ref("channels.id")
    user_id: int | None = ref("users.id", forget=True)
    currency: str = words(default=None)
    total_amount: Decimal = amount()
    external_reference: str | None = words(null=True, unique=True)
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class CreditLines(SQLModel, table=True):
    """``kind`` is PRODUCT (goods came back), SHIPPING, CHARGE or DISCOUNT.

    ``position`` numbers the note's rows; the parts of a row that is for several orders share it.
    ``order_id`` is the order it is given back for, null where none is known; ``order_line_id`` is null for
    shipping too. What an order has here is in its ``refunded_amount``.
    """

    __tablename__ = "credit_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("least(unit_amount, total_amount) >= 0", name="amounts_not_negative"),
    )
    id: int = number_id()
    credit_note_id: int = ref("credit_notes.id", cascade=True)
    position: int = whole()
    kind: str = words(default="PRODUCT")
    order_id: UUID | None = ref("orders.id", forget=True)
    order_line_id: UUID | None = ref("order_lines.id", forget=True)
    variant_id: int | None = ref("product_variants.id", forget=True)
    name: str = words()
    sku: str | None = words(null=True)
    quantity: int = whole(default=None)
    unit_amount: Decimal = amount()
    total_amount: Decimal = amount()


class RowsSetAside(SQLModel, table=True):
    """A row of an imported file that is neither sold nor given back: ``facts`` are what it says.

    ``source`` is the kind of file, ``reference`` the paper the row belongs to, ``amount`` what it is worth
    there.
    """

    __tablename__ = "rows_set_aside"
    __table_args__ = (UniqueConstraint("source", "reference", "line"),)
    id: int = number_id()
    source: str = words(default=None)
    reference: str = words(default=None)
    line: int = whole(default=None)
    reason: str = words(default=None)
    amount: Decimal = amount()
    facts: str = json(null=False)
    created_at: datetime = moment(now=True)
