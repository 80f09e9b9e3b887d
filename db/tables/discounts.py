"""What makes things cheaper: promotions, vouchers, gift cards."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Date, Index, UniqueConstraint, text
from sqlalchemy.types import BigInteger
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, flag, json, moment, number_id, ref, whole, word_list, words


class Promotions(SQLModel, table=True):
    __tablename__ = "promotions"
    id: int = number_id()
    name: str = words(default=None)
    description: str | None = json()
    starts_at: datetime = moment(now=True)
    ends_at: datetime | None = moment(null=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class PromotionRules(SQLModel, table=True):
    """``reward_kind`` is PERCENTAGE (0 to 100) or FIXED (an amount of each channel's currency)."""

    __tablename__ = "promotion_rules"
    id: int = number_id()
    promotion_id: int = ref("promotions.id", cascade=True)
    name: str = words()
    reward_kind: str = words(default="PERCENTAGE")
    reward_value: Decimal = amount()


class PromotionRuleChannels(SQLModel, table=True):
    __tablename__ = "promotion_rule_channels"
    promotion_rule_id: int = ref("promotion_rules.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)


class PromotionRuleTargets(SQLModel, table=True):
    """What a rule is for: ``kind`` is PRODUCT, VARIANT, CATEGORY (with all below it) or COLLECTION."""

    __tablename__ = "promotion_rule_targets"
    promotion_rule_id: int = ref("promotion_rules.id", cascade=True, key=True)
    kind: str = words(key=True)
    target_id: int = Field(sa_column=Column(BigInteger, primary_key=True))


class Vouchers(SQLModel, table=True):
    """``kind`` is ENTIRE_ORDER, SPECIFIC_PRODUCT or SHIPPING; ``value_kind`` FIXED or PERCENTAGE.

    ``usage_limit`` bounds the redemptions of all its codes together; ``once_per_customer`` counts by
    normalised e-mail; ``once_per_order`` takes the discount off one unit of the cheapest line only.
    """

    __tablename__ = "vouchers"
    __table_args__ = (
        CheckConstraint(
            "used >= 0 and (usage_limit is null or used <= usage_limit)", name="used_within_limit"
        ),
    )
    id: int = number_id()
    name: str = words()
    kind: str = words(default="ENTIRE_ORDER")
    value_kind: str = words(default="FIXED")
    starts_at: datetime = moment(now=True)
    ends_at: datetime | None = moment(null=True)
    usage_limit: int | None = whole(null=True)
    used: int = whole()
    once_per_customer: bool = flag(default=False)
    once_per_order: bool = flag(default=False)
    single_use: bool = flag(default=False)
    only_for_staff: bool = flag(default=False)
    minimum_quantity: int = whole()
    countries: list[str] = word_list()
    created_at: datetime = moment(now=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class VoucherCodes(SQLModel, table=True):
    """``code`` is kept as written and found without regard to case.

    A code of a ``single_use`` voucher is used at most once.
    """

    __tablename__ = "voucher_codes"
    __table_args__ = (
        Index("uq_voucher_codes_code", text("upper(code)"), unique=True),
        CheckConstraint("used >= 0", name="used_not_negative"),
    )
    id: int = number_id()
    voucher_id: int = ref("vouchers.id", cascade=True)
    code: str = words(default=None)
    used: int = whole()
    is_active: bool = flag(default=True)


class VoucherListings(SQLModel, table=True):
    """What a voucher is worth in a channel (an amount, or 0 to 100 percent) and from which order value on."""

    __tablename__ = "voucher_listings"
    voucher_id: int = ref("vouchers.id", cascade=True, key=True)
    channel_id: int = ref("channels.id", cascade=True, key=True)
    discount_value: Decimal = amount()
    minimum_spent_amount: Decimal | None = amount(null=True)


class VoucherTargets(SQLModel, table=True):
    """What a SPECIFIC_PRODUCT voucher is for.

    ``kind`` is PRODUCT, VARIANT, CATEGORY (with all below it) or COLLECTION.
    """

    __tablename__ = "voucher_targets"
    voucher_id: int = ref("vouchers.id", cascade=True, key=True)
    kind: str = words(key=True)
    target_id: int = Field(sa_column=Column(BigInteger, primary_key=True))


class VoucherRedemptions(SQLModel, table=True):
    """One use of a code by one order.

    ``customer`` is the normalised e-mail where the voucher is once per customer, else null.
    """

    __tablename__ = "voucher_redemptions"
    __table_args__ = (
        UniqueConstraint("voucher_id", "customer"),
        UniqueConstraint("order_id", "voucher_code_id"),
    )
    id: int = number_id()
    voucher_id: int = ref("vouchers.id", cascade=True, index=False)
    voucher_code_id: int = ref("voucher_codes.id", cascade=True)
    order_id: UUID = ref("orders.id", cascade=True, index=False)
    customer: str | None = words(null=True)
    created_at: datetime = moment(now=True)


class GiftCards(SQLModel, table=True):
    """Money in the shop's keeping: ``0 <= balance <= initial``.

    The code is a secret, shown by its last four characters.
    """

    __tablename__ = "gift_cards"
    __table_args__ = (
        Index("uq_gift_cards_code", text("upper(code)"), unique=True),
        CheckConstraint("balance_amount between 0 and initial_amount", name="balance_within_initial"),
    )
    id: int = number_id()
    code: str = words(default=None)
    currency: str = words(default=None)
    initial_amount: Decimal = amount()
    balance_amount: Decimal = amount()
    is_active: bool = flag(default=True)
    expires_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    used_by: str | None = words(null=True)
    created_at: datetime = moment(now=True)
    last_used_at: datetime | None = moment(null=True)
    meta: str = json(null=False)
    private_meta: str = json(null=False)


class GiftCardUses(SQLModel, table=True):
    """What an order took from a card, and what of it went back when the order was called off."""

    __tablename__ = "gift_card_uses"
    __table_args__ = (
        Index(None, "order_id"),
        CheckConstraint("returned_amount between 0 and amount", name="returned_within_amount"),
    )
    gift_card_id: int = ref("gift_cards.id", key=True)
    order_id: UUID = ref("orders.id", cascade=True, key=True)
    returned_amount: Decimal = amount(default=0)
    amount: Decimal = amount()
    created_at: datetime = moment(now=True)
