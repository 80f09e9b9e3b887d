"""Stock is never written but under locks that everybody takes in one order."""

import re

from commands import completing
from commands.shop import Shop
from domain.access import GUEST
from schema.ids import to_global
from tests.clients import Client
from tests.factory import Factory
from tests.markets import Market
from tests.statements import Statements

LOCK = re.compile(
    r"from stocks as stock\b.*order by stock\.warehouse_id, stock\.variant_id\s+for update", re.DOTALL
)
WRITE = re.compile(r"\b(update|delete from) stocks\b|\binsert into (reservations|allocations)\b")
PAY = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, action: CHARGE, paymentGateway: { id: "matvis.dummy" }) { errors { code } }
}
"""


def kinds(sent: list[str]) -> list[str]:
    """Where stock is locked and where it is written, in order."""
    return [
        "lock" if LOCK.search(text) else "write" for text in sent if LOCK.search(text) or WRITE.search(text)
    ]


async def test_an_order_takes_stock_that_it_has_locked(
    shop: Shop, factory: Factory, statements: Statements
) -> None:
    market = await Market.open(factory, allow_unpaid_orders=True)
    checkout = await market.checkout((await market.variant(stock=5), 1), (await market.variant(stock=5), 2))

    with statements.recording() as sent:
        await completing.complete(shop, GUEST, checkout.id)

    assert kinds(sent)[0] == "lock"
    assert kinds(sent).count("lock") == 1
    assert "write" in kinds(sent)


async def test_a_payment_holds_stock_that_it_has_locked(
    client: Client, factory: Factory, statements: Statements
) -> None:
    market = await Market.open(factory)
    checkout = await market.checkout((await market.variant(stock=5), 1))

    with statements.recording() as sent:
        answer = await client.run(PAY, id=to_global("Checkout", checkout.id))

    assert answer == {"transactionInitialize": {"errors": []}}
    assert kinds(sent)[0] == "lock"
    assert kinds(sent).count("lock") == 1
    assert "write" in kinds(sent)
