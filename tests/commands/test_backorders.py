"""What is sold before it is there waits until it is, and is never more than was allowed."""

from uuid import UUID

import pytest

from commands.completing import complete
from commands.orders.cancelling import cancel
from commands.orders.fulfillments import cancel_fulfillment, fulfill
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from commands.stocks import limit_backorders
from db import stocks
from domain.access import GUEST, Permission, Viewer
from domain.payments import Subject
from domain.refusals import Denied, Invalid, NotFound, Refused
from domain.sending import ToSend
from domain.stocks import Arrival, InsufficientStock
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS, Permission.MANAGE_PRODUCTS}), is_staff=True)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def mug(shop: Shop, market: Market) -> AnyRow:
    """Five are on hand, and three more may be sold."""
    variant = await market.variant(stock=5)
    await limit_backorders(shop, STAFF, market.warehouse.id, variant.id, 3)
    return variant


async def bought(shop: Shop, market: Market, mug: AnyRow, units: int) -> tuple[UUID, UUID]:
    """An order of so many mugs, and its line."""
    order_id = await complete(shop, GUEST, (await market.checkout((mug, units))).id)
    line_id = await market.factory.value("select id from order_lines where order_id = $1", order_id)
    return order_id, line_id


async def arrive(shop: Shop, market: Market, mug: AnyRow, units: int) -> None:
    async with shop.db.transaction() as tx:
        await stocks.receive(tx, [Arrival(market.warehouse.id, mug.id, units)], cause="RECEIVED")


async def shelf(factory: Factory) -> tuple[int, ...]:
    """Units on hand and promised, and how many may be beyond."""
    (row,) = await factory.fetch("select on_hand, allocated, backorder_limit from stocks")
    return tuple(row)


async def test_units_on_backorder_are_sent_once_they_are_there(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    order_id, line_id = await bought(shop, market, mug, 8)
    with pytest.raises(InsufficientStock, match="6 wanted, 5 available"):
        await fulfill(shop, STAFF, order_id, [ToSend(line_id, market.warehouse.id, 6)])
    assert await shelf(factory) == (5, 8, 3)

    await fulfill(shop, STAFF, order_id, [ToSend(line_id, market.warehouse.id, 5)])
    assert await shelf(factory) == (0, 3, 3)
    with pytest.raises(InsufficientStock, match="1 wanted, 0 available"):
        await fulfill(shop, STAFF, order_id, [ToSend(line_id, market.warehouse.id, 1)])
    assert await breaches(factory) == {}

    await arrive(shop, market, mug, 4)
    await fulfill(shop, STAFF, order_id, [ToSend(line_id, market.warehouse.id, 3)])
    assert await shelf(factory) == (1, 0, 3)
    assert await factory.value("select status from orders") == "FULFILLED"
    assert await breaches(factory) == {}


async def test_one_more_than_allowed_is_refused(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    with pytest.raises(Refused, match="9 wanted, 8 available"):
        await bought(shop, market, mug, 9)
    await bought(shop, market, mug, 7)
    with pytest.raises(Refused, match="2 wanted, 1 available"):
        await bought(shop, market, mug, 2)

    assert await shelf(factory) == (5, 7, 3)
    assert await breaches(factory) == {}


async def test_units_on_hand_elsewhere_are_promised_first(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    second = await factory.warehouse(market.channel)
    await factory.stock(mug, second, 2)

    await bought(shop, market, mug, 8)

    promised = await factory.fetch("select warehouse_id, allocated from stocks order by id")
    assert [tuple(row) for row in promised] == [(market.warehouse.id, 6), (second.id, 2)]


async def test_units_on_backorder_are_held_while_they_are_paid(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    mine = await market.checkout((mug, 7))
    await initialize(shop, GUEST, Subject.CHECKOUT, mine.id, Wish("matvis.dummy"))

    with pytest.raises(Refused, match="2 wanted, 1 available"):
        await bought(shop, market, mug, 2)
    with pytest.raises(Invalid, match="2 units that are not on hand are promised already"):
        await limit_backorders(shop, STAFF, market.warehouse.id, mug.id, 1)
    assert await breaches(factory) == {}

    await complete(shop, GUEST, mine.id)
    assert await shelf(factory) == (5, 7, 3)
    assert await breaches(factory) == {}


async def test_what_is_called_off_may_be_sold_again(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    order_id, line_id = await bought(shop, market, mug, 8)
    (shipment,) = await fulfill(shop, STAFF, order_id, [ToSend(line_id, market.warehouse.id, 5)])
    await cancel_fulfillment(shop, STAFF, shipment)
    assert await shelf(factory) == (5, 8, 3)

    await cancel(shop, STAFF, order_id)

    assert await shelf(factory) == (5, 0, 3)
    await bought(shop, market, mug, 8)
    assert await breaches(factory) == {}


async def test_the_limit_is_set_for_a_shelf_that_has_had_nothing(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    second = await factory.warehouse(market.channel)
    told = await factory.value("select count(*) from outbox where kind = 'StockChanged'")

    await limit_backorders(shop, STAFF, second.id, mug.id, 4)

    rows = await factory.fetch("select warehouse_id, on_hand, backorder_limit from stocks order by id")
    assert [tuple(row) for row in rows] == [(market.warehouse.id, 5, 3), (second.id, 0, 4)]
    assert await factory.value("select count(*) from outbox where kind = 'StockChanged'") == told + 1


async def test_the_limit_is_not_below_what_is_promised(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    await bought(shop, market, mug, 7)
    with pytest.raises(Invalid, match="2 units"):
        await limit_backorders(shop, STAFF, market.warehouse.id, mug.id, 1)

    await limit_backorders(shop, STAFF, market.warehouse.id, mug.id, 2)

    assert await shelf(factory) == (5, 7, 2)


async def test_only_staff_who_look_after_products_may(shop: Shop, market: Market, mug: AnyRow) -> None:
    others = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS}), is_staff=True)
    with pytest.raises(Denied):
        await limit_backorders(shop, others, market.warehouse.id, mug.id, 1)
    for warehouse_id, variant_id in ((0, mug.id), (market.warehouse.id, 0)):
        with pytest.raises(NotFound):
            await limit_backorders(shop, STAFF, warehouse_id, variant_id, 1)
