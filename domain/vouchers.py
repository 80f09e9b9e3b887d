"""When a voucher may be used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.carts import CartLine, CartVoucher, ValueKind, VoucherKind
from domain.refusals import Refusal


class VoucherNotApplicable(Refusal):
    code = "VOUCHER_NOT_APPLICABLE"


class GiftCardNotApplicable(Refusal):
    code = "GIFT_CARD_NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Terms:
    """A voucher and the code it was entered by. ``value`` is null where the channel does not take it.

    ``code_used`` counts this code's redemptions, ``used`` those of all the voucher's codes. Without
    ``countries`` it is good everywhere. ``used_by_customer``: this customer, by e-mail, has redeemed it.
    """

    voucher_id: int
    code: str
    name: str
    kind: VoucherKind
    value_kind: ValueKind
    value: Decimal | None
    minimum_spent: Decimal | None
    minimum_quantity: int
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    used: int
    single_use: bool
    code_used: int
    code_is_active: bool
    once_per_customer: bool
    used_by_customer: bool
    once_per_order: bool
    only_for_staff: bool
    countries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a voucher is to be used on. ``subtotal`` is the lines' price as entered, before any voucher."""

    now: datetime
    country: str
    is_staff: bool
    lines: Sequence[CartLine]
    subtotal: Decimal


def why_not(terms: Terms, occasion: Occasion) -> str | None:
    """The first reason why the voucher may not be used here and now, told to the shopper; None if it may."""
    quantity = sum(line.quantity for line in occasion.lines)
    reasons = (
        (terms.value is None, "This code is not for this channel."),
        (not terms.code_is_active, "This code is no longer in use."),
        (terms.starts_at > occasion.now, "This code is not in use yet."),
        (terms.ends_at is not None and terms.ends_at <= occasion.now, "This code has expired."),
        (terms.usage_limit is not None and terms.used >= terms.usage_limit, "This code has been used up."),
        (terms.single_use and terms.code_used > 0, "This code has been used."),
        (terms.once_per_customer and terms.used_by_customer, "You have used this code before."),
        (terms.only_for_staff and not occasion.is_staff, "This code is for staff only."),
        (
            bool(terms.countries) and occasion.country not in terms.countries,
            "This code is not for this country.",
        ),
        (quantity < terms.minimum_quantity, f"This code is for {terms.minimum_quantity} items or more."),
        (
            terms.minimum_spent is not None and occasion.subtotal < terms.minimum_spent,
            "The order is too small for this code.",
        ),
        (
            terms.kind is VoucherKind.SPECIFIC_PRODUCT
            and not any(line.in_voucher for line in occasion.lines),
            "This code is for none of these products.",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)


def granted(terms: Terms) -> CartVoucher:
    """The voucher as pricing takes it, once ``why_not`` has found nothing."""
    assert terms.value is not None, "a voucher that the channel does not take is not granted"
    return CartVoucher(
        voucher_id=terms.voucher_id,
        code=terms.code,
        name=terms.name,
        kind=terms.kind,
        value_kind=terms.value_kind,
        value=terms.value,
        once_per_order=terms.once_per_order,
    )
