"""What products and variants cost."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import strawberry

from db.prices import ProductPricesRow, VariantPriceRow
from domain import money
from engine.words import attribute, inline
from schema.cache_hints import AS_ABOVE
from schema.money import TaxedMoney, TaxedMoneyRange

TERMS = ("tax_rate", "currency", "with_tax")


def price_of(amount: Decimal, rate: Decimal, currency: str, with_tax: bool) -> money.TaxedMoney:  # noqa: FBT001  # a column
    return money.taxed(amount, rate, currency, with_tax=with_tax)


def range_of(lowest: Decimal, highest: Decimal, *terms: Any) -> money.TaxedMoneyRange:
    return money.TaxedMoneyRange(price_of(lowest, *terms), price_of(highest, *terms))


def saving_of(full: Decimal, asked: Decimal, *terms: Any) -> money.TaxedMoney | None:
    """What is taken off the full price; None where nothing is."""
    if asked >= full:
        return None
    before, after = price_of(full, *terms), price_of(asked, *terms)
    return money.TaxedMoney(before.net - after.net, before.gross - after.gross, before.currency)


def reduced(full: Decimal, asked: Decimal) -> bool:
    return asked < full


def _priced(make: Callable[..., Any], *columns: str, description: str) -> Any:
    return inline(make, *columns, *TERMS, description=description, kept=True)


@strawberry.type(
    description="What a product costs in a channel, over those of its variants that are sold there.",
    directives=[AS_ABOVE],
)
class ProductPricingInfo:
    represents: ClassVar[type] = ProductPricesRow

    on_sale: bool | None = attribute("Whether a variant is reduced.")
    price_range: TaxedMoneyRange | None = _priced(
        range_of,
        "lowest_asked",
        "highest_asked",
        description="From the lowest to the highest price asked now.",
    )
    price_range_undiscounted: TaxedMoneyRange | None = _priced(
        range_of, "lowest_full", "highest_full", description="The same before sales and promotions."
    )
    discount: TaxedMoney | None = _priced(
        saving_of,
        "lowest_full",
        "lowest_asked",
        description="By how much the lowest price is reduced, if it is.",
    )


@strawberry.type(description="What a variant costs in a channel.", directives=[AS_ABOVE])
class VariantPricingInfo:
    represents: ClassVar[type] = VariantPriceRow

    on_sale: bool | None = inline(reduced, "full", "asked", description="Whether it is reduced.")
    price: TaxedMoney | None = _priced(price_of, "asked", description="The price asked now.")
    price_undiscounted: TaxedMoney | None = _priced(
        price_of, "full", description="The same before sales and promotions."
    )
    discount: TaxedMoney | None = _priced(
        saving_of, "full", "asked", description="By how much it is reduced, if it is."
    )
