"""What the shop writes to people about their orders."""

from collections.abc import Sequence
from decimal import Decimal

from domain.carts import PricedCart
from domain.letters import Letter
from domain.money import rounded

Bought = tuple[str, str, int, Decimal]
"""A line: the product's name, the variant's, how many units, and what they cost with tax."""


def order_placed(number: str, lines: Sequence[Bought], priced: PricedCart, link: str | None) -> Letter:
    """The confirmation of an order; ``link`` leads to where it can be followed."""
    currency = priced.currency
    rows = [
        *(
            f"{quantity} x {_name(product, variant)}: {_sum(cost, currency)}"
            for product, variant, quantity, cost in lines
        ),
        f"Delivery: {_sum(priced.shipping.gross, currency)}",
        f"Total: {_sum(priced.total.gross, currency)}",
    ]
    by_cards = priced.total.gross - priced.to_pay.gross
    if by_cards:
        rows.append(f"Paid by gift card: {_sum(by_cards, currency)}")
    follow = f"\nYou can follow your order here:\n\n{link}\n" if link else ""
    return Letter(
        f"Your order {number}", f"Thank you for your order {number}.\n\n" + "\n".join(rows) + "\n" + follow
    )


def _name(product: str, variant: str) -> str:
    return f"{product} ({variant})" if variant else product


def _sum(amount: Decimal, currency: str) -> str:
    return f"{rounded(amount, currency)} {currency}"
