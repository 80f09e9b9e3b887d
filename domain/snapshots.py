"""What a payment is for: what of a checkout may not change between the payment and the order."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from domain.carts import Cart
from domain.money import rounded


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where the goods and the bill of a checkout go, and how; what is null has not been chosen.

    Addresses are their fields in a fixed order, so that the same one entered again is the same.
    """

    shipping_address: Sequence[str] | None
    billing_address: Sequence[str] | None
    shipping_method_id: int | None
    collection_point_id: int | None


def fingerprint(cart: Cart, gift_cards: Sequence[tuple[int, Decimal]], arrangement: Arrangement) -> str:
    """Equal for checkouts that become the same order; ``gift_cards`` are ids, and what each pays.

    The order and the splitting of lines do not matter. A code or a card that takes nothing off is not in it:
    it would not be in the order. Nor is who buys, or what they wrote: it may change until the end.
    """
    units: Counter[tuple[int, str]] = Counter()
    for line in cart.lines:
        units[line.variant_id, str(rounded(line.price, cart.currency))] += line.quantity
    is_shipped = cart.is_shipping_required and arrangement.collection_point_id is None
    said = [
        cart.currency,
        sorted([variant, price, quantity] for (variant, price), quantity in units.items()),
        None if cart.voucher is None else cart.voucher.code,
        sorted([card, str(rounded(amount, cart.currency))] for card, amount in gift_cards),
        _fields(arrangement.shipping_address),
        _fields(arrangement.billing_address),
        arrangement.shipping_method_id if is_shipped else None,
        arrangement.collection_point_id,
        None if cart.shipping_price is None else str(rounded(cart.shipping_price, cart.currency)),
    ]
    return sha256(json.dumps(said).encode()).hexdigest()


def is_another(paid_for: str | None, now: str) -> bool:
    """Whether what was paid for, where that is known, is not what there is now."""
    return paid_for is not None and paid_for != now


def _fields(address: Sequence[str] | None) -> list[str] | None:
    return None if address is None else list(address)
