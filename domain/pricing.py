"""What a cart costs: the one function behind every figure that is shown and every figure that is charged."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.carts import Cart, CartLine, CartVoucher, PricedCart, PricedLine, ValueKind, VoucherKind
from domain.money import ZERO, Money, TaxedMoney, rounded, spread, taxed, total

HUNDRED = Decimal(100)


def price(cart: Cart) -> PricedCart:
    """Every figure of ``cart``. The same cart has the same figures, whatever was added and removed before.

    Discounts come off the prices as they were entered, then the tax is computed line by line, and totals are
    sums of what was rounded. Gift cards are money: they lower what remains to be paid and no price.
    """
    currency = cart.currency
    discounts = line_discounts(cart.lines, cart.voucher, currency)
    lines = [
        _priced(line, discount, currency, with_tax=cart.with_tax)
        for line, discount in zip(cart.lines, discounts, strict=True)
    ]
    entered = rounded(cart.shipping_price or ZERO, currency)
    shipping_discount = _shipping_discount(entered, cart.voucher, currency)
    shipping = taxed(entered - shipping_discount, cart.shipping_tax_rate, currency, with_tax=cart.with_tax)
    undiscounted_shipping = taxed(entered, cart.shipping_tax_rate, currency, with_tax=cart.with_tax)
    subtotal = total((line.total for line in lines), currency)
    whole = subtotal + shipping
    gift_cards = _paid_by_cards(cart, whole.gross)
    return PricedCart(
        id=cart.id,
        currency=currency,
        lines=lines,
        subtotal=subtotal,
        shipping=shipping,
        undiscounted_shipping=undiscounted_shipping,
        shipping_discount=shipping_discount,
        shipping_tax_rate=cart.shipping_tax_rate,
        total=whole,
        undiscounted_total=total((line.undiscounted_total for line in lines), currency)
        + undiscounted_shipping,
        discount=Money(sum(discounts, shipping_discount), currency),
        gift_cards=gift_cards,
        is_shipping_required=cart.is_shipping_required,
        to_pay=_remaining(whole, sum((amount for _, amount in gift_cards), ZERO)),
    )


def subtotal_as_entered(lines: Sequence[CartLine], currency: str) -> Decimal:
    """What the lines cost before any voucher, as entered: what a minimum spend is compared with."""
    return sum((_base(line, currency) for line in lines), ZERO)


def line_discounts(lines: Sequence[CartLine], voucher: CartVoucher | None, currency: str) -> list[Decimal]:
    """What the voucher takes off each line, as entered; never more than the line costs."""
    bases = [_base(line, currency) for line in lines]
    match voucher:
        case None | CartVoucher(kind=VoucherKind.SHIPPING):
            return [ZERO] * len(lines)
        case CartVoucher(once_per_order=True):
            return _off_cheapest_unit(lines, voucher, currency)
        case CartVoucher(kind=VoucherKind.ENTIRE_ORDER):
            return spread(_off(sum(bases, ZERO), voucher, currency), bases, currency)
    return [
        _off_line(line, base, voucher, currency) if line.in_voucher else ZERO
        for line, base in zip(lines, bases, strict=True)
    ]


def tax_by_rate(priced: PricedCart) -> Mapping[Decimal, Decimal]:
    """The tax summary: the tax at each rate that has any; together they are the whole tax."""
    taxes: dict[Decimal, Decimal] = {}
    for rate, part in [
        *((line.tax_rate, line.total) for line in priced.lines),
        (priced.shipping_tax_rate, priced.shipping),
    ]:
        if part.tax:
            taxes[rate] = taxes.get(rate, ZERO) + part.tax
    return taxes


def _priced(line: CartLine, discount: Decimal, currency: str, *, with_tax: bool) -> PricedLine:
    asked = _base(line, currency) - discount
    full = rounded(line.full_price, currency)
    return PricedLine(
        id=line.id,
        unit=taxed(asked / line.quantity, line.tax_rate, currency, with_tax=with_tax),
        total=taxed(asked, line.tax_rate, currency, with_tax=with_tax),
        undiscounted_unit=taxed(full, line.tax_rate, currency, with_tax=with_tax),
        undiscounted_total=taxed(full * line.quantity, line.tax_rate, currency, with_tax=with_tax),
        discount=discount,
        tax_rate=line.tax_rate,
    )


def _base(line: CartLine, currency: str) -> Decimal:
    return rounded(line.price, currency) * line.quantity


def _off(amount: Decimal, voucher: CartVoucher, currency: str) -> Decimal:
    """What the voucher takes off ``amount``: at most all of it."""
    value = amount * voucher.value / HUNDRED if voucher.value_kind is ValueKind.PERCENTAGE else voucher.value
    return min(rounded(value, currency), amount)


def _off_line(line: CartLine, base: Decimal, voucher: CartVoucher, currency: str) -> Decimal:
    """A percentage is of the whole line, so that it is rounded once; a fixed amount comes off each unit."""
    if voucher.value_kind is ValueKind.PERCENTAGE:
        return _off(base, voucher, currency)
    return _off(rounded(line.price, currency), voucher, currency) * line.quantity


def _off_cheapest_unit(lines: Sequence[CartLine], voucher: CartVoucher, currency: str) -> list[Decimal]:
    discounts = [ZERO] * len(lines)
    units = [
        (rounded(line.price, currency), place)
        for place, line in enumerate(lines)
        if line.in_voucher or voucher.kind is VoucherKind.ENTIRE_ORDER
    ]
    if units:
        cheapest, place = min(units)
        discounts[place] = _off(cheapest, voucher, currency)
    return discounts


def _shipping_discount(entered: Decimal, voucher: CartVoucher | None, currency: str) -> Decimal:
    if voucher is None or voucher.kind is not VoucherKind.SHIPPING:
        return ZERO
    return _off(entered, voucher, currency)


def _paid_by_cards(cart: Cart, due: Decimal) -> list[tuple[int, Decimal]]:
    """What each card pays, first added first, until nothing is due; a card that pays nothing is left out."""
    paid: list[tuple[int, Decimal]] = []
    for card in cart.gift_cards:
        share = min(rounded(card.balance, cart.currency), due) if card.is_usable else ZERO
        if share > 0:
            paid.append((card.id, share))
            due -= share
    return paid


def _remaining(whole: TaxedMoney, paid: Decimal) -> TaxedMoney:
    """What is left to pay; tax in the proportion it has in the whole."""
    gross = whole.gross - paid
    net = rounded(whole.net * gross / whole.gross, whole.currency) if whole.gross else ZERO
    return TaxedMoney(net, gross, whole.currency)
