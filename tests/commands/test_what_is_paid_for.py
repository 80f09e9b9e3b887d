"""The order is the checkout that was paid: what was changed since, and costs the same, is refused."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from commands.checkouts import customer, lines
from commands.checkouts.lines import LineEdit
from commands.completing import complete, complete_left
from commands.payments.sessions import Wish, initialize, process
from commands.payments.sweeping import sweep
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.completing import PaidAnotherCart
from domain.languages import LanguageCode
from domain.payments import Flow, Subject, TransactionAlreadyProcessed
from domain.refusals import NotFound, Refused
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches
from tests.worlds import Clock

DUMMY = "matvis.dummy"
STAFF = Viewer(permissions=frozenset({Permission.HANDLE_CHECKOUTS}), is_staff=True)
MONEY = "select sum(charged_amount + authorized_amount + refunded_amount + canceled_amount) from transactions"
WAITING = (
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)
HELD = "select count(*) from reservations where expires_at > $1"
CHANGES = {
    "another variant": (
        "update checkout_lines set variant_id = {pot} where variant_id = {cup}",
        "update checkout_lines set variant_id = {cup} where variant_id = {pot}",
    ),
    "other quantities": (
        "update checkout_lines set quantity = 3 - quantity",
        "update checkout_lines set quantity = 3 - quantity",
    ),
    "other prices": (
        """update variant_listings set price_amount = 12;
           update variant_listings set discounted_amount = case variant_id when {mug} then 9 else 12 end""",
        "update variant_listings set discounted_amount = 10",
    ),
    "another price of the post": (
        """update checkout_deliveries set price_amount = 7;
           update variant_listings set discounted_amount = 9 where variant_id = {mug}""",
        "update checkout_deliveries set price_amount = 5; update variant_listings set discounted_amount = 10",
    ),
    "another code": (
        "update checkouts set voucher_code_id = (select id from voucher_codes where code = 'OTHER')",
        "update checkouts set voucher_code_id = (select id from voucher_codes where code = 'SAVE')",
    ),
    "another gift card": (
        "update checkout_gift_cards set gift_card_id = {second}",
        "update checkout_gift_cards set gift_card_id = {first}",
    ),
    "another shipping address": (
        "update addresses set street_address_1 = '2 Side Street' where first_name = 'Ada'",
        "update addresses set street_address_1 = '1 Main Street' where first_name = 'Ada'",
    ),
    "another billing address": (
        "update addresses set last_name = 'King' where first_name = 'Augusta'",
        "update addresses set last_name = 'Byron' where first_name = 'Augusta'",
    ),
    "another way to deliver": (
        "update checkout_deliveries set shipping_method_id = {courier}",
        "update checkout_deliveries set shipping_method_id = {post}",
    ),
}
"""Each of which leaves what is to be paid as it was: what is done, and what puts it back."""
HARMLESS = {
    "email": "update checkouts set email = 'other@example.com'",
    "note": "update checkouts set note = 'Ring twice.'",
    "language": "update checkouts set language_code = 'DE'",
    "metadata": """update checkouts set meta = '{{"a": "1"}}', private_meta = '{{"b": "1"}}'""",
    "metadata of a line": """update checkout_lines set meta = '{{"a": "1"}}'""",
    "customer": "update checkouts set user_id = {ada}",
    "order of lines": "update checkout_lines set position = 3 - position",
    "what is kept": "update checkouts set save_billing_address = false",
    "the same address, entered again": """
        with again as (
            insert into addresses (first_name, last_name, street_address_1, city, postal_code, country,
                                   country_area)
            values ('Augusta', 'Byron', '1 Main Street', 'New York', '10001', 'US', 'NY')
            returning id
        )
        update checkouts set billing_address_id = (select id from again)
    """,
    "a price before the sale": "update variant_listings set price_amount = 20",
}


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


class Cart:
    """Two mugs and a cup at 10 and their post, with a code for 3 and a card of 4: 28 are to be paid."""

    def __init__(self, market: Market, row: AnyRow, names: dict[str, int]) -> None:
        self.factory, self.row, self.names = market.factory, row, names
        self.id: UUID = row.id

    @classmethod
    async def fill(cls, market: Market) -> "Cart":
        factory = market.factory
        goods = {name: await market.variant(stock=5) for name in ("mug", "cup", "pot")}
        for code in ("SAVE", "OTHER"):
            await factory.voucher(market.channel, code, "3")
        cards = [await factory.gift_card(f"CARD-{n}", "4") for n in range(2)]
        zone = await factory.value("select shipping_zone_id from shipping_methods")
        (zone_row,) = await factory.fetch("select * from shipping_zones where id = $1", zone)
        courier = await factory.shipping_method(zone_row, market.channel, "5", name="By courier")
        row = await market.checkout((goods["mug"], 2), (goods["cup"], 1), code="SAVE", cards=cards[:1])
        others = {
            "first": cards[0],
            "second": cards[1],
            "post": market.method,
            "courier": courier,
            "ada": await factory.user(),
        }
        return cls(market, row, {name: one.id for name, one in (goods | others).items()})

    async def change(self, statements: str) -> None:
        for statement in statements.format(**self.names).split(";"):
            await self.factory.fetch(statement)

    async def ordered(self) -> dict[int, int]:
        """Units by variant of the one order."""
        rows = await self.factory.fetch("select variant_id, quantity from order_lines")
        return {row.variant_id: row.quantity for row in rows}


@pytest.fixture
async def cart(market: Market) -> Cart:
    return await Cart.fill(market)


async def pay(shop: Shop, cart: Cart | AnyRow, kind: str = "CHARGE_SUCCESS") -> UUID:
    wish = Wish(DUMMY, {"event": {"type": kind}}, flow=Flow(kind.split("_", maxsplit=1)[0]))
    return (await initialize(shop, GUEST, Subject.CHECKOUT, cart.id, wish)).transaction_id


async def refusals(shop: Shop, cart: Cart) -> list[type]:
    with pytest.raises(Refused) as refused:
        await complete(shop, GUEST, cart.id)
    return [type(refusal) for refusal in refused.value.refusals]


async def nothing_happened(factory: Factory) -> bool:
    left = {
        "orders": await factory.value("select count(*) from orders"),
        "allocated": await factory.value("select sum(allocated) from stocks"),
        "used": await factory.value("select sum(used) from voucher_codes"),
        "spent": 8 - await factory.value("select sum(balance_amount) from gift_cards"),
    }
    return not any(left.values())


@pytest.mark.parametrize("kind", CHANGES)
async def test_what_was_changed_and_costs_the_same_is_refused_until_it_is_put_back(
    shop: Shop, factory: Factory, cart: Cart, kind: str
) -> None:
    change, back = CHANGES[kind]
    await pay(shop, cart)
    await cart.change(change)

    found = await refusals(shop, cart)
    unchanged, paid = await nothing_happened(factory), await factory.value(MONEY)
    await cart.change(back)
    await complete(shop, GUEST, cart.id)

    assert (found, unchanged, paid) == ([PaidAnotherCart], True, 28)
    assert await cart.ordered() == {cart.names["mug"]: 2, cart.names["cup"]: 1}
    assert await factory.value("select charge_status from orders") == "FULL"
    assert await breaches(factory) == {}


@pytest.mark.parametrize("flow", ["CHARGE_SUCCESS", "AUTHORIZATION_SUCCESS"])
@pytest.mark.parametrize("kind", CHANGES)
async def test_processing_its_payment_makes_it_one_for_the_cart_as_it_is(
    shop: Shop, factory: Factory, cart: Cart, clock: Clock, *, kind: str, flow: str
) -> None:
    payment = await pay(shop, cart, flow)
    await cart.change(CHANGES[kind][0])
    found = await refusals(shop, cart)

    step = await process(shop, GUEST, payment, None)
    told = await factory.value("select kind from transaction_events where id = $1", step.event_id)
    held = await factory.value(HELD, clock() + timedelta(hours=23))
    with pytest.raises(TransactionAlreadyProcessed):
        await process(shop, GUEST, payment, None)
    await complete(shop, GUEST, cart.id)

    assert (found, told, held) == ([PaidAnotherCart], flow, 2)
    assert await factory.value(MONEY) == 28
    assert await breaches(factory) == {}


@pytest.mark.parametrize("kind", HARMLESS)
async def test_what_is_not_paid_for_may_change_until_the_end(
    shop: Shop, factory: Factory, cart: Cart, kind: str
) -> None:
    await pay(shop, cart)
    await cart.change(HARMLESS[kind])

    await complete(shop, STAFF, cart.id)

    assert await factory.value("select charge_status from orders") == "FULL"


async def test_commands_that_change_none_of_it_are_not_refused(
    shop: Shop, factory: Factory, cart: Cart
) -> None:
    await pay(shop, cart)
    await customer.set_email(shop, GUEST, cart.id, "other@example.com")
    await customer.set_note(shop, GUEST, cart.id, "Ring twice.")
    await customer.set_language(shop, GUEST, cart.id, LanguageCode.DE)

    await complete(shop, GUEST, cart.id)

    assert await factory.value("select customer_note from orders") == "Ring twice."


@pytest.mark.parametrize("kind", CHANGES)
async def test_it_is_not_completed_by_itself_either_and_the_money_goes_back(
    shop: Shop, factory: Factory, cart: Cart, clock: Clock, kind: str
) -> None:
    await pay(shop, cart)
    await cart.change(CHANGES[kind][0])
    clock.forward(minutes=36)

    made, held = await complete_left(shop), await factory.value(HELD, clock())
    clock.forward(hours=24)
    await sweep(shop)

    assert (made, held) == (0, 2)
    assert await complete_left(shop) == 0
    assert await factory.value("select refunded_amount from transactions") == 28
    assert await nothing_happened(factory)


async def test_by_itself_it_is_completed_as_it_was_paid(shop: Shop, cart: Cart, clock: Clock) -> None:
    await pay(shop, cart)
    clock.forward(minutes=36)

    assert await complete_left(shop) == 1


async def queued(factory: Factory, number: int) -> None:
    while await factory.value(WAITING) < number:  # noqa: ASYNC110 - a lock tells nobody
        await asyncio.sleep(0)


@pytest.mark.parametrize("first", ["change", "complete"])
async def test_of_a_change_and_a_completion_at_once_the_order_is_what_was_paid_or_is_refused(
    shop: Shop, factory: Factory, cart: Cart, first: str
) -> None:
    """Both wait for the checkout, and get it in the order in which they came."""
    await pay(shop, cart)
    mug, cup = cart.names["mug"], cart.names["cup"]
    edits = [LineEdit(variant_id=mug, quantity=1), LineEdit(variant_id=cup, quantity=2)]
    deeds: dict[str, Awaitable[Any]] = {
        "change": lines.update(shop, GUEST, cart.id, edits),
        "complete": complete(shop, GUEST, cart.id),
    }
    running: dict[str, asyncio.Future[Any]] = {}
    async with shop.db.transaction() as tx:
        await tx.fetch("select from checkouts for update")
        for number, name in enumerate(sorted(deeds, key=lambda name: name != first), start=1):
            running[name] = asyncio.ensure_future(deeds[name])
            await queued(factory, number)

    await asyncio.wait(running.values())

    if first == "complete":
        assert isinstance(running["change"].exception(), NotFound)
        assert await cart.ordered() == {mug: 2, cup: 1}
    else:
        refused = running["complete"].exception()
        assert isinstance(refused, Refused)
        assert [type(refusal) for refusal in refused.refusals] == [PaidAnotherCart]
        assert await nothing_happened(factory)
    assert await breaches(factory) == {}


async def test_however_many_change_and_complete_no_order_is_another_than_was_paid(
    shop: Shop, factory: Factory, market: Market
) -> None:
    mug, cup = await market.variant(), await market.variant()
    checkouts = [await market.checkout((mug, 2), (cup, 1)) for _ in range(12)]
    for checkout in checkouts:
        await pay(shop, checkout)
    edits = [LineEdit(variant_id=mug.id, quantity=1), LineEdit(variant_id=cup.id, quantity=2)]

    answers = await asyncio.gather(
        *(
            deed
            for one in checkouts
            for deed in (complete(shop, GUEST, one.id), lines.update(shop, GUEST, one.id, edits))
        ),
        return_exceptions=True,
    )

    made = sum(isinstance(answer, UUID) for answer in answers)
    refused = [refusal for answer in answers if isinstance(answer, Refused) for refusal in answer.refusals]
    assert {type(refusal) for refusal in refused} <= {PaidAnotherCart}
    assert made + len(refused) == 12
    kinds = await factory.fetch("select distinct variant_id, quantity from order_lines order by 1")
    assert [(row.variant_id, row.quantity) for row in kinds] == ([(mug.id, 2), (cup.id, 1)] if made else [])
    assert await breaches(factory) == {}
