"""Money, with and without tax."""

from decimal import Decimal
from typing import ClassVar

import strawberry

from domain import money
from engine.words import attribute, inline
from schema.cache_hints import AS_ABOVE
from schema.scalars import PositiveDecimal


def make_money(amount: Decimal, currency: str) -> money.Money:
    """Rounded to the currency: the database keeps four digits after the point."""
    return money.Money(money.rounded(amount, currency), currency)


def make_taxed(net: Decimal, gross: Decimal, currency: str) -> money.TaxedMoney:
    return money.TaxedMoney(money.rounded(net, currency), money.rounded(gross, currency), currency)


def precision(currency: str) -> int:
    return -int(money.exponent(currency).as_tuple().exponent)


@strawberry.type(description="An amount of money.", directives=[AS_ABOVE])
class Money:
    represents: ClassVar[type] = money.Money

    amount: float = inline(float, "amount", description="How much, in units of the currency.")
    currency: str = attribute("The currency, by its ISO 4217 code.")
    fraction_digits: int = inline(
        precision, "currency", description="Digits after the point that the currency has."
    )


@strawberry.input(description="An amount of money.")
class MoneyInput:
    currency: str = strawberry.field(description="The currency, by its ISO 4217 code.")
    amount: PositiveDecimal = strawberry.field(description="How much, in units of the currency.")


@strawberry.type(description="A price with its tax. Gross is net and tax together.", directives=[AS_ABOVE])
class TaxedMoney:
    represents: ClassVar[type] = money.TaxedMoney

    currency: str = attribute("The currency, by its ISO 4217 code.")
    gross: Money = inline(money.Money, "gross", "currency", description="With tax.")
    net: Money = inline(money.Money, "net", "currency", description="Without tax.")
    tax: Money = inline(money.Money, "tax", "currency", description="The tax.")


@strawberry.type(description="The lowest and the highest of several prices.", directives=[AS_ABOVE])
class TaxedMoneyRange:
    represents: ClassVar[type] = money.TaxedMoneyRange

    start: TaxedMoney | None = attribute("The lowest price.")
    stop: TaxedMoney | None = attribute("The highest price.")
