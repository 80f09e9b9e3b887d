"""A checkout paid in several ways, too much, too little, too late: each ends in a stated way."""

from decimal import Decimal

import pytest

from commands.completing import complete
from commands.orders.cancelling import cancel
from commands.payments.errands import ask_for
from commands.payments.refunds import grant, refund
from commands.payments.sessions import Wish, initialize, process
from commands.payments.settling import settle
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.completing import NotFullyPaid, PaidAnotherTotal
from domain.payments import Action, Event, EventKind, Flow, Subject
from domain.refunds import Grant
from domain.refusals import Invalid, Refused
from domain.stocks import InsufficientStock
from domain.vouchers import GiftCardNotApplicable
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches

DUMMY = "matvis.dummy"
STAFF = Viewer(permissions=frozenset({Permission.MANAGE_ORDERS, Permission.HANDLE_PAYMENTS}), is_staff=True)


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


async def pay(shop: Shop, checkout: AnyRow, amount: str | None = None, flow: Flow = Flow.CHARGE) -> AnyRow:
    """What was begun, as its row."""
    wish = Wish(DUMMY, amount=None if amount is None else Decimal(amount), flow=flow)
    step = await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, wish)
    (row,) = await Factory(shop.db, None).fetch(  # type: ignore[arg-type]  # no clock is asked
        "select * from transactions where id = $1", step.transaction_id
    )
    return row


async def standing(factory: Factory) -> tuple[str, str, float, float]:
    """How the one order is charged and authorized, and with how much."""
    (order,) = await factory.fetch("select * from orders")
    return (
        order.charge_status,
        order.authorize_status,
        float(order.charged_amount),
        float(order.authorized_amount),
    )


async def refusals(shop: Shop, checkout: AnyRow) -> list[type]:
    with pytest.raises(Refused) as refused:
        await complete(shop, GUEST, checkout.id)
    return [type(refusal) for refusal in refused.value.refusals]


async def test_a_gift_card_and_two_cards_make_one_paid_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    card = await factory.gift_card(amount="7")
    checkout = await market.checkout((await market.variant(stock=5), 2), cards=[card])

    await pay(shop, checkout, "8")
    await pay(shop, checkout, flow=Flow.AUTHORIZATION)
    with pytest.raises(Invalid):
        await pay(shop, checkout)
    await complete(shop, GUEST, checkout.id)

    assert await standing(factory) == ("PARTIAL", "FULL", 8, 10)
    assert await factory.value("select balance_amount from gift_cards") == 0
    assert await breaches(factory) == {}


async def test_of_a_checkout_that_became_cheaper_the_difference_is_given_back_first(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(stock=5), 2))
    payment = await pay(shop, checkout)
    await factory.fetch("update checkout_lines set quantity = 1")

    found = await refusals(shop, checkout)
    await ask_for(shop, GUEST, payment.id, Action.REFUND, amount=Decimal(10))
    await complete(shop, GUEST, checkout.id)

    assert found == [PaidAnotherTotal]
    assert await standing(factory) == ("FULL", "FULL", 15, 0)
    assert await breaches(factory) == {}


async def test_of_a_checkout_that_became_dearer_the_rest_is_paid(
    shop: Shop, factory: Factory, market: Market
) -> None:
    checkout = await market.checkout((await market.variant(stock=5), 1))
    await pay(shop, checkout)
    await factory.fetch("update checkout_lines set quantity = 2")

    found = await refusals(shop, checkout)
    rest = await pay(shop, checkout)
    await complete(shop, GUEST, checkout.id)

    assert (found, rest.charged_amount) == ([NotFullyPaid], 10)
    assert await standing(factory) == ("FULL", "FULL", 25, 0)
    assert await breaches(factory) == {}


async def test_a_payment_for_goods_that_went_meanwhile_stands_and_makes_no_order(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug = await market.variant(stock=1)
    checkout = await market.checkout((mug, 1))
    await pay(shop, checkout)
    await factory.fetch("delete from reservations")
    await factory.fetch("update stocks set on_hand = 0")

    found = await refusals(shop, checkout)

    assert found == [InsufficientStock]
    assert await factory.value("select charged_amount from transactions") == 15


async def test_a_gift_card_that_was_emptied_meanwhile_is_refused_and_the_rest_paid_otherwise(
    shop: Shop, factory: Factory, market: Market
) -> None:
    card = await factory.gift_card(amount="15")
    mug = await market.variant(stock=5)
    checkout = await market.checkout((mug, 2), cards=[card])
    await pay(shop, checkout)
    rival = await complete(shop, GUEST, (await market.checkout((mug, 1), cards=[card])).id)

    found = await refusals(shop, checkout)
    await factory.fetch("delete from checkout_gift_cards where checkout_id = $1", checkout.id)
    rest = await pay(shop, checkout)
    await complete(shop, GUEST, checkout.id)

    assert (found, rest.charged_amount) == ([GiftCardNotApplicable, NotFullyPaid], 15)
    charged = await factory.value("select charged_amount from orders where id <> $1", rival)
    assert (charged, await factory.value("select balance_amount from gift_cards")) == (25, 0)
    assert await breaches(factory) == {}


async def test_an_order_that_was_called_off_is_not_paid_for_and_late_money_goes_back(
    shop: Shop, factory: Factory
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(stock=5), 1))
    order_id = await complete(shop, GUEST, checkout.id)
    waiting = Wish(DUMMY, {"event": {"type": "CHARGE_ACTION_REQUIRED"}})
    begun = await initialize(shop, GUEST, Subject.ORDER, order_id, waiting)
    await cancel(shop, STAFF, order_id)

    with pytest.raises(Invalid, match="CANCELED"):
        await initialize(shop, GUEST, Subject.ORDER, order_id, Wish(DUMMY))
    with pytest.raises(Invalid, match="CANCELED"):
        await process(shop, GUEST, begun.transaction_id, None)
    refused = await standing(factory)
    late = Event(EventKind.CHARGE_SUCCESS, "late", Decimal(15), shop.clock())
    await settle(shop, begun.transaction_id, late)
    charged = await standing(factory)
    await refund(shop, STAFF, await grant(shop, STAFF, order_id, begun.transaction_id, Grant(Decimal(15))))

    assert (refused, charged) == (("NONE", "NONE", 0, 0), ("FULL", "FULL", 15, 0))
    assert await factory.value("select refunded_amount from orders") == 15
    assert await breaches(factory) == {}


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("CHARGE_SUCCESS", "5", ("OVERCHARGED", "FULL", 20, 0)),
        ("CHARGE_BACK", "15", ("NONE", "NONE", 0, 0)),
        ("REFUND_SUCCESS", "5", ("PARTIAL", "PARTIAL", 10, 0)),
        ("REFUND_FAILURE", "5", ("FULL", "FULL", 15, 0)),
        ("AUTHORIZATION_SUCCESS", "100", ("FULL", "FULL", 15, 85)),
    ],
)
async def test_an_order_follows_whatever_is_told_of_its_payment_later(
    shop: Shop, factory: Factory, market: Market, *, kind: str, amount: str, expected: tuple[object, ...]
) -> None:
    checkout = await market.checkout((await market.variant(stock=5), 1))
    payment = await pay(shop, checkout)
    await complete(shop, GUEST, checkout.id)

    for _ in range(2):
        await settle(shop, payment.id, Event(EventKind(kind), "later", Decimal(amount), shop.clock()))

    assert await standing(factory) == expected
    assert await breaches(factory) == {}
