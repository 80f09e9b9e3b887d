"""Many who complete at once, over real connections: what is sold is there, and spent once."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest

from commands.completing import complete
from commands.shop import Shop
from domain.access import GUEST
from domain.refusals import Refused
from server.settings import Settings
from tests.factory import AnyRow, Factory
from tests.markets import Market


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Twenty connections, and patience for them."""
    return settings.model_copy(update={"database_pool_max": 20, "database_pool_wait": 60})


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def at_once(shop: Shop, checkouts: Sequence[AnyRow]) -> tuple[list[UUID], Counter[str]]:
    """The orders that came of them, and how often each code was told."""

    async def attempt(checkout: AnyRow) -> UUID | list[str]:
        try:
            return await complete(shop, GUEST, checkout.id)
        except Refused as several:
            return [refusal.code for refusal in several.refusals]

    answers = await asyncio.gather(*(attempt(checkout) for checkout in checkouts))
    made = [answer for answer in answers if isinstance(answer, UUID)]
    return made, Counter(code for answer in answers if isinstance(answer, list) for code in answer)


async def test_a_hundred_shoppers_and_one_unit_make_one_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    variant = await market.variant(stock=1)
    checkouts = [await market.checkout((variant, 1), email=f"{n}@example.com") for n in range(100)]

    made, refusals = await at_once(shop, checkouts)

    assert (len(made), refusals) == (1, {"INSUFFICIENT_STOCK": 99})
    assert await factory.value("select allocated from stocks") == 1
    assert await factory.value("select sum(quantity) from allocations") == 1
    assert await factory.value("select count(*) from checkouts") == 99


async def test_a_checkout_completed_twenty_times_at_once_is_one_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(), 1))

    made, refusals = await at_once(shop, [checkout] * 20)

    assert (len(made), len(set(made)), refusals) == (20, 1, {})
    assert await factory.value("select count(*) from orders") == 1
    assert await factory.value("select count(*) from outbox where kind = 'OrderCreated'") == 1


async def test_a_voucher_for_five_is_redeemed_five_times(
    shop: Shop, factory: Factory, market: Market
) -> None:
    voucher = await factory.voucher(market.channel, "FIVE", "1", usage_limit=5)
    variant = await market.variant()
    checkouts = [
        await market.checkout((variant, 1), code="FIVE", email=f"{n}@example.com") for n in range(30)
    ]

    made, refusals = await at_once(shop, checkouts)

    assert (len(made), refusals) == (5, {"VOUCHER_NOT_APPLICABLE": 25})
    assert await factory.value("select used from vouchers where id = $1", voucher.id) == 5
    assert await factory.value("select count(*) from voucher_redemptions") == 5


async def test_a_code_for_one_use_is_used_once(shop: Shop, factory: Factory, market: Market) -> None:
    await factory.voucher(market.channel, "ONCE", "1", single_use=True)
    variant = await market.variant()
    checkouts = [
        await market.checkout((variant, 1), code="ONCE", email=f"{n}@example.com") for n in range(10)
    ]

    made, refusals = await at_once(shop, checkouts)

    assert (len(made), refusals) == (1, {"VOUCHER_NOT_APPLICABLE": 9})
    assert await factory.value("select used from voucher_codes") == 1


async def test_a_customer_with_ten_checkouts_uses_a_code_once(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "ONCE", "1", once_per_customer=True)
    variant = await market.variant()
    checkouts = [await market.checkout((variant, 1), code="ONCE") for _ in range(10)]

    made, refusals = await at_once(shop, checkouts)

    assert (len(made), refusals) == (1, {"VOUCHER_NOT_APPLICABLE": 9})
    assert await factory.value("select customer from voucher_redemptions") == "guest@example.com"


async def test_a_gift_card_in_many_checkouts_never_gives_more_than_it_holds(
    shop: Shop, factory: Factory, market: Market
) -> None:
    card = await factory.gift_card(amount="50")
    variant = await market.variant("10")
    checkouts = [await market.checkout((variant, 1), cards=[card]) for _ in range(10)]

    made, refusals = await at_once(shop, checkouts)

    # Fifteen each: three in full, one with the last five, and to the rest the card is no use.
    assert (len(made), refusals) == (4, {"GIFT_CARD_NOT_APPLICABLE": 6})
    uses = await factory.fetch("select amount from gift_card_uses order by amount")
    assert [row.amount for row in uses] == [5, 15, 15, 15]
    assert await factory.value("select balance_amount from gift_cards") == 0
    assert await factory.value("select sum(total_gross) from orders") == 4 * 15 - 50


async def test_random_carts_of_the_same_goods_all_finish(
    shop: Shop, factory: Factory, market: Market
) -> None:
    dice = random.Random(7)  # noqa: S311  # nothing secret
    variants = [await market.variant(stock=1000) for _ in range(8)]
    second = await factory.warehouse(market.channel)
    for variant in variants:
        await factory.stock(variant, second, 1000)
    cards = [await factory.gift_card(f"CARD-{n}", "100000") for n in range(3)]
    checkouts = [
        await market.checkout(
            *((variant, dice.randint(1, 3)) for variant in dice.sample(variants, dice.randint(2, 8))),
            cards=dice.sample(cards, dice.randint(0, 3)),
        )
        for _ in range(60)
    ]

    made, refusals = await asyncio.wait_for(at_once(shop, checkouts), timeout=30)

    assert (len(made), refusals) == (60, {})
    assert await factory.value("select sum(allocated) from stocks") == await factory.value(
        "select sum(quantity) from order_lines"
    )
    assert await factory.value("select count(distinct number) from orders") == 60


async def test_stored_figures_add_up(shop: Shop, factory: Factory, market: Market) -> None:
    dice = random.Random(11)  # noqa: S311  # nothing secret
    await factory.voucher(market.channel, "SAVE", "7", value_kind="PERCENTAGE")
    variants = [await market.variant(f"{dice.randint(100, 9999) / 100:.2f}") for _ in range(6)]
    checkouts = [
        await market.checkout(
            *((variant, dice.randint(1, 9)) for variant in dice.sample(variants, dice.randint(1, 6))),
            code=dice.choice(["SAVE", None]),
            cards=[await factory.gift_card(f"C-{n}", "20")] if n % 3 == 0 else [],
        )
        for n in range(20)
    ]

    await at_once(shop, checkouts)

    orders = await factory.fetch("select * from orders")
    assert len(orders) == 20
    for order in orders:
        lines = await factory.fetch("select * from order_lines where order_id = $1", order.id)
        came_off = await factory.value(
            "select coalesce(sum(amount), 0) from order_discounts where order_id = $1", order.id
        )
        for side in ("net", "gross"):
            assert order[f"subtotal_{side}"] == sum(line[f"total_{side}"] for line in lines)
        assert order.total_gross + order.gift_card_amount == order.subtotal_gross + order.shipping_gross
        assert order.undiscounted_total_gross - came_off == order.subtotal_gross + order.shipping_gross
        assert all(line.total_net == round(line.total_gross / Decimal("1.25"), 2) for line in lines)
        used = await factory.value(
            "select coalesce(sum(amount), 0) from gift_card_uses where order_id = $1", order.id
        )
        assert used == order.gift_card_amount
