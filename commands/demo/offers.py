"""What makes things cheaper in the demo shop: promotions, vouchers, gift cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from commands.demo.catalogue import Catalogue
from commands.demo.places import PL, US, Places
from db.seeding import Rows
from domain.carts import CartVoucher, ValueKind, VoucherKind


@dataclass(frozen=True, slots=True)
class Rule:
    """``target`` is a kind (CATEGORY, COLLECTION) and a slug; ``value`` a percentage, or an amount."""

    name: str
    target: tuple[str, str]
    value: str
    is_percentage: bool = True
    channels: Sequence[str] = (US, PL)


@dataclass(frozen=True, slots=True)
class Promotion:
    """Runs from day ``begins`` to day ``ends``, today being 0."""

    name: str
    begins: int
    ends: int | None
    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A voucher with one code.

    ``values`` are percent or amounts by channel, ``minimum`` the order value from which on it is good. It
    runs from day ``begins`` to day ``ends``, today being 0.
    """

    code: str
    name: str
    values: Mapping[str, str]
    kind: VoucherKind = VoucherKind.ENTIRE_ORDER
    value_kind: ValueKind = ValueKind.PERCENTAGE
    minimum: Mapping[str, str] = field(default_factory=dict)
    begins: int = -100
    ends: int | None = None
    usage_limit: int | None = None
    once_per_customer: bool = False
    only_for_staff: bool = False
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """``ends`` is the day after which it pays nothing, today being 0."""

    code: str
    currency: str
    amount: str
    ends: int | None = None
    is_active: bool = True


PROMOTIONS = (
    Promotion(
        "Sale",
        -14,
        None,
        (Rule("A quarter off what is on sale", ("COLLECTION", "sale"), "25"),),
    ),
    Promotion(
        "Coffee Week",
        -3,
        11,
        (
            Rule("Two dollars off coffee", ("CATEGORY", "coffee"), "2", is_percentage=False, channels=(US,)),
            Rule("Ten złotys off coffee", ("CATEGORY", "coffee"), "10", is_percentage=False, channels=(PL,)),
        ),
    ),
    Promotion("Spring Cleaning", -90, -60, (Rule("Apparel", ("CATEGORY", "apparel"), "15"),)),
    Promotion("Long Night of Books", 20, 21, (Rule("All books", ("CATEGORY", "books"), "20"),)),
)
CODES = (
    Code(code="WELCOME10", name="Welcome", values={US: "10", PL: "10"}, once_per_customer=True),
    Code(
        code="FIVEOFF",
        name="Five off",
        value_kind=ValueKind.FIXED,
        values={US: "5", PL: "20"},
        minimum={US: "40", PL: "160"},
    ),
    Code(code="FREESHIP", name="Delivery on us", kind=VoucherKind.SHIPPING, values={US: "100", PL: "100"}),
    Code(
        code="MUGLOVE",
        name="For mugs",
        kind=VoucherKind.SPECIFIC_PRODUCT,
        values={US: "20", PL: "20"},
        category="mugs",
    ),
    Code(code="ONLYONE", name="The first one only", values={US: "30"}, usage_limit=1),
    Code(code="SPRING", name="Spring", values={US: "15", PL: "15"}, ends=-30),
    Code(code="SOON", name="Not yet", values={US: "15", PL: "15"}, begins=30),
    Code(code="STAFF", name="For staff", values={US: "40", PL: "40"}, only_for_staff=True),
)
CARDS = (
    Card("DEMO-GIFT-50", "USD", "50", 1000),
    Card("DEMO-GIFT-100", "USD", "100", 1000),
    Card("DEMO-GIFT-PLN", "PLN", "200", 1000),
    Card("DEMO-GIFT-OLD", "USD", "25", -10),
    Card("DEMO-GIFT-OFF", "USD", "25", 1000, is_active=False),
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A voucher with its one code, as it was written down."""

    voucher_id: int
    code_id: int
    code: Code

    def in_channel(self, channel: str) -> CartVoucher:
        return CartVoucher(
            self.voucher_id,
            self.code.code,
            self.code.name,
            self.code.kind,
            self.code.value_kind,
            Decimal(self.code.values[channel]),
            once_per_order=False,
        )


@dataclass(frozen=True, slots=True)
class Offers:
    """Vouchers and gift cards by code."""

    vouchers: Mapping[str, Issued]
    cards: Mapping[str, int]


def offer(rows: Rows, places: Places, catalogue: Catalogue, now: datetime) -> Offers:
    """All promotions, vouchers and gift cards; prices are still as they were."""
    for promotion in PROMOTIONS:
        _promotion(rows, places, catalogue, promotion, now)
    return Offers(
        {code.code: _voucher(rows, places, catalogue, code, now) for code in CODES},
        {card.code: _card(rows, card, now) for card in CARDS},
    )


def _promotion(rows: Rows, places: Places, catalogue: Catalogue, promotion: Promotion, now: datetime) -> None:
    promotion_id = rows.add(
        "promotions",
        name=promotion.name,
        starts_at=now + timedelta(days=promotion.begins),
        ends_at=None if promotion.ends is None else now + timedelta(days=promotion.ends),
    )
    for rule in promotion.rules:
        rule_id = rows.add(
            "promotion_rules",
            promotion_id=promotion_id,
            name=rule.name,
            reward_kind="PERCENTAGE" if rule.is_percentage else "FIXED",
            reward_value=rule.value,
        )
        kind, slug = rule.target
        target_id = (catalogue.categories if kind == "CATEGORY" else catalogue.collections)[slug]
        rows.put("promotion_rule_targets", promotion_rule_id=rule_id, kind=kind, target_id=target_id)
        for channel in rule.channels:
            rows.put(
                "promotion_rule_channels", promotion_rule_id=rule_id, channel_id=places.channels[channel]
            )


def _voucher(rows: Rows, places: Places, catalogue: Catalogue, code: Code, now: datetime) -> Issued:
    voucher_id = rows.add(
        "vouchers",
        name=code.name,
        kind=code.kind,
        value_kind=code.value_kind,
        starts_at=now + timedelta(days=code.begins),
        ends_at=None if code.ends is None else now + timedelta(days=code.ends),
        usage_limit=code.usage_limit,
        used=0,
        once_per_customer=code.once_per_customer,
        only_for_staff=code.only_for_staff,
    )
    for channel, value in code.values.items():
        rows.put(
            "voucher_listings",
            voucher_id=voucher_id,
            channel_id=places.channels[channel],
            discount_value=value,
            minimum_spent_amount=code.minimum.get(channel),
        )
    if code.category is not None:
        rows.put(
            "voucher_targets",
            voucher_id=voucher_id,
            kind="CATEGORY",
            target_id=catalogue.categories[code.category],
        )
    return Issued(voucher_id, rows.add("voucher_codes", voucher_id=voucher_id, code=code.code, used=0), code)


def _card(rows: Rows, card: Card, now: datetime) -> int:
    return rows.add(
        "gift_cards",
        code=card.code,
        currency=card.currency,
        initial_amount=card.amount,
        balance_amount=card.amount,
        is_active=card.is_active,
        expires_on=None if card.ends is None else (now + timedelta(days=card.ends)).date(),
        used_by=None,
        last_used_at=None,
    )
