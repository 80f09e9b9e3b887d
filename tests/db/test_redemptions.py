"""Spending codes and gift cards, against Postgres, where nobody has checked before."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db import redemptions
from db.pool import Database
from db.tables import orders
from domain.vouchers import VoucherNotApplicable
from tests.factory import AnyRow, Factory

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
async def channel(factory: Factory) -> AnyRow:
    return await factory.channel()


async def redeem(database: Database, factory: Factory, channel: AnyRow, code: str, customer: str) -> None:
    order = await factory.add(orders.Orders, channel_id=channel.id, currency="USD")
    code_id = await factory.value("select id from voucher_codes where code = $1", code)
    async with database.transaction() as tx:
        voucher = await redemptions.lock_voucher(tx, code_id)
        assert voucher is not None, "the code is there"
        await redemptions.redeem(tx, voucher, order.id, customer, NOW)


async def counts(factory: Factory) -> tuple[int, int, int]:
    """Uses as the voucher counts them, as its codes do, and redemptions."""
    return (
        await factory.value("select used from vouchers"),
        await factory.value("select sum(used) from voucher_codes"),
        await factory.value("select count(*) from voucher_redemptions"),
    )


@pytest.mark.parametrize("bound", [{"usage_limit": 1}, {"single_use": True}])
async def test_one_use_too_many_is_refused_and_not_counted(
    database: Database, factory: Factory, channel: AnyRow, bound: dict[str, Any]
) -> None:
    await factory.voucher(channel, "ONCE", **bound)
    await redeem(database, factory, channel, "ONCE", "ada@example.com")

    with pytest.raises(VoucherNotApplicable, match="used up"):
        await redeem(database, factory, channel, "ONCE", "eve@example.com")

    assert await counts(factory) == (1, 1, 1)


async def test_a_second_use_by_a_customer_is_refused_and_not_counted(
    database: Database, factory: Factory, channel: AnyRow
) -> None:
    await factory.voucher(channel, "ONCE", once_per_customer=True)
    await redeem(database, factory, channel, "ONCE", "ada@example.com")

    with pytest.raises(VoucherNotApplicable, match="used this code before"):
        await redeem(database, factory, channel, "ONCE", "ada@example.com")

    assert await counts(factory) == (1, 1, 1)


async def test_a_customer_may_use_a_code_again_where_nothing_speaks_against_it(
    database: Database, factory: Factory, channel: AnyRow
) -> None:
    await factory.voucher(channel, "SAVE")

    for _ in range(2):
        await redeem(database, factory, channel, "SAVE", "ada@example.com")

    assert await counts(factory) == (2, 2, 2)


async def test_a_card_gives_no_more_than_it_holds(
    database: Database, factory: Factory, channel: AnyRow
) -> None:
    card = await factory.gift_card(amount="10")
    order = await factory.add(orders.Orders, channel_id=channel.id, currency="USD")

    with pytest.raises(AssertionError):
        async with database.transaction() as tx:
            await redemptions.take_from_cards(tx, [(card.id, Decimal(11))], order.id, "ada@example.com", NOW)

    assert await factory.value("select balance_amount from gift_cards") == 10
