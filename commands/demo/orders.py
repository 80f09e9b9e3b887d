"""Orders as they would stand had they been placed: priced by the shop's own rules, and consistent throughout."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from commands.demo.aftermath import move_goods, tell_history
from commands.demo.catalogue import Sold
from commands.demo.histories import HISTORIES, Bought, Course
from commands.demo.kinds import KINDS
from commands.demo.offers import Issued
from commands.demo.payments import Bill, Paid, pay
from commands.demo.people import CUSTOMERS, Person, Place, write_address
from commands.demo.placed import Placed, World, is_sent
from commands.demo.places import US, ZONES, rate_of
from domain.carts import Cart, CartGiftCard, CartLine, VoucherKind
from domain.completing import line_figures
from domain.money import ZERO
from domain.orders import DiscountKind, OrderStatus
from domain.payment_states import authorize_status, charge_status
from domain.pricing import price

STATUS: Mapping[Course, OrderStatus] = {
    Course.UNPAID: OrderStatus.UNFULFILLED,
    Course.AUTHORIZED: OrderStatus.UNFULFILLED,
    Course.PAID: OrderStatus.UNFULFILLED,
    Course.PARTLY_SENT: OrderStatus.PARTIALLY_FULFILLED,
    Course.SENT: OrderStatus.FULFILLED,
    Course.RETURNED: OrderStatus.RETURNED,
    Course.CANCELED: OrderStatus.CANCELED,
    Course.UNCONFIRMED: OrderStatus.UNCONFIRMED,
}
GUEST = Person(
    "guest@example.com", "Noor", "Haddad", (Place("18 Willow St", "Brooklyn", "11201", "US", "NY"),)
)
BY_EMAIL = {person.email: person for person in (*CUSTOMERS, GUEST)}
PRICES = {way.name: Decimal(way.price) for zone in ZONES for way in zone.ways}


def remember(world: World, now: datetime) -> None:
    """Every order of ``HISTORIES``, with what it took and what was sent of it."""
    for bought in HISTORIES:
        placed = _place(world, bought, now)
        bill = Bill(placed.id, bought.course, placed.priced.to_pay.gross, placed.cart.currency, placed.at)
        paid = pay(world.rows, bill)
        _order(world, placed, paid)
        _lines(world, placed)
        _spend(world, placed)
        move_goods(world, placed)
        tell_history(world, placed, paid)


def _place(world: World, bought: Bought, now: datetime) -> Placed:
    sold = [world.catalogue.variants[sku] for sku, _ in bought.lines]
    country = BY_EMAIL[bought.email].places[0].country
    issued = world.offers.vouchers[bought.voucher] if bought.voucher else None
    card = world.offers.cards[bought.card] if bought.card else None
    cart = Cart(
        id=uuid4(),
        currency="USD" if bought.channel == US else "PLN",
        with_tax=bought.channel != US,
        lines=[
            _line(one, units, bought.channel, country, issued)
            for one, (_, units) in zip(sold, bought.lines, strict=True)
        ],
        shipping_price=PRICES[bought.way] if bought.way else None,
        shipping_tax_rate=rate_of(country, "Standard"),
        voucher=issued.in_channel(bought.channel) if issued else None,
        gift_cards=[] if card is None else [CartGiftCard(card, Decimal(40))],
    )
    priced = price(cart)
    at = now - timedelta(days=bought.days_ago, hours=2)
    return Placed(uuid4(), bought, at, sold, cart, priced, line_figures(cart, priced))


def _line(sold: Sold, units: int, channel: str, country: str, issued: Issued | None) -> CartLine:
    kind = KINDS[sold.good.kind]
    return CartLine(
        id=uuid4(),
        variant_id=sold.id,
        product_id=sold.product_id,
        quantity=units,
        full_price=sold.prices[channel],
        price=sold.prices[channel],
        tax_rate=rate_of(country, kind.tax_class),
        tax_class_name=kind.tax_class,
        is_shipping_required=not kind.is_digital,
        in_voucher=issued is not None and issued.code.category == sold.good.category,
    )


def _order(world: World, placed: Placed, paid: Paid) -> None:
    bought, priced, person = placed.bought, placed.priced, BY_EMAIL[placed.bought.email]
    issued = world.offers.vouchers[bought.voucher] if bought.voucher else None
    due = priced.to_pay.gross
    world.rows.put(
        "orders",
        id=placed.id,
        checkout_id=placed.cart.id,
        channel_id=world.places.channels[bought.channel],
        user_id=world.people.get(bought.email),
        email=bought.email,
        status=STATUS[bought.course],
        origin="CHECKOUT",
        currency=priced.currency,
        language_code=person.language,
        shipping_address_id=write_address(world.rows, person, person.places[0]) if bought.way else None,
        billing_address_id=write_address(world.rows, person, person.places[-1]),
        shipping_method_id=world.places.methods[bought.way] if bought.way else None,
        shipping_method_name=bought.way,
        collection_point_id=world.places.warehouses[bought.point] if bought.point else None,
        is_shipping_required=placed.cart.is_shipping_required,
        shipping_net=priced.shipping.net,
        shipping_gross=priced.shipping.gross,
        undiscounted_shipping_net=priced.undiscounted_shipping.net,
        undiscounted_shipping_gross=priced.undiscounted_shipping.gross,
        shipping_tax_rate=priced.shipping_tax_rate,
        subtotal_net=priced.subtotal.net,
        subtotal_gross=priced.subtotal.gross,
        undiscounted_total_net=priced.undiscounted_total.net,
        undiscounted_total_gross=priced.undiscounted_total.gross,
        total_net=priced.to_pay.net,
        total_gross=due,
        gift_card_amount=priced.total.gross - due,
        charged_amount=paid.amounts.charged,
        authorized_amount=paid.amounts.authorized,
        refunded_amount=paid.amounts.refunded,
        charge_status=charge_status(due, paid.amounts.charged),
        authorize_status=authorize_status(due, paid.amounts.authorized, paid.amounts.charged),
        voucher_id=issued.voucher_id if issued else None,
        voucher_code=bought.voucher,
        customer_note=bought.note,
        created_at=placed.at,
        updated_at=placed.at,
    )


def _lines(world: World, placed: Placed) -> None:
    for position, (sold, line, figures) in enumerate(
        zip(placed.sold, placed.cart.lines, placed.figures, strict=True), start=1
    ):
        world.rows.put(
            "order_lines",
            **asdict(figures),
            order_id=placed.id,
            position=position,
            variant_id=sold.id,
            product_name=sold.good.name,
            variant_name=sold.name,
            translated_product_name="",
            translated_variant_name="",
            sku=sold.sku,
            quantity=line.quantity,
            quantity_fulfilled=line.quantity if is_sent(placed.bought.course, position) else 0,
            currency=placed.priced.currency,
        )


def _spend(world: World, placed: Placed) -> None:
    """What vouchers and gift cards know of the order."""
    rows, voucher = world.rows, placed.cart.voucher
    if voucher is not None:
        issued = world.offers.vouchers[voucher.code]
        rows.add(
            "voucher_redemptions",
            voucher_id=issued.voucher_id,
            voucher_code_id=issued.code_id,
            order_id=placed.id,
            customer=placed.bought.email if issued.code.once_per_customer else None,
            created_at=placed.at,
        )
        used = sum(1 for row in rows.of("voucher_redemptions") if row["voucher_id"] == issued.voucher_id)
        rows.change("vouchers", issued.voucher_id, used=used)
        rows.change("voucher_codes", issued.code_id, used=used)
        rows.add(
            "order_discounts",
            order_id=placed.id,
            kind=DiscountKind.VOUCHER,
            name=voucher.name,
            reason=f"Voucher code: {voucher.code}",
            value_kind=voucher.value_kind,
            value=voucher.value,
            amount=placed.priced.discount.amount,
            currency=placed.priced.currency,
        )
        assert placed.priced.discount.amount > ZERO or voucher.kind is VoucherKind.SHIPPING, voucher.code
    for card_id, amount in placed.priced.gift_cards:
        rows.put(
            "gift_card_uses", gift_card_id=card_id, order_id=placed.id, amount=amount, created_at=placed.at
        )
        (card,) = (row for row in rows.of("gift_cards") if row["id"] == card_id)
        rows.change(
            "gift_cards",
            card_id,
            balance_amount=Decimal(card["balance_amount"]) - amount,
            used_by=placed.bought.email,
            last_used_at=placed.at,
        )
