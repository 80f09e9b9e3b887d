"""Carts as they are read for pricing."""

from decimal import Decimal
from typing import Any

import pytest

from commands.shop import Shop
from db.carts import carts
from db.pool import Database
from db.tables import discounts
from domain.carts import Cart, VoucherKind
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def read(database: Database, checkout: AnyRow) -> Cart:
    async with database.read() as connection:
        (cart,) = await carts(connection, [checkout.id])
    return cart


async def test_a_cart_has_what_its_price_depends_on(database: Database, market: Market) -> None:
    mug = await market.variant("10", discounted="8")
    checkout = await market.checkout((mug, 3))

    cart = await read(database, checkout)

    (line,) = cart.lines
    assert (line.variant_id, line.product_id, line.quantity) == (mug.id, market.product.id, 3)
    assert (line.full_price, line.price, line.tax_rate) == (Decimal(10), Decimal(8), Decimal("0.25"))
    assert (cart.currency, cart.with_tax, cart.shipping_price) == ("USD", True, Decimal(5))
    assert (cart.voucher, cart.voucher_problem, cart.gift_cards) == (None, None, [])


async def test_many_carts_cost_three_statements(shop: Shop, statements: Statements, market: Market) -> None:
    mug = await market.variant()
    ids = [(await market.checkout((mug, 1))).id for _ in range(5)]

    async with statements.recording() as sent, shop.db.read() as connection:
        found = await carts(connection, ids)

    assert {cart.id for cart in found} == set(ids)
    assert len(sent) == 3


async def test_the_tax_is_the_classes_and_else_the_countrys(
    database: Database, factory: Factory, market: Market
) -> None:
    books, unknown = await factory.tax_class("Books"), await factory.tax_class("Unknown")
    await factory.tax_rate("US", "0.05", books)
    kind = await factory.product_type(tax_class_id=books.id)
    of_kind = await factory.product(market.channel, product_type_id=kind.id)
    own = await factory.product(market.channel, product_type_id=kind.id, tax_class_id=unknown.id)
    variants = [await factory.variant(one, market.channel) for one in (of_kind, own)]

    cart = await read(database, await market.checkout(*((variant, 1) for variant in variants)))

    assert [(line.tax_rate, line.tax_class_name) for line in cart.lines] == [
        (Decimal("0.05"), "Books"),
        (Decimal("0.25"), "Unknown"),
    ]


async def test_a_channel_that_charges_no_taxes_has_none(database: Database, factory: Factory) -> None:
    market = await Market.open(factory, charge_taxes=False, prices_entered_with_tax=False)

    cart = await read(database, await market.checkout((await market.variant(), 1)))

    assert (cart.lines[0].tax_rate, cart.shipping_tax_rate, cart.with_tax) == (Decimal(0), Decimal(0), False)


async def test_staffs_own_price_takes_the_place_of_the_listed_ones(
    database: Database, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant("10", discounted="8"), 1))
    await factory.fetch("update checkout_lines set price_override = 9")

    (line,) = (await read(database, checkout)).lines

    assert (line.full_price, line.price) == (Decimal(9), Decimal(9))


async def test_nothing_shipped_has_no_shipping_price(
    database: Database, factory: Factory, market: Market
) -> None:
    kind = await factory.product_type(is_shipping_required=False)
    song = await factory.product(market.channel, product_type_id=kind.id)
    checkout = await market.checkout((await factory.variant(song, market.channel), 1))

    assert (await read(database, checkout)).shipping_price is None


async def targets(factory: Factory, market: Market) -> dict[str, int]:
    """Targets that the market's mug belongs to; its category is a level below the named one."""
    above = await factory.category("Kitchen")
    below = await factory.category("Mugs", above)
    await factory.fetch("update products set category_id = $1", below.id)
    collection = await factory.collection(market.channel, products=[market.product])
    return {"PRODUCT": market.product.id, "CATEGORY": above.id, "COLLECTION": collection.id}


@pytest.mark.parametrize("kind", ["PRODUCT", "VARIANT", "CATEGORY", "COLLECTION"])
async def test_a_voucher_for_products_marks_their_lines(
    database: Database, factory: Factory, market: Market, kind: str
) -> None:
    mug = await market.variant()
    known = await targets(factory, market) | {"VARIANT": mug.id}
    lamp = await factory.variant(await factory.product(market.channel), market.channel)
    voucher = await factory.voucher(market.channel, "MUGS", kind="SPECIFIC_PRODUCT")
    await factory.add(discounts.VoucherTargets, voucher_id=voucher.id, kind=kind, target_id=known[kind])

    cart = await read(database, await market.checkout((mug, 1), (lamp, 1), code="MUGS"))

    assert [line.in_voucher for line in cart.lines] == [True, False]
    assert cart.voucher is not None
    assert cart.voucher.kind is VoucherKind.SPECIFIC_PRODUCT


async def test_a_voucher_that_a_customer_has_used_is_known_by_their_e_mail(
    database: Database, factory: Factory, market: Market
) -> None:
    mug = await market.variant()
    await factory.voucher(market.channel, "ONCE", once_per_customer=True)
    (code,) = await factory.fetch("select * from voucher_codes")
    order = await factory.value(
        "insert into orders (id, channel_id, currency) values (gen_random_uuid(), $1, 'USD') returning id",
        market.channel.id,
    )
    await factory.add(
        discounts.VoucherRedemptions,
        voucher_id=code.voucher_id,
        voucher_code_id=code.id,
        order_id=order,
        customer="guest@example.com",
    )

    again = await read(database, await market.checkout((mug, 1), code="ONCE"))
    other = await read(database, await market.checkout((mug, 1), code="ONCE", email="ada@example.com"))

    assert (again.voucher, again.voucher_problem) == (None, "You have used this code before.")
    assert other.voucher is not None


@pytest.mark.parametrize(
    ("values", "usable"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"currency": "EUR"}, False),
    ],
)
async def test_gift_cards_say_whether_they_may_be_used(
    database: Database, factory: Factory, market: Market, values: dict[str, Any], *, usable: bool
) -> None:
    card = await factory.gift_card(**values)
    checkout = await market.checkout((await market.variant(), 1), cards=[card])

    (found,) = (await read(database, checkout)).gift_cards

    assert (found.id, found.balance, found.is_usable) == (card.id, Decimal(50), usable)


async def test_a_gift_card_can_be_used_through_its_last_day(
    database: Database, factory: Factory, market: Market
) -> None:
    today, yesterday = await factory.gift_card("A"), await factory.gift_card("B")
    await factory.fetch("update gift_cards set expires_on = current_date where id = $1", today.id)
    await factory.fetch("update gift_cards set expires_on = current_date - 1 where id = $1", yesterday.id)
    checkout = await market.checkout((await market.variant(), 1), cards=[today, yesterday])

    assert [card.is_usable for card in (await read(database, checkout)).gift_cards] == [True, False]


async def test_goods_that_are_fetched_cost_no_shipping(database: Database, market: Market) -> None:
    checkout = await market.checkout((await market.variant(), 1), collection_point_id=market.warehouse.id)

    assert (await read(database, checkout)).shipping_price == 0


async def test_what_is_no_longer_listed_costs_nothing(
    database: Database, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(), 2))
    await factory.fetch("delete from variant_listings")

    (line,) = (await read(database, checkout)).lines

    assert (line.price, line.full_price) == (Decimal(0), Decimal(0))
