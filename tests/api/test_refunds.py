"""Money given back, through the API."""

from typing import Any
from uuid import UUID

import pytest

from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import Factory
from tests.markets import Market
from tests.promising import breaches
from tests.statements import Statements

GRANTED = """
    id createdAt updatedAt amount { amount currency } reason status shippingCostsIncluded user { email }
    lines { id quantity reason orderLine { id productName } }
    transaction { id chargedAmount { amount } } giftCard { currentBalance { amount } }
    transactionEvents { type amount { amount } createdBy { ... on User { email } } }
"""
ORDER = f"""
query ($id: ID!) {{
  order(id: $id) {{
    chargeStatus totalGrantedRefund {{ amount }} totalRefundPending {{ amount }}
    totalRemainingGrant {{ amount }} grantedRefunds {{ {GRANTED} }}
  }}
}}
"""
CREATE = f"""
mutation ($id: ID!, $input: OrderGrantRefundCreateInput!) {{
  orderGrantRefundCreate(id: $id, input: $input) {{
    grantedRefund {{ {GRANTED} }} order {{ chargeStatus }} errors {{ field code lines {{ lineId code }} }}
  }}
}}
"""
UPDATE = f"""
mutation ($id: ID!, $input: OrderGrantRefundUpdateInput!) {{
  orderGrantRefundUpdate(id: $id, input: $input) {{
    grantedRefund {{ {GRANTED} }} order {{ chargeStatus }}
    errors {{ field code addLines {{ lineId code }} removeLines {{ lineId code }} }}
  }}
}}
"""
REQUEST = f"""
mutation ($id: ID!) {{
  transactionRequestRefundForGrantedRefund(grantedRefundId: $id) {{
    transaction {{ chargedAmount {{ amount }} refundedAmount {{ amount }} }}
    grantedRefund {{ {GRANTED} }} errors {{ field code }}
  }}
}}
"""
PAY = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, paymentGateway: { id: "matvis.dummy" }) { transaction { id } }
}
"""
COMPLETE = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"


class Sold:
    """An order of three mugs at 10 and their post at 5, of which a gift card has paid 8."""

    def __init__(self, order: str, line: str, payment: str, card: str) -> None:
        self.order, self.line, self.payment, self.card = order, line, payment, card


@pytest.fixture
async def staff(client: Client) -> Client:
    return await client.as_staff([Permission.MANAGE_ORDERS, Permission.HANDLE_PAYMENTS])


@pytest.fixture
async def sold(client: Client, factory: Factory) -> Sold:
    market = await Market.open(factory, allow_unpaid_orders=False)
    card = await factory.gift_card(amount="8")
    checkout = await market.checkout((await market.variant(stock=5), 3), cards=[card])
    paid = await client.run(PAY, id=to_global("Checkout", checkout.id))
    done = await client.run(COMPLETE, id=to_global("Checkout", checkout.id))
    line: UUID = await factory.value("select id from order_lines")
    return Sold(
        done["checkoutComplete"]["order"]["id"],
        to_global("OrderLine", line),
        paid["transactionInitialize"]["transaction"]["id"],
        to_global("GiftCard", card.id),
    )


async def create(staff: Client, sold: Sold, **said: Any) -> dict[str, Any]:
    given = said if "giftCardId" in said else {"transactionId": sold.payment} | said
    answer: dict[str, Any] = (await staff.run(CREATE, id=sold.order, input=given))["orderGrantRefundCreate"]
    return answer


async def update(staff: Client, granted: str, **said: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await staff.run(UPDATE, id=granted, input=said))["orderGrantRefundUpdate"]
    return answer


async def request(staff: Client, granted: str) -> dict[str, Any]:
    answer = await staff.run(REQUEST, id=granted)
    told: dict[str, Any] = answer["transactionRequestRefundForGrantedRefund"]
    return told


async def one(staff: Client, sold: Sold, **said: Any) -> str:
    """What was granted, by its id."""
    answer = await create(staff, sold, **said)
    assert answer["errors"] == []
    granted: str = answer["grantedRefund"]["id"]
    return granted


async def test_what_is_granted_is_told_and_paid_out(staff: Client, sold: Sold, factory: Factory) -> None:
    lines = [{"id": sold.line, "quantity": 1, "reason": "Cracked"}, {"id": sold.line, "quantity": 1}]

    made = await create(staff, sold, lines=lines, grantRefundForShipping=True, reason="Broken")
    paid = await request(staff, made["grantedRefund"]["id"])

    granted = made["grantedRefund"]
    assert (granted["amount"], granted["reason"]) == ({"amount": 25, "currency": "USD"}, "Broken")
    assert (granted["status"], granted["shippingCostsIncluded"]) == ("NONE", True)
    assert granted["user"]["email"].endswith("@example.com")
    assert [(row["quantity"], row["reason"], row["orderLine"]) for row in granted["lines"]] == [
        (2, "Cracked", {"id": sold.line, "productName": "Mug"})
    ]
    assert (granted["transactionEvents"], granted["giftCard"]) == ([], None)
    assert granted["transaction"] == {"id": sold.payment, "chargedAmount": {"amount": 27}}
    assert made["order"]["chargeStatus"] == "OVERCHARGED"
    assert paid["transaction"] == {"chargedAmount": {"amount": 2}, "refundedAmount": {"amount": 25}}
    assert paid["grantedRefund"]["status"] == "SUCCESS"
    assert paid["grantedRefund"]["transactionEvents"] == [
        {"type": "REFUND_REQUEST", "amount": {"amount": 25}, "createdBy": granted["user"]},
        {"type": "REFUND_SUCCESS", "amount": {"amount": 25}, "createdBy": None},
    ]
    assert (await request(staff, granted["id"]))["errors"] == [
        {"field": "grantedRefundId", "code": "REFUND_ALREADY_PROCESSED"}
    ]
    assert await breaches(factory) == {}


async def test_an_order_says_what_is_granted_and_what_remains(staff: Client, sold: Sold) -> None:
    first = await one(staff, sold, amount="4")
    await one(staff, sold, amount="6.5")
    await request(staff, first)

    shown = (await staff.run(ORDER, id=sold.order))["order"]

    assert [granted["amount"]["amount"] for granted in shown["grantedRefunds"]] == [4, 6.5]
    assert [granted["status"] for granted in shown["grantedRefunds"]] == ["SUCCESS", "NONE"]
    assert shown["totalGrantedRefund"] == {"amount": 10.5}
    assert shown["totalRemainingGrant"] == {"amount": 6.5}
    assert shown["totalRefundPending"] == {"amount": 0}


async def test_part_of_it_goes_back_onto_the_gift_card_once(
    staff: Client, sold: Sold, factory: Factory
) -> None:
    made = await create(staff, sold, giftCardId=sold.card, amount="3", reason="Late")
    paid = await request(staff, made["grantedRefund"]["id"])
    again = await request(staff, made["grantedRefund"]["id"])
    more = await create(staff, sold, giftCardId=sold.card, amount="5.01")
    rest = await create(staff, sold, giftCardId=sold.card, lines=[{"id": sold.line, "quantity": 1}])

    assert made["grantedRefund"]["giftCard"] == {"currentBalance": {"amount": 0}}
    assert made["order"]["chargeStatus"] == "FULL"
    assert (paid["transaction"], paid["grantedRefund"]["status"]) == (None, "SUCCESS")
    assert paid["grantedRefund"]["giftCard"] == {"currentBalance": {"amount": 3}}
    assert again["errors"] == [{"field": "grantedRefundId", "code": "REFUND_ALREADY_PROCESSED"}]
    assert more["errors"] == [{"field": "amount", "code": "AMOUNT_GREATER_THAN_AVAILABLE", "lines": None}]
    assert rest["grantedRefund"]["amount"]["amount"] == 5
    assert await factory.value("select granted_amount from orders") == 0
    assert await breaches(factory) == {}


async def test_a_grant_is_changed_until_it_is_paid_out(staff: Client, sold: Sold, factory: Factory) -> None:
    granted = await one(staff, sold, lines=[{"id": sold.line, "quantity": 1}], reason="Broken")

    more = await update(staff, granted, addLines=[{"id": sold.line, "quantity": 1}])
    shipped = await update(staff, granted, grantRefundForShipping=True, amount="7")
    (line,) = shipped["grantedRefund"]["lines"]
    bare = await update(staff, granted, removeLines=[line["id"]])
    moved = await update(staff, granted, giftCardId=sold.card, amount="2")
    await request(staff, granted)
    late = await update(staff, granted, amount="3")
    said = await update(staff, granted, reason="Kindness")

    assert (more["grantedRefund"]["amount"]["amount"], more["grantedRefund"]["lines"][0]["quantity"]) == (
        20,
        2,
    )
    assert (shipped["grantedRefund"]["amount"]["amount"], line["quantity"]) == (7, 2)
    assert (bare["grantedRefund"]["amount"]["amount"], bare["grantedRefund"]["lines"]) == (5, [])
    assert bare["order"] == {"chargeStatus": "OVERCHARGED"}
    assert (moved["grantedRefund"]["transaction"], moved["order"]) == (None, {"chargeStatus": "FULL"})
    assert late["errors"] == [{"field": None, "code": "INVALID", "addLines": None, "removeLines": None}]
    assert (said["grantedRefund"]["reason"], said["grantedRefund"]["amount"]["amount"]) == ("Kindness", 2)
    assert await factory.value("select balance_amount from gift_cards") == 2
    assert await breaches(factory) == {}


async def test_what_is_wrong_is_told_with_the_lines(staff: Client, sold: Sold) -> None:
    strange = to_global("OrderLine", UUID(int=5))
    granted = await one(staff, sold, grantRefundForShipping=True)

    many = await create(staff, sold, lines=[{"id": sold.line, "quantity": 4}], grantRefundForShipping=True)
    none = await create(staff, sold, lines=[{"id": strange, "quantity": 1}])
    both = await create(staff, sold, giftCardId=sold.card, transactionId=sold.payment)
    neither = await staff.run(CREATE, id=sold.order, input={"amount": "1"})
    zero = await create(staff, sold, lines=[{"id": sold.line, "quantity": 0}])
    added = await update(staff, granted, addLines=[{"id": sold.line, "quantity": 4}])
    removed = await update(staff, granted, removeLines=[to_global("OrderGrantedRefundLine", 9)])

    code = "QUANTITY_GREATER_THAN_AVAILABLE"
    assert many["errors"] == [
        {"field": "lines", "code": code, "lines": [{"lineId": sold.line, "code": code}]},
        {"field": "grantRefundForShipping", "code": "SHIPPING_COSTS_ALREADY_GRANTED", "lines": None},
    ]
    assert none["errors"] == [
        {"field": "lines", "code": "NOT_FOUND", "lines": [{"lineId": strange, "code": "NOT_FOUND"}]}
    ]
    assert both["errors"] == [{"field": "giftCardId", "code": "INVALID", "lines": None}]
    assert neither["orderGrantRefundCreate"]["errors"] == [
        {"field": "transactionId", "code": "REQUIRED", "lines": None}
    ]
    assert zero["errors"] == [{"field": "lines", "code": "INVALID", "lines": None}]
    assert added["errors"] == [
        {
            "field": "addLines",
            "code": code,
            "addLines": [{"lineId": sold.line, "code": code}],
            "removeLines": None,
        }
    ]
    assert removed["errors"] == [
        {
            "field": "removeLines",
            "code": "NOT_FOUND",
            "addLines": None,
            "removeLines": [{"lineId": to_global("OrderGrantedRefundLine", 9), "code": "NOT_FOUND"}],
        }
    ]


async def test_nothing_goes_back_to_what_has_not_paid(staff: Client, sold: Sold, factory: Factory) -> None:
    other = await factory.gift_card("OTHER")
    payment = to_global("TransactionItem", UUID(int=5))

    card = await create(staff, sold, giftCardId=to_global("GiftCard", other.id), amount="1")
    paid = await create(staff, sold, transactionId=payment, amount="1")
    order = await staff.run(
        CREATE, id=to_global("Order", UUID(int=5)), input={"transactionId": payment, "amount": "1"}
    )
    granted = await request(staff, to_global("OrderGrantedRefund", 9))

    assert [answer["errors"][0]["field"] for answer in (card, paid)] == ["giftCardId", "transactionId"]
    assert [answer["errors"][0]["code"] for answer in (card, paid)] == ["NOT_FOUND", "NOT_FOUND"]
    assert order["orderGrantRefundCreate"]["errors"] == [{"field": "id", "code": "NOT_FOUND", "lines": None}]
    assert granted["errors"] == [{"field": "grantedRefundId", "code": "NOT_FOUND"}]


async def test_only_staff_with_the_permission_sees_and_does_it(
    client: Client, staff: Client, sold: Sold, factory: Factory
) -> None:
    granted = await one(staff, sold, amount="1")
    ada = await client.as_user(await factory.user())
    await factory.fetch("update orders set user_id = (select max(id) from users where not is_staff)")
    clerk = await client.as_staff([Permission.HANDLE_PAYMENTS])
    packer = await client.as_staff([Permission.MANAGE_ORDERS])
    given = {"transactionId": sold.payment, "amount": "1"}
    fields = ("grantedRefunds { id }", "totalRefundPending { amount }", "totalRemainingGrant { amount }")

    seen = [
        await ada.refused(f"query ($id: ID!) {{ order(id: $id) {{ {field} }} }}", id=sold.order)
        for field in fields
    ]
    done = [
        [
            await who.refused(CREATE, id=sold.order, input=given),
            await who.refused(UPDATE, id=granted, input={"reason": "x"}),
            await who.refused(REQUEST, id=granted),
        ]
        for who in (client, ada)
    ]

    assert seen == [["PERMISSION_DENIED"]] * 3
    assert done == [[["PERMISSION_DENIED"]] * 3] * 2
    assert await clerk.refused(CREATE, id=sold.order, input=given) == ["PERMISSION_DENIED"]
    assert await packer.refused(REQUEST, id=granted) == ["PERMISSION_DENIED"]
    assert await factory.value("select count(*) from granted_refunds") == 1


@pytest.mark.parametrize("number", [1, 3])
async def test_statements_do_not_grow_with_the_grants(
    staff: Client, sold: Sold, statements: Statements, number: int
) -> None:
    for amount in range(number):
        await request(staff, await one(staff, sold, amount=str(amount + 1)))
    for _ in range(number):
        await one(staff, sold, giftCardId=sold.card, amount="1")
    await staff.run(ORDER, id=sold.order)

    async with statements.recording() as sent:
        await staff.run(ORDER, id=sold.order)

    assert len(sent) == 9
