"""Goods of which a customer may buy only so many, over all of their orders."""

import asyncio

import pytest

from commands.completing import complete
from commands.orders.cancelling import cancel
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.refusals import Refused
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements

STAFF = Viewer(permissions=frozenset(Permission), is_staff=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Ten connections, and patience for them."""
    return settings.model_copy(update={"database_pool_max": 10, "database_pool_wait": 60})


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def scarce(market: Market, most: int) -> AnyRow:
    variant = await market.variant("10", stock=100)
    await market.factory.fetch(
        "update product_variants set quantity_limit = $1 where id = $2", most, variant.id
    )
    return variant


async def told(shop: Shop, checkout: AnyRow) -> list[object]:
    """The code and the variants of each refusal; nothing where it became an order."""
    try:
        await complete(shop, GUEST if checkout.user_id is None else Viewer(checkout.user_id), checkout.id)
    except Refused as several:
        return [(refusal.code, refusal.facts.get("variants")) for refusal in several.refusals]
    return []


async def test_what_was_bought_before_counts(shop: Shop, market: Market) -> None:
    lamp, rug, mug = await scarce(market, 3), await scarce(market, 2), await market.variant("1", stock=100)

    assert (
        await told(shop, await market.checkout((lamp, 2), (rug, 2), (mug, 9), email="ada@example.com")) == []
    )
    assert await told(
        shop, await market.checkout((lamp, 2), (rug, 1), (mug, 9), email="Ada@Example.com ")
    ) == [("QUANTITY_GREATER_THAN_LIMIT", [lamp.id, rug.id])]
    assert await told(shop, await market.checkout((lamp, 1), email="ada@example.com")) == []
    assert await told(shop, await market.checkout((lamp, 3), email="bea@example.com")) == []


async def test_a_cart_that_is_too_much_by_itself_is_told_once(shop: Shop, market: Market) -> None:
    lamp = await scarce(market, 3)
    await told(shop, await market.checkout((lamp, 1), email="ada@example.com"))

    assert await told(shop, await market.checkout((lamp, 4), email="ada@example.com")) == [
        ("QUANTITY_GREATER_THAN_LIMIT", [lamp.id])
    ]


async def test_a_login_is_one_customer_whatever_the_address(
    shop: Shop, factory: Factory, market: Market
) -> None:
    lamp, ada = await scarce(market, 1), await factory.user()
    await told(shop, await market.checkout((lamp, 1), user=ada, email="ada@example.com"))

    assert await told(shop, await market.checkout((lamp, 1), user=ada, email="other@example.com")) == [
        ("QUANTITY_GREATER_THAN_LIMIT", [lamp.id])
    ]
    assert await told(shop, await market.checkout((lamp, 1), email="ada@example.com")) == [
        ("QUANTITY_GREATER_THAN_LIMIT", [lamp.id])
    ]


async def test_an_order_called_off_counts_no_more(shop: Shop, market: Market) -> None:
    lamp = await scarce(market, 1)
    first = await complete(shop, GUEST, (await market.checkout((lamp, 1), email="ada@example.com")).id)
    await cancel(shop, STAFF, first)

    assert await told(shop, await market.checkout((lamp, 1), email="ada@example.com")) == []


async def test_ten_carts_of_one_customer_at_once_keep_the_limit(
    shop: Shop, factory: Factory, market: Market
) -> None:
    lamp, ada = await scarce(market, 3), await factory.user()
    checkouts = [
        await market.checkout((lamp, 1), user=ada, email=f"{'ada' if number % 2 else 'bea'}@example.com")
        for number in range(10)
    ]

    answers = await asyncio.gather(*(told(shop, checkout) for checkout in checkouts))

    refused = [("QUANTITY_GREATER_THAN_LIMIT", [lamp.id])]
    assert sorted(answers, key=len) == [[]] * 3 + [refused] * 7
    assert await factory.value("select sum(quantity) from order_lines") == 3
    assert await factory.value("select sum(allocated) from stocks") == 3


async def test_goods_without_a_limit_cost_no_statement_more(
    shop: Shop, market: Market, statements: Statements
) -> None:
    mug, lamp = await market.variant("1", stock=100), await scarce(market, 3)
    plain, limited = await market.checkout((mug, 1)), await market.checkout((lamp, 1))

    counts = []
    for checkout in (plain, limited):
        async with statements.recording() as sent:
            assert await told(shop, checkout) == []
        counts.append(len(sent))

    assert counts[1] - counts[0] == 2
