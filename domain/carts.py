"""A cart as it is priced: what goes in, and what comes out. The rules are in ``domain.pricing``."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.money import Money, TaxedMoney


class VoucherKind(StrEnum):
    ENTIRE_ORDER = "ENTIRE_ORDER"
    SPECIFIC_PRODUCT = "SPECIFIC_PRODUCT"
    SHIPPING = "SHIPPING"


class ValueKind(StrEnum):
    FIXED = "FIXED"
    PERCENTAGE = "PERCENTAGE"


@dataclass(frozen=True, slots=True)
class CartLine:
    """``full_price`` and ``price`` are one unit's, as entered in the channel.

    Before and after sales and promotions.

    ``tax_rate`` 0.2 is 20 %. ``in_voucher`` says that the cart's voucher, if it is for certain products, is
    for this one.
    """

    id: UUID
    variant_id: int
    product_id: int
    quantity: int
    full_price: Decimal
    price: Decimal
    tax_rate: Decimal
    tax_class_name: str | None
    is_shipping_required: bool
    in_voucher: bool


@dataclass(frozen=True, slots=True)
class CartVoucher:
    """A voucher that may be used here and now; limits, dates and minimum spend have been checked."""

    voucher_id: int
    code: str
    name: str
    kind: VoucherKind
    value_kind: ValueKind
    value: Decimal
    once_per_order: bool


@dataclass(frozen=True, slots=True)
class CartGiftCard:
    """A card that is not ``is_usable`` pays nothing: switched off, past its day, or of another currency."""

    id: int
    balance: Decimal
    is_usable: bool = True


@dataclass(frozen=True, slots=True)
class Cart:
    """``with_tax``: prices were entered gross. ``shipping_price`` is null until a delivery is chosen.

    ``voucher`` is null while the code that was added may not be used; ``voucher_problem`` then says why not.
    """

    id: UUID
    currency: str
    with_tax: bool
    lines: Sequence[CartLine]
    shipping_price: Decimal | None
    shipping_tax_rate: Decimal
    voucher: CartVoucher | None
    gift_cards: Sequence[CartGiftCard]
    voucher_problem: str | None = None

    @property
    def is_shipping_required(self) -> bool:
        return any(line.is_shipping_required for line in self.lines)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """``total`` is what the line costs, ``unit`` that by one unit (rounded).

    ``discount`` what the voucher took off, as entered.
    """

    id: UUID
    unit: TaxedMoney
    total: TaxedMoney
    undiscounted_unit: TaxedMoney
    undiscounted_total: TaxedMoney
    discount: Decimal
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class PricedCart:
    """``total`` is subtotal and shipping together.

    ``to_pay`` is what remains after ``gift_cards`` (card id, amount).
    """

    id: UUID
    currency: str
    lines: Sequence[PricedLine]
    subtotal: TaxedMoney
    shipping: TaxedMoney
    undiscounted_shipping: TaxedMoney
    shipping_discount: Decimal
    shipping_tax_rate: Decimal
    total: TaxedMoney
    undiscounted_total: TaxedMoney
    discount: Money
    gift_cards: Sequence[tuple[int, Decimal]]
    is_shipping_required: bool
    to_pay: TaxedMoney
