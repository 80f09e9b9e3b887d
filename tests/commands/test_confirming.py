"""A payment remembers the cart that it was begun for, and can be made one for the cart as it is."""

from decimal import Decimal
from uuid import UUID

import pytest

from commands.completing import complete
from commands.payments.errands import ask_for
from commands.payments.sessions import Wish, initialize, process
from commands.payments.settling import settle
from commands.shop import Shop
from domain.access import GUEST
from domain.completing import NotFullyPaid, PaidAnotherCart
from domain.payments import Action, Event, EventKind, Flow, Subject, TransactionAlreadyProcessed
from domain.refusals import Invalid, Refused
from domain.stocks import InsufficientStock
from tests.factory import AnyRow, Factory
from tests.markets import Market

DUMMY = "matvis.dummy"


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


async def pay(shop: Shop, checkout: AnyRow, kind: str = "CHARGE_SUCCESS", amount: str | None = None) -> UUID:
    flow = Flow(kind.split("_", maxsplit=1)[0])
    wanted = None if amount is None else Decimal(amount)
    wish = Wish(DUMMY, {"event": {"type": kind}}, amount=wanted, flow=flow)
    return (await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, wish)).transaction_id


async def refusals(shop: Shop, checkout: AnyRow) -> list[type]:
    with pytest.raises(Refused) as refused:
        await complete(shop, GUEST, checkout.id)
    return [type(refusal) for refusal in refused.value.refusals]


@pytest.fixture
async def mug(market: Market) -> AnyRow:
    return await market.variant(stock=5)


@pytest.fixture
async def cup(market: Market) -> AnyRow:
    return await market.variant(stock=5)


async def swap(factory: Factory, variant: AnyRow) -> None:
    await factory.fetch("update checkout_lines set variant_id = $1", variant.id)


