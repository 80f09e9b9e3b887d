"""Where the shop sells: channels, the taxes of countries, the ways to ship."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from db.tables.columns import (
    amount,
    decimal,
    flag,
    json,
    moment,
    number_id,
    place,
    plain_uuid,
    ref,
    sealed,
    whole,
    word_list,
    words,
)


class Channels(SQLModel, table=True):
    """``default_country`` is where a shopper is taken to be until an address says otherwise.

    ``default_transaction_flow`` is what a payment does unless asked otherwise: CHARGE or AUTHORIZATION.
    ``automatically_complete_paid_checkouts``: what was paid and left becomes an order by itself, so many
    minutes (``automatic_completion_delay``) after the last sign of the shopper, where it was begun from
    ``automatic_completion_cut_off`` on.
    """

    __tablename__ = "channels"
    __table_args__ = (
        CheckConstraint(
            "automatic_completion_delay between 0 and 720", name="completion_before_money_goes_back"
        ),
    )
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    is_active: bool = flag(default=True)
    currency_code: str = words(default=None)
    default_country: str = words(default=None)
    prices_entered_with_tax: bool = flag(default=True)
    charge_taxes: bool = flag(default=True)
    automatically_confirm_orders: bool = flag(default=True)
    allow_unpaid_orders: bool = flag(default=False)
    automatically_complete_paid_checkouts: bool = flag(default=True)
    automatic_completion_delay: int = whole(default=30)
    automatic_completion_cut_off: datetime | None = moment(null=True)
    payment_gateways: list[str] = word_list()
    default_transaction_flow: str = words(default="CHARGE")
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class TaxClasses(SQLModel, table=True):
    __tablename__ = "tax_classes"
    id: int = number_id()
    name: str = words(default=None)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class TaxRates(SQLModel, table=True):
    """A country's rate for a class of goods.

    Without a class, for whatever has none or a class the country does not know.
    """

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint(
            "country", "tax_class_id", name="uq_tax_rates_country", postgresql_nulls_not_distinct=True
        ),
    )
    id: int = number_id()
    country: str = words(default=None)
    tax_class_id: int | None = ref("tax_classes.id", null=True, cascade=True)
    rate: Decimal = decimal(null=False)


class ShippingZones(SQLModel, table=True):
    """``countries`` are ISO codes.

    A default zone takes every country that no other zone of the channel names.
    """

    __tablename__ = "shipping_zones"
    id: int = number_id()
    name: str = words(default=None)
    description: str = words()
    countries: list[str] = word_list()
    is_default: bool = flag(default=False)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class ShippingZoneChannels(SQLModel, table=True):
    __tablename__ = "shipping_zone_channels"
    shipping_zone_id: int = ref("shipping_zones.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)


class ShippingMethods(SQLModel, table=True):
    """``kind`` is PRICE or WEIGHT; weights are grams, both ends included, no bound where null."""

    __tablename__ = "shipping_methods"
    id: int = number_id()
    shipping_zone_id: int = ref("shipping_zones.id", cascade=True)
    name: str = words(default=None)
    description: str | None = json()
    kind: str = words(default="PRICE")
    minimum_weight: Decimal | None = decimal()
    maximum_weight: Decimal | None = decimal()
    minimum_delivery_days: int | None = whole(null=True)
    maximum_delivery_days: int | None = whole(null=True)
    tax_class_id: int | None = ref("tax_classes.id", forget=True)
    is_active: bool = flag(default=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class ShippingMethodListings(SQLModel, table=True):
    """What a method costs in a channel, and between which order values (both included) it may be chosen."""

    __tablename__ = "shipping_method_listings"
    shipping_method_id: int = ref("shipping_methods.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    price_amount: Decimal = amount()
    minimum_order_amount: Decimal | None = amount(null=True)
    maximum_order_amount: Decimal | None = amount(null=True)


class ShippingMethodPostalCodes(SQLModel, table=True):
    """A range of postal codes; ``inclusion`` is INCLUDE (only these) or EXCLUDE (not these)."""

    __tablename__ = "shipping_method_postal_codes"
    id: int = number_id()
    shipping_method_id: int = ref("shipping_methods.id", cascade=True)
    first: str = words(default=None)
    last: str | None = words(null=True)
    inclusion: str = words(default="EXCLUDE")


class ShippingMethodExcludedProducts(SQLModel, table=True):
    __tablename__ = "shipping_method_excluded_products"
    shipping_method_id: int = ref("shipping_methods.id", cascade=True, key=True)
    product_id: int = ref("products.id", cascade=True, key=True)


class Warehouses(SQLModel, table=True):
    """``collection`` says whether shoppers may fetch their goods here.

    DISABLED, LOCAL (its own stock) or ALL.
    """

    __tablename__ = "warehouses"
    id: int = number_id()
    name: str = words(default=None)
    slug: str = words(unique=True)
    email: str = words()
    address_id: int | None = ref("addresses.id", forget=True)
    is_private: bool = flag(default=True)
    collection: str = words(default="DISABLED")
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class WarehouseChannels(SQLModel, table=True):
    """Which warehouses a channel sells from, first position first."""

    __tablename__ = "warehouse_channels"
    warehouse_id: int = ref("warehouses.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    position: int = whole()


class WarehouseShippingZones(SQLModel, table=True):
    __tablename__ = "warehouse_shipping_zones"
    warehouse_id: int = ref("warehouses.id", cascade=True, key=True)
    shipping_zone_id: int = ref("shipping_zones.id", cascade=True, key=True)


class Outbox(SQLModel, table=True):
    """What happened, written by the transaction that made it so, and marked when it has been announced.

    ``position`` is its place in the history that clients read, given when it is seen to be committed:
    unlike ids, positions are never filled in later. ``also`` is a second topic that hears of it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("position"),
        Index("ix_outbox_waiting", "id", postgresql_where=text("published_at is null")),
        Index("ix_outbox_subject", "subject", "subject_id", "position"),
        Index("ix_outbox_also", "also", "position", postgresql_where=text("also is not null")),
    )
    id: int = number_id()
    position: int | None = place()
    kind: str = words(default=None)
    subject: str = words(default=None)
    subject_id: str = words(default=None)
    also: str | None = words(null=True)
    facts: str = json(null=False)
    created_at: datetime = moment(now=True)
    published_at: datetime | None = moment(null=True)


class IdempotencyKeys(SQLModel, table=True):
    """Mutations that clients may send again: the same key does it once and hears the same twice.

    ``key`` and ``answer`` are sealed with the client's own key, which is not here. Until ``held_until`` the
    ``holder`` is at work, and nobody else does the same; ``committed`` is set by the transaction that did it.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("scope", "key"), Index(None, "created_at"))
    id: int = number_id()
    scope: str = words(default=None)
    key: str = words(default=None)
    fingerprint: str = words(default=None)
    holder: UUID = plain_uuid()
    held_until: datetime = moment()
    committed: bool = flag(default=False)
    answer: bytes | None = sealed()
    created_at: datetime = moment(now=True)
