"""Carts, and the stock that is held for those being paid."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from db.tables.columns import amount, flag, json, loose_ref, moment, number_id, ref, uuid_id, whole, words


class Checkouts(SQLModel, table=True):
    """``country`` is where the goods are taken to go.

    The shipping address's country, before there is one the channel's.

    ``version`` grows with every change of what is bought or what it costs. The row goes when the order is
    made.
    """

    __tablename__ = "checkouts"
    id: UUID = uuid_id()
    channel_id: int = ref("channels.id", cascade=True)
    user_id: int | None = ref("users.id", forget=True)
    email: str | None = words(null=True)
    currency: str = words(default=None)
    country: str = words(default=None)
    language_code: str = words(default="EN")
    shipping_address_id: int | None = ref("addresses.id", forget=True)
    billing_address_id: int | None = ref("addresses.id", forget=True)
    save_shipping_address: bool = flag(default=True)
    save_billing_address: bool = flag(default=True)
    delivery_id: UUID | None = loose_ref("checkout_deliveries.id")
    collection_point_id: int | None = ref("warehouses.id", forget=True)
    voucher_code_id: int | None = ref("voucher_codes.id", forget=True)
    note: str = words()
    version: int = whole()
    created_at: datetime = moment(now=True)
    updated_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class CheckoutLines(SQLModel, table=True):
    __tablename__ = "checkout_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)
    id: UUID = uuid_id()
    checkout_id: UUID = ref("checkouts.id", cascade=True)
    variant_id: int = ref("product_variants.id", cascade=True)
    quantity: int = whole(default=None)
    price_override: Decimal | None = amount(null=True)
    price_override_reason: str | None = words(null=True)
    position: int = whole()
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class CheckoutDeliveries(SQLModel, table=True):
    """A way to deliver that was offered, as it was offered.

    ``is_valid`` falls when it is no longer to be had.
    """

    __tablename__ = "checkout_deliveries"
    __table_args__ = (UniqueConstraint("checkout_id", "shipping_method_id"),)
    id: UUID = uuid_id()
    checkout_id: UUID = ref("checkouts.id", cascade=True, index=False)
    shipping_method_id: int = ref("shipping_methods.id", cascade=True)
    price_amount: Decimal = amount()
    checkout_version: int = whole()
    is_valid: bool = flag(default=True)
    created_at: datetime = moment(now=True)


class CheckoutGiftCards(SQLModel, table=True):
    __tablename__ = "checkout_gift_cards"
    checkout_id: UUID = ref("checkouts.id", cascade=True, key=True)
    gift_card_id: int = ref("gift_cards.id", cascade=True, key=True)
    position: int = whole()


class Reservations(SQLModel, table=True):
    """Units held for a checkout while it is being paid.

    One that has expired counts for nothing, swept or not.
    """

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("checkout_id", "stock_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    id: int = number_id()
    checkout_id: UUID = ref("checkouts.id", cascade=True, index=False)
    stock_id: int = ref("stocks.id", cascade=True)
    quantity: int = whole(default=None)
    expires_at: datetime = moment()
