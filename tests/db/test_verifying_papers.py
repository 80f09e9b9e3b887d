"""The queries about refunds and papers find what breaks a promise."""

from decimal import Decimal

import pytest

from commands.completing import complete
from commands.invoices import issue
from commands.orders.cancelling import cancel
from commands.payments.refunds import grant
from commands.payments.sessions import Wish, initialize
from commands.shop import Shop
from domain.access import GUEST, Permission, Viewer
from domain.payments import Subject
from domain.refunds import Grant
from tests.factory import Factory
from tests.markets import Market
from tests.promising import breaches

STAFF = Viewer(permissions=frozenset(Permission), is_staff=True)
TAMPERINGS = {
    "update orders set granted_amount = granted_amount + 1": (
        "What is granted back of an order's payments is the sum of its grants."
    ),
    "update granted_refund_lines set quantity = 3": (
        "No more units of an order line are granted back than were bought."
    ),
    "update orders set status = 'UNFULFILLED' where status = 'CANCELED'": (
        "What went back onto a gift card was granted and paid out, or is of an order called off."
    ),
    "update granted_refunds set transaction_id = null, gift_card_id = (select min(id) from gift_cards)": (
        "What went back onto a gift card was granted and paid out, or is of an order called off."
    ),
    "update gift_card_uses set returned_amount = 0": (
        "An order that was called off has given back what it took from gift cards."
    ),
    "delete from invoices where serial = 1": (
        "The numbers of a channel's invoices, and of its credit notes, have no gaps."
    ),
}


@pytest.fixture
async def sound(shop: Shop, factory: Factory) -> None:
    """Two orders with invoices; money for a unit of one is granted back, and one more is called off."""
    market = await Market.open(factory)
    card = await factory.gift_card(amount="3")
    for number in range(3):
        checkout = await market.checkout((await market.variant(), 2), cards=[card][number:])
        step = await initialize(shop, GUEST, Subject.CHECKOUT, checkout.id, Wish("matvis.dummy"))
        order_id = await complete(shop, GUEST, checkout.id)
        if number == 0:
            await cancel(shop, STAFF, order_id)
            continue
        await issue(shop, STAFF, order_id)
        if number == 1:
            line = await factory.value("select id from order_lines where order_id = $1", order_id)
            await grant(shop, STAFF, order_id, step.transaction_id, Grant(Decimal(1), {line: 1}))


@pytest.mark.usefixtures("sound")
async def test_a_sound_shop_breaks_none(factory: Factory) -> None:
    assert await breaches(factory) == {}


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_what_breaks_a_promise_is_found(factory: Factory, tampering: str) -> None:
    await factory.fetch(tampering)

    assert TAMPERINGS[tampering] in await breaches(factory)
