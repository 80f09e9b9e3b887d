"""What is wrong with a row by itself, as conditions; each names a count in ``db/verifying/sums.py``."""

from collections.abc import Mapping, Sequence
from typing import Final

from babel import Locale
from babel.numbers import get_currency_precision

CENTS: Final = 2
DIGITS: Final = {
    currency: get_currency_precision(currency)
    for currency in sorted(Locale("en").currencies)
    if get_currency_precision(currency) != CENTS
}
FIGURES: Final = (
    *("subtotal_net", "subtotal_gross", "shipping_net", "shipping_gross", "total_net", "total_gross"),
    *("undiscounted_total_net", "undiscounted_total_gross", "gift_card_amount"),
)
LINE_FIGURES: Final = ("total_net", "total_gross", "undiscounted_total_net", "undiscounted_total_gross")
DUE: Final = "greatest(total_gross - granted_amount, 0)"


def _has_broken_units(figures: Sequence[str]) -> str:
    """Whether one of these amounts has more digits than its currency."""
    most = f"greatest({', '.join(f'min_scale({figure})' for figure in figures)})"
    others = ", ".join(f"'{currency}'" for currency in DIGITS)
    whens = " ".join(f"when '{currency}' then {digits}" for currency, digits in DIGITS.items())
    # Most currencies have cents, and theirs are to be looked at fast.
    return f"({most} > case when currency not in ({others}) then {CENTS} else case currency {whens} end end)"


ORDERS: Final[Mapping[str, str]] = {
    "wrong_total": """
        total_gross <> subtotal_gross + shipping_gross - gift_card_amount
        or (gift_card_amount = 0 and total_net <> subtotal_net + shipping_net)
    """,
    "below": """
        least(subtotal_net, shipping_net, total_net, gift_card_amount) < 0
        or subtotal_gross < subtotal_net or shipping_gross < shipping_net or total_gross < total_net
    """,
    "broken_units": f"origin = 'CHECKOUT' and {_has_broken_units(FIGURES)}",
    "wrong_status": f"""
        charge_status <> case when charged_amount > {DUE} then 'OVERCHARGED'
                              when charged_amount = {DUE} then 'FULL'
                              when charged_amount > 0 then 'PARTIAL' else 'NONE' end
        or authorize_status <> case when authorized_amount + charged_amount >= {DUE} then 'FULL'
                                    when authorized_amount + charged_amount > 0 then 'PARTIAL'
                                    else 'NONE' end
    """,
}
ORDER_LINES: Final[Mapping[str, str]] = {
    "below": """
        least(total_net, total_gross, unit_net, unit_gross) < 0
        or total_gross < total_net or total_gross > undiscounted_total_gross
    """,
    # Of lines that were imported too, whose orders do not matter unless there are some.
    "broken_units": _has_broken_units(LINE_FIGURES),
}
