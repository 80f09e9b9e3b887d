"""The columns the tables are made of: one word for each kind, so that a kind changes in one place."""

from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def number_id() -> Any:
    """A growing integer key."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))


def uuid_id() -> Any:
    """A random key: an id of this kind cannot be guessed, so holding it is a right."""
    return Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))


def plain_uuid() -> Any:
    """A random number that is no key."""
    return Field(default=None, sa_column=Column(Uuid, nullable=False))


def ref(
    target: str,
    *,
    null: bool = False,
    cascade: bool = False,
    forget: bool = False,
    key: bool = False,
    index: bool = True,
    unique: bool = False,
) -> Any:
    """A foreign key, indexed unless a primary key or a unique constraint already serves it.

    ``cascade`` deletes this row with its target, ``forget`` sets the column to null, otherwise the target
    stays.
    """
    kind = Uuid if target in UUID_KEYS else BigInteger
    on_delete = "CASCADE" if cascade else "SET NULL" if forget else None
    return Field(
        default=None,
        sa_column=Column(
            kind,
            ForeignKey(target, ondelete=on_delete),
            primary_key=key,
            nullable=null or forget,
            index=index and not key and not unique,
            unique=unique or None,
        ),
    )


def loose_ref(target: str) -> Any:
    """A foreign key between tables that point at each other: added after both, forgotten with its target."""
    return Field(
        default=None,
        sa_column=Column(
            Uuid if target in UUID_KEYS else BigInteger,
            ForeignKey(target, ondelete="SET NULL", use_alter=True),
            nullable=True,
        ),
    )


UUID_KEYS = {
    "checkouts.id",
    "checkout_lines.id",
    "orders.id",
    "order_lines.id",
    "transactions.id",
    "fulfillments.id",
    "token_families.id",
    "checkout_deliveries.id",
}


def words(*, null: bool = False, unique: bool = False, key: bool = False, default: str | None = "") -> Any:
    """Text; empty by default."""
    server = None if null or unique or key or default is None else text(f"'{default}'")
    return Field(
        default=None,
        sa_column=Column(Text, nullable=null, unique=unique or None, primary_key=key, server_default=server),
    )


def word_list() -> Any:
    return Field(default=None, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")))


def flag(*, default: bool) -> Any:
    return Field(
        default=default,
        sa_column=Column(Boolean, nullable=False, server_default=text("true" if default else "false")),
    )


def whole(*, null: bool = False, default: int | None = 0) -> Any:
    server = None if null or default is None else text(str(default))
    return Field(default=None, sa_column=Column(Integer, nullable=null, server_default=server))


def place() -> Any:
    """A place in an order that is given later: null until then."""
    return Field(default=None, sa_column=Column(BigInteger, nullable=True))


def amount(*, null: bool = False, default: int | None = None) -> Any:
    """Money in units of the row's currency, exact to four digits after the point."""
    server = None if default is None else text(str(default))
    return Field(default=None, sa_column=Column(Numeric(20, 4), nullable=null, server_default=server))


def decimal(*, null: bool = True) -> Any:
    """An exact number that is no money: a weight in grams, a tax rate (0.2 is 20 %), a measure."""
    return Field(default=None, sa_column=Column(Numeric, nullable=null))


def moment(*, null: bool = False, now: bool = False) -> Any:
    """A point in time, aware; ``now`` is the transaction's time."""
    return Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=null, server_default=func.now() if now else None),
    )


def json(*, null: bool = True) -> Any:
    """JSON; an empty object where nulls are not allowed."""
    server = None if null else text("'{}'::jsonb")
    return Field(default=None, sa_column=Column(JSONB, nullable=null, server_default=server))


def sealed() -> Any:
    """Bytes that only their owner can read."""
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True))


def digest() -> Any:
    """The hash of a secret; no two rows have the same."""
    return Field(default=None, sa_column=Column(LargeBinary, nullable=False, unique=True))
