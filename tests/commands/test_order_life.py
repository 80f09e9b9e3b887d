"""What becomes of orders: units and money are moved exactly, once, and the history says so."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from commands.completing import complete
from commands.orders.cancelling import cancel
from commands.orders.fulfillments import cancel_fulfillment, fulfill, track
from commands.orders.returns import Return, take_back
from commands.payments.refunds import grant, refund
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.fulfillments import CannotCancelFulfillment, CannotCancelOrder, NotSent
from domain.orders import IllegalTransition
from domain.refunds import Grant
from domain.refusals import Denied, NotFound, Refusal, Refused
from domain.sending import ToSend
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches
from tests.worlds import Clock

STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS}), is_staff=True)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


class Bought:
    """An order of five mugs and two cups; three of the mugs lie in the first warehouse, two in the second."""

    def __init__(self, factory: Factory, order_id: UUID, lines: list[AnyRow], north: int, south: int) -> None:
        self.factory = factory
        self.id = order_id
        self.mugs, self.cups = (line.id for line in lines)
        self.north, self.south = north, south

    async def status(self) -> str:
        status: str = await self.factory.value("select status from orders where id = $1", self.id)
        return status

    async def history(self) -> list[tuple[str, Any]]:
        rows = await self.factory.fetch(
            "select kind, facts ->> 'quantity' as units from order_events where order_id = $1 order by id",
            self.id,
        )
        return [
            (row.kind, row.units and int(row.units))
            for row in rows
            if row.kind not in ("PLACED", "CONFIRMED")
        ]

    async def shelves(self) -> dict[tuple[int, str], tuple[int, int]]:
        """Units on hand and promised by warehouse and variant."""
        rows = await self.factory.fetch("""
            select stock.warehouse_id, variant.name, stock.on_hand, stock.allocated
              from stocks as stock join product_variants as variant on variant.id = stock.variant_id
        """)
        return {(row.warehouse_id, row.name): (row.on_hand, row.allocated) for row in rows}

    async def packed(self, shipment_id: UUID) -> list[AnyRow]:
        return await self.factory.fetch(
            "select * from fulfillment_lines where fulfillment_id = $1 order by id", shipment_id
        )


@pytest.fixture
async def bought(shop: Shop, factory: Factory, market: Market) -> Bought:
    mugs, cups = await market.variant(stock=3, name="mug"), await market.variant(stock=9, name="cup")
    second = await factory.warehouse(market.channel)
    await factory.stock(mugs, second, 4)
    checkout = await market.checkout((mugs, 5), (cups, 2))
    order_id = await complete(shop, GUEST, checkout.id)
    lines = await factory.fetch("select * from order_lines order by position")
    return Bought(factory, order_id, lines, market.warehouse.id, second.id)


async def test_a_line_is_split_over_warehouses_when_one_has_not_enough(bought: Bought) -> None:
    assert await bought.shelves() == {
        (bought.north, "mug"): (3, 3),
        (bought.south, "mug"): (4, 2),
        (bought.north, "cup"): (9, 2),
    }


async def test_part_of_an_order_is_sent_and_then_the_rest(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    (first,) = await fulfill(
        shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)], tracking_number="MV1"
    )
    halfway = await bought.status()
    await fulfill(
        shop, STAFF, bought.id, [ToSend(bought.mugs, bought.south, 2), ToSend(bought.cups, bought.north, 2)]
    )

    assert (halfway, await bought.status()) == ("PARTIALLY_FULFILLED", "FULFILLED")
    assert await bought.shelves() == {
        (bought.north, "mug"): (0, 0),
        (bought.south, "mug"): (2, 0),
        (bought.north, "cup"): (7, 0),
    }
    made = await factory.fetch("select number, status, tracking_number from fulfillments order by number")
    assert [tuple(row) for row in made] == [
        (1, "FULFILLED", "MV1"),
        (2, "FULFILLED", ""),
        (3, "FULFILLED", ""),
    ]
    assert [row.quantity for row in await bought.packed(first)] == [3]
    assert await bought.history() == [("FULFILLMENT_FULFILLED_ITEMS", 3), ("FULFILLMENT_FULFILLED_ITEMS", 4)]
    assert await factory.value("select count(*) from outbox where kind = 'OrderFulfilled'") == 1
    assert await breaches(factory) == {}


async def test_another_warehouse_may_send_of_what_is_free_there(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.south, 4)])

    assert (await bought.shelves())[bought.south, "mug"] == (0, 0)
    assert (await bought.shelves())[bought.north, "mug"] == (3, 1)
    assert await breaches(factory) == {}


async def test_nothing_is_sent_where_a_shelf_has_too_little(shop: Shop, bought: Bought) -> None:
    before = await bought.shelves()

    with pytest.raises(Refusal, match="5 wanted, 4 available"):
        await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.south, 5)])
    with pytest.raises(Refused, match="3 wanted, 2 left"):
        await fulfill(shop, STAFF, bought.id, [ToSend(bought.cups, bought.north, 3)])

    assert (await bought.shelves(), await bought.status()) == (before, "UNFULFILLED")


async def test_units_held_for_a_shopper_who_pays_are_not_free_until_that_expires(
    shop: Shop, factory: Factory, market: Market, bought: Bought, clock: Clock
) -> None:
    rival = await market.checkout()
    await factory.fetch(
        """insert into reservations (checkout_id, stock_id, quantity, expires_at)
           select $1, id, 1, now() + interval '1 hour' from stocks where warehouse_id = $2""",
        rival.id,
        bought.south,
    )

    with pytest.raises(Refusal, match="4 wanted, 3 available"):
        await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.south, 4)])
    clock.forward(minutes=61)
    await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.south, 4)])
    assert (await bought.shelves())[bought.south, "mug"] == (0, 0)


async def test_a_shipment_that_is_called_off_is_promised_again(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    before = await bought.shelves()
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)])

    await cancel_fulfillment(shop, STAFF, shipment)

    assert (await bought.shelves(), await bought.status()) == (before, "UNFULFILLED")
    assert await factory.value("select status from fulfillments") == "CANCELED"
    assert (await bought.history())[1:] == [("FULFILLMENT_CANCELED", 3), ("FULFILLMENT_RESTOCKED_ITEMS", 3)]
    with pytest.raises(CannotCancelFulfillment):
        await cancel_fulfillment(shop, STAFF, shipment)
    assert await breaches(factory) == {}


async def test_its_goods_may_go_to_a_warehouse_that_never_had_any(
    shop: Shop, factory: Factory, market: Market, bought: Bought
) -> None:
    third = await factory.warehouse(market.channel)
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)])

    await cancel_fulfillment(shop, STAFF, shipment, warehouse_id=third.id)

    assert (await bought.shelves())[third.id, "mug"] == (3, 3)
    assert (await bought.shelves())[bought.north, "mug"] == (0, 0)
    with pytest.raises(NotFound, match="warehouse"):
        await cancel_fulfillment(
            shop,
            STAFF,
            (await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, third.id, 1)]))[0],
            warehouse_id=0,
        )
    assert await breaches(factory) == {}


@pytest.mark.parametrize(("restock", "on_hand"), [(True, 2), (False, 0)])
async def test_what_comes_back_is_a_shipment_of_its_own(
    shop: Shop, factory: Factory, bought: Bought, *, restock: bool, on_hand: int
) -> None:
    (shipment,) = await fulfill(
        shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)], tracking_number="MV1"
    )
    (line,) = await bought.packed(shipment)

    back = await take_back(shop, STAFF, bought.id, Return({line.id: 2}, restock=restock))

    assert (await bought.shelves())[bought.north, "mug"] == (on_hand, 0)
    assert [row.quantity for row in await bought.packed(shipment)] == [1]
    assert [row.quantity for row in await bought.packed(back)] == [2]
    rows = await factory.fetch("select number, status, tracking_number from fulfillments order by number")
    assert [tuple(row) for row in rows] == [(1, "FULFILLED", "MV1"), (2, "RETURNED", "MV1")]
    assert await bought.status() == "PARTIALLY_RETURNED"
    assert await factory.value("select quantity_fulfilled from order_lines where id = $1", bought.mugs) == 3
    assert await breaches(factory) == {}


async def test_units_never_sent_are_given_up_and_free_to_be_sold(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    await take_back(shop, STAFF, bought.id, Return(unsent={bought.mugs: 3}))

    assert (await bought.shelves())[bought.north, "mug"] == (3, 2)
    assert (await bought.shelves())[bought.south, "mug"] == (4, 0)
    assert await bought.status() == "PARTIALLY_RETURNED"
    assert await breaches(factory) == {}


async def test_an_order_of_which_all_comes_back_is_returned(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)])
    (line,) = await bought.packed(shipment)

    await take_back(shop, STAFF, bought.id, Return({line.id: 3}, {bought.mugs: 2, bought.cups: 2}))

    assert await bought.status() == "RETURNED"
    assert await factory.value("select sum(allocated) from stocks") == 0
    assert await factory.value("select sum(on_hand) from stocks") == 16
    assert [row.status for row in await factory.fetch("select status from fulfillments")] == ["RETURNED"]
    with pytest.raises(NotSent):
        await take_back(shop, STAFF, bought.id, Return({line.id: 1}))


async def test_an_order_moves_along_its_edges_only_whatever_its_lines_say(
    shop: Shop, factory: Factory, bought: Bought
) -> None:
    await factory.fetch("update orders set status = 'PARTIALLY_RETURNED'")
    before = await bought.shelves()

    with pytest.raises(IllegalTransition):
        await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 1)])

    assert (await bought.shelves(), await bought.status()) == (before, "PARTIALLY_RETURNED")
    assert await bought.history() == []


async def test_two_who_note_down_the_same_return_note_it_down_once(shop: Shop, bought: Bought) -> None:
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)])
    (line,) = await bought.packed(shipment)

    ends = await asyncio.gather(
        *(take_back(shop, STAFF, bought.id, Return({line.id: 3})) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["NotSent", "UUID"]
    assert (await bought.shelves())[bought.north, "mug"] == (3, 0)


async def test_a_tracking_number_can_be_given_later(shop: Shop, factory: Factory, bought: Bought) -> None:
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 3)])

    await track(shop, STAFF, shipment, "MV2")

    assert await factory.value("select tracking_number from fulfillments") == "MV2"
    assert (await bought.history())[-1] == ("TRACKING_UPDATED", None)


async def test_an_order_that_is_called_off_gives_everything_back_once(
    shop: Shop, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "SAVE", "1", usage_limit=1, once_per_customer=True)
    cards = [await factory.gift_card(f"CARD-{number}", "10") for number in range(2)]
    checkout = await market.checkout((await market.variant(stock=3), 2), code="SAVE", cards=cards)
    order_id = await complete(shop, GUEST, checkout.id)
    spent = await factory.value("select sum(balance_amount) from gift_cards")

    ends = await asyncio.gather(*(cancel(shop, STAFF, order_id) for _ in range(3)), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == [
        "CannotCancelOrder",
        "CannotCancelOrder",
        "NoneType",
    ]
    assert (spent, await factory.value("select sum(balance_amount) from gift_cards")) == (0, 20)
    assert await factory.value("select used from vouchers") == 0
    assert await factory.value("select used from voucher_codes") == 0
    assert [tuple(row) for row in await factory.fetch("select on_hand, allocated from stocks")] == [(3, 0)]
    assert await factory.value("select status from orders") == "CANCELED"
    assert await factory.value("select count(*) from order_events where kind = 'CANCELED'") == 1
    assert await factory.value("select count(*) from outbox where kind = 'OrderCancelled'") == 1
    assert await factory.value("select gift_card_amount from orders") == Decimal(20)
    assert await breaches(factory) == {}
    again = await market.checkout((await market.variant(stock=1), 1), code="SAVE", cards=cards)
    await complete(shop, GUEST, again.id)


async def test_what_went_back_onto_a_card_before_does_not_go_back_again(
    shop: Shop, factory: Factory, market: Market
) -> None:
    card = await factory.gift_card(amount="10")
    checkout = await market.checkout((await market.variant(stock=3), 2), cards=[card])
    order_id = await complete(shop, GUEST, checkout.id)
    staff = Viewer(permissions=frozenset(Permission), is_staff=True)
    await refund(shop, staff, await grant(shop, staff, order_id, card.id, Grant(Decimal(4))))
    in_part = await factory.value("select balance_amount from gift_cards")

    await cancel(shop, staff, order_id)

    assert (in_part, await factory.value("select balance_amount from gift_cards")) == (4, 10)
    assert await breaches(factory) == {}


async def test_an_order_of_which_something_was_sent_is_not_called_off(shop: Shop, bought: Bought) -> None:
    (shipment,) = await fulfill(shop, STAFF, bought.id, [ToSend(bought.mugs, bought.north, 1)])
    with pytest.raises(CannotCancelOrder):
        await cancel(shop, STAFF, bought.id)

    await cancel_fulfillment(shop, STAFF, shipment)
    await cancel(shop, STAFF, bought.id)

    assert await bought.status() == "CANCELED"


ACTS: list[Callable[[Shop, Viewer, UUID], Awaitable[Any]]] = [
    cancel,
    lambda shop, viewer, key: fulfill(shop, viewer, key, []),
    lambda shop, viewer, key: take_back(shop, viewer, key, Return()),
    cancel_fulfillment,
    lambda shop, viewer, key: track(shop, viewer, key, ""),
]


@pytest.mark.parametrize("act", range(len(ACTS)))
async def test_only_staff_who_look_after_orders_may(shop: Shop, act: int) -> None:
    with pytest.raises(Denied):
        await ACTS[act](shop, Viewer(permissions=frozenset({Permission.MANAGE_PRODUCTS})), uuid4())
    with pytest.raises(NotFound):
        await ACTS[act](shop, STAFF, uuid4())


SLOW = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12)]


@pytest.mark.parametrize("seed", [1, *SLOW])
async def test_units_are_conserved_whatever_staff_does_at_once(
    shop: Shop, factory: Factory, bought: Bought, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  # nothing secret
    received = await factory.value("select sum(quantity) from stock_movements")
    lines = [bought.mugs, bought.cups]

    async def something() -> None:
        sent = await factory.fetch("select * from fulfillment_lines")
        match dice.choice(["send", "send", "send", "call off", "back", "give up"]):
            case "send":
                wish = ToSend(
                    dice.choice(lines), dice.choice([bought.north, bought.south]), dice.randint(1, 3)
                )
                await fulfill(shop, STAFF, bought.id, [wish])
            case "call off" if sent:
                await cancel_fulfillment(shop, STAFF, dice.choice(sent).fulfillment_id)
            case "back" if sent:
                await take_back(
                    shop, STAFF, bought.id, Return({dice.choice(sent).id: 1}, restock=dice.random() < 0.5)
                )
            case "give up":
                await take_back(shop, STAFF, bought.id, Return(unsent={dice.choice(lines): 1}))

    ends = await asyncio.gather(*(something() for _ in range(30)), return_exceptions=True)

    assert all(isinstance(end, (Refusal, Refused)) for end in ends if end is not None)
    assert sum(end is None for end in ends) > 3
    assert await breaches(factory) == {}
    assert await factory.value("select sum(quantity) from stock_movements") <= received