async def test_paying_the_rest_of_a_cart_that_became_dearer_confirms_it_for_all_payments(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    await pay(shop, checkout)
    await swap(factory, cup)
    await factory.fetch("update checkout_lines set quantity = 2")

    found = await refusals(shop, checkout)
    await pay(shop, checkout)
    await swap(factory, mug)
    again = await refusals(shop, checkout)
    await swap(factory, cup)
    await complete(shop, GUEST, checkout.id)

    assert (found, again) == ([NotFullyPaid], [PaidAnotherCart])
    assert await factory.value("select charged_amount from orders") == 25
    assert await factory.value("select allocated from stocks where variant_id = $1", cup.id) == 2


async def test_a_rest_that_is_declined_leaves_what_was_paid_for_the_cart_of_before(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    await pay(shop, checkout)
    await factory.fetch("update checkout_lines set quantity = 2")
    await pay(shop, checkout, "CHARGE_FAILURE")
    await factory.fetch("update checkout_lines set quantity = 1")

    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select charged_amount from orders") == 15


async def test_of_two_payments_the_latest_says_what_they_are_for_and_either_can_be_processed(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    first = await pay(shop, checkout, amount="8")
    await swap(factory, cup)
    await pay(shop, checkout)
    await swap(factory, mug)

    found = await refusals(shop, checkout)
    await process(shop, GUEST, first, None)
    await complete(shop, GUEST, checkout.id)

    assert found == [PaidAnotherCart]
    assert await factory.value("select allocated from stocks where variant_id = $1", mug.id) == 1


@pytest.mark.parametrize("kind", ["CHARGE_REQUEST", "AUTHORIZATION_REQUEST", "AUTHORIZATION_SUCCESS"])
async def test_pending_money_counts_too_where_orders_need_not_be_paid(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow, *, kind: str
) -> None:
    await factory.fetch("update channels set allow_unpaid_orders = true")
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout, kind)
    await swap(factory, cup)

    found = await refusals(shop, checkout)
    await process(shop, GUEST, payment, None)
    await complete(shop, GUEST, checkout.id)

    assert found == [PaidAnotherCart]


async def test_a_payment_that_came_to_nothing_was_for_nothing(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    await factory.fetch("update channels set allow_unpaid_orders = true")
    checkout = await market.checkout((mug, 1))
    failed = await pay(shop, checkout, "CHARGE_FAILURE")
    paid = await pay(shop, checkout)
    await swap(factory, cup)

    with pytest.raises(TransactionAlreadyProcessed):
        await process(shop, GUEST, failed, None)
    await ask_for(shop, GUEST, paid, Action.REFUND)
    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select allocated from stocks where variant_id = $1", cup.id) == 1


async def test_a_shopper_who_comes_back_from_the_gateway_pays_for_the_cart_that_was_begun_with(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout, "CHARGE_ACTION_REQUIRED")
    await swap(factory, cup)
    await process(shop, GUEST, payment, None)

    found = await refusals(shop, checkout)
    await process(shop, GUEST, payment, None)
    await complete(shop, GUEST, checkout.id)

    assert found == [PaidAnotherCart]
    assert await factory.value("select allocated from stocks where variant_id = $1", cup.id) == 1


async def test_what_a_webhook_told_is_for_the_cart_that_the_payment_was_begun_for(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout, "CHARGE_ACTION_REQUIRED")
    await swap(factory, cup)
    await settle(shop, payment, Event(EventKind.CHARGE_SUCCESS, "late", Decimal(15), shop.clock()))

    assert await refusals(shop, checkout) == [PaidAnotherCart]


@pytest.mark.parametrize("amount", ["8", "12"])
async def test_processing_takes_no_cart_that_costs_less_and_completing_none_that_costs_more(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow, *, amount: str
) -> None:
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout)
    await swap(factory, cup)
    await factory.fetch(
        "update variant_listings set price_amount = 12, discounted_amount = $1", Decimal(amount)
    )

    if amount == "8":
        with pytest.raises(Invalid, match=r"The amount is 15\.00, but only 13\.00 remains"):
            await process(shop, GUEST, payment, None)
        await factory.fetch("update variant_listings set discounted_amount = 10")
        assert await refusals(shop, checkout) == [PaidAnotherCart]
    else:
        await process(shop, GUEST, payment, None)
        assert await refusals(shop, checkout) == [NotFullyPaid]


async def test_processing_takes_no_goods_that_are_gone(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow
) -> None:
    gone = await market.variant(stock=0)
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout)
    await swap(factory, gone)

    with pytest.raises(InsufficientStock):
        await process(shop, GUEST, payment, None)


async def test_what_staff_wrote_down_is_for_any_cart(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    """So is what was begun before payments knew what they are for."""
    checkout = await market.checkout((mug, 1))
    await market.pay(checkout, charged="15")
    await swap(factory, cup)

    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select charge_status from orders") == "FULL"


@pytest.mark.parametrize(
    ("action", "kind"), [(Action.REFUND, "CHARGE_SUCCESS"), (Action.CANCEL, "AUTHORIZATION_SUCCESS")]
)
async def test_giving_the_difference_back_confirms_a_cart_that_became_cheaper(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow, *, action: Action, kind: str
) -> None:
    checkout = await market.checkout((mug, 2))
    payment = await pay(shop, checkout, kind)
    await swap(factory, cup)
    await factory.fetch("update checkout_lines set quantity = 1")
    await ask_for(shop, GUEST, payment, action, amount=Decimal(10))

    await complete(shop, GUEST, checkout.id)

    assert await factory.value("select authorize_status from orders") == "FULL"


async def test_a_capture_confirms_nothing(
    shop: Shop, factory: Factory, market: Market, mug: AnyRow, cup: AnyRow
) -> None:
    checkout = await market.checkout((mug, 1))
    payment = await pay(shop, checkout, "AUTHORIZATION_SUCCESS")
    await swap(factory, cup)
    await ask_for(shop, GUEST, payment, Action.CHARGE, amount=Decimal(10))

    assert await refusals(shop, checkout) == [PaidAnotherCart]
