"""Promotions, and the prices that follow from them."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from commands.promotions import refresh_prices
from commands.shop import Shop
from db import promotions
from db.tables import discounts
from tests.factory import PAST, AnyRow, Factory
from tests.worlds import Clock


async def promote(
    factory: Factory,
    *targets: tuple[str, AnyRow],
    channel: AnyRow,
    value: str,
    kind: str = "PERCENTAGE",
    starts_at: datetime = PAST,
    ends_at: datetime | None = None,
) -> AnyRow:
    """A promotion of one rule; its rule is what comes back."""
    promotion = await factory.add(discounts.Promotions, name="Sale", starts_at=starts_at, ends_at=ends_at)
    rule = await factory.add(
        discounts.PromotionRules, promotion_id=promotion.id, reward_kind=kind, reward_value=Decimal(value)
    )
    await factory.add(discounts.PromotionRuleChannels, promotion_rule_id=rule.id, channel_id=channel.id)
    for target, row in targets:
        await factory.add(
            discounts.PromotionRuleTargets, promotion_rule_id=rule.id, kind=target, target_id=row.id
        )
    return rule


async def asked(factory: Factory, variant: AnyRow) -> tuple[Decimal, int | None]:
    """What is asked for the variant where it is listed, and the rule that makes it so."""
    (row,) = await factory.fetch(
        "select discounted_amount, promotion_rule_id from variant_listings where variant_id = $1", variant.id
    )
    return row.discounted_amount, row.promotion_rule_id


@pytest.mark.parametrize("target", ["VARIANT", "PRODUCT", "CATEGORY", "COLLECTION"])
async def test_a_rule_reaches_what_it_is_for_and_nothing_else(
    shop: Shop, factory: Factory, target: str
) -> None:
    us = await factory.channel("us")
    things = await factory.category("Things")
    product = await factory.product(us, category_id=(await factory.category("Cups", parent=things)).id)
    other = await factory.product(us, category_id=(await factory.category("Rugs")).id)
    collection = await factory.collection(products=[product])
    variant, untouched = (await factory.variant(product, us), await factory.variant(other, us))
    rows = {"VARIANT": variant, "PRODUCT": product, "CATEGORY": things, "COLLECTION": collection}
    rule = await promote(factory, (target, rows[target]), channel=us, value="25")

    changed = await refresh_prices(shop)

    assert changed == 1
    assert await asked(factory, variant) == (Decimal("7.5"), rule.id)
    assert await asked(factory, untouched) == (Decimal(10), None)


@pytest.mark.parametrize(
    ("currency", "price", "kind", "value", "expected"),
    [
        ("USD", "9.99", "PERCENTAGE", "33", "6.69"),
        ("JPY", "999", "PERCENTAGE", "33", "669"),
        ("KWD", "9.999", "PERCENTAGE", "33", "6.699"),
        ("USD", "10", "FIXED", "2.5", "7.5"),
        ("USD", "10", "FIXED", "12", "0"),
        ("USD", "10", "PERCENTAGE", "100", "0"),
    ],
)
async def test_a_reward_is_rounded_to_the_currency_and_never_falls_below_nothing(
    shop: Shop, factory: Factory, *, currency: str, price: str, kind: str, value: str, expected: str
) -> None:
    channel = await factory.channel("here", currency)
    product = await factory.product(channel)
    variant = await factory.variant(product, channel, price=price)
    await promote(factory, ("PRODUCT", product), channel=channel, kind=kind, value=value)

    await refresh_prices(shop)

    assert (await asked(factory, variant))[0] == Decimal(expected)


async def test_the_lowest_of_all_that_holds_is_asked(shop: Shop, factory: Factory) -> None:
    us = await factory.channel("us")
    product = await factory.product(us)
    on_sale, promoted, elsewhere = [await factory.variant(product, us) for _ in range(3)]
    await factory.fetch("update variant_listings set sale_amount = 6 where variant_id = $1", on_sale.id)
    eu = await factory.channel("eu")
    await promote(factory, ("VARIANT", on_sale), ("VARIANT", promoted), channel=us, value="20")
    best = await promote(factory, ("VARIANT", promoted), channel=us, value="30")
    await promote(factory, ("VARIANT", promoted), channel=us, value="30")
    await promote(factory, ("VARIANT", elsewhere), channel=eu, value="50")

    await refresh_prices(shop)

    assert await asked(factory, on_sale) == (Decimal(6), None)
    assert await asked(factory, promoted) == (Decimal(7), best.id)
    assert await asked(factory, elsewhere) == (Decimal(10), None)


async def test_prices_follow_a_promotion_as_it_starts_and_ends(
    shop: Shop, factory: Factory, clock: Clock
) -> None:
    us = await factory.channel("us")
    product = await factory.product(us)
    variant = await factory.variant(product, us)
    await factory.variant(product, us, price="9")
    start = clock() + timedelta(hours=1)
    end = start + timedelta(hours=1)
    await promote(factory, ("VARIANT", variant), channel=us, value="50", starts_at=start, ends_at=end)

    async def then() -> tuple[int, Decimal, Decimal, datetime | None]:
        changed = await refresh_prices(shop)
        (listing,) = await factory.fetch("select * from product_listings")
        async with shop.db.read() as connection:
            following = await promotions.next_change(connection, clock())
        return changed, (await asked(factory, variant))[0], listing.lowest_discounted_amount, following

    before = await then()
    clock.forward(minutes=90)
    during = await then()
    again = await then()
    clock.forward(minutes=60)
    after = await then()

    assert before == (0, Decimal(10), Decimal(9), start)
    assert during == (1, Decimal(5), Decimal(5), end)
    assert again == (0, Decimal(5), Decimal(5), end)
    assert after == (1, Decimal(10), Decimal(9), None)


async def test_the_lowest_prices_of_a_product_follow_its_variants_in_each_channel(
    shop: Shop, factory: Factory
) -> None:
    us, eu = await factory.channel("us"), await factory.channel("eu", "EUR")
    product = await factory.product(us, eu)
    await factory.variant(product, us, price="20")
    await factory.variant(product, us, price="30")
    await factory.fetch("update product_listings set lowest_amount = 1, lowest_discounted_amount = 1")

    await refresh_prices(shop)

    rows = await factory.fetch("select * from product_listings order by channel_id")
    assert [(row.lowest_amount, row.lowest_discounted_amount) for row in rows] == [
        (Decimal(20), Decimal(20)),
        (None, None),
    ]


async def test_only_the_products_asked_for_are_refreshed(factory: Factory) -> None:
    us = await factory.channel("us")
    one, two = await factory.product(us), await factory.product(us)
    variants = [await factory.variant(product, us) for product in (one, two)]
    await promote(factory, ("PRODUCT", one), ("PRODUCT", two), channel=us, value="10")

    async with factory.db.transaction() as tx:
        changed = await promotions.refresh(tx, PAST, [one.id])

    assert changed == 1
    assert [(await asked(factory, variant))[0] for variant in variants] == [Decimal(9), Decimal(10)]
