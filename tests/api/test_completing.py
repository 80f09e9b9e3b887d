"""Completing a checkout, through the API."""

from typing import Any

import pytest

from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements
from tests.worlds import CheapMail

COMPLETE = """
mutation ($id: ID!, $metadata: [MetadataInput!], $redirectUrl: String) {
  checkoutComplete(id: $id, metadata: $metadata, redirectUrl: $redirectUrl) {
    order {
      id number status checkoutId isPaid chargeStatus metafield(key: "gift")
      total { gross { amount } } deliveryMethod { ... on ShippingMethod { name } }
      shippingAddress { firstName } billingAddress { firstName }
      lines { productName variantName quantity totalPrice { gross { amount } } variant { id } }
    }
    confirmationNeeded
    errors { field code message variants }
  }
}
"""


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


async def complete(client: Client, checkout: AnyRow, **variables: Any) -> Any:
    answer = await client.run(COMPLETE, id=to_global("Checkout", checkout.id), **variables)
    return answer["checkoutComplete"]


async def test_a_paid_checkout_becomes_an_order(client: Client, market: Market, mail: CheapMail) -> None:
    variant = await market.variant("10", name="Small")
    checkout = await market.checkout((variant, 2))
    await market.pay(checkout, charged="25")

    answer = await complete(client, checkout, metadata=[{"key": "gift", "value": "yes"}])

    order = answer["order"]
    assert (answer["errors"], answer["confirmationNeeded"]) == ([], False)
    assert order.pop("id").startswith(to_global("Order", 0)[:6])
    assert order == {
        "number": "1",
        "status": "UNFULFILLED",
        "checkoutId": to_global("Checkout", checkout.id),
        "isPaid": True,
        "chargeStatus": "FULL",
        "metafield": "yes",
        "total": {"gross": {"amount": 25.0}},
        "deliveryMethod": {"name": "By post"},
        "shippingAddress": {"firstName": "Ada"},
        "billingAddress": {"firstName": "Augusta"},
        "lines": [
            {
                "productName": "Mug",
                "variantName": "Small",
                "quantity": 2,
                "totalPrice": {"gross": {"amount": 20.0}},
                "variant": {"id": to_global("ProductVariant", variant.id)},
            }
        ],
    }
    assert [message.subject for message in mail.sent] == ["Your order 1"]


async def test_completing_again_answers_with_the_same_order(client: Client, market: Market) -> None:
    checkout = await market.checkout((await market.variant("10"), 2))
    await market.pay(checkout, authorized="25")

    first, second = await complete(client, checkout), await complete(client, checkout)

    assert first == second
    assert first["order"]["chargeStatus"] == "NONE"


CHANGES = {
    "NO_LINES": ("delete from checkout_lines", "lines"),
    "EMAIL_NOT_SET": ("update checkouts set email = null", "email"),
    "BILLING_ADDRESS_NOT_SET": ("update checkouts set billing_address_id = null", "billingAddress"),
    "SHIPPING_ADDRESS_NOT_SET": ("update checkouts set shipping_address_id = null", "shippingAddress"),
    "SHIPPING_METHOD_NOT_SET": ("update checkouts set delivery_id = null", "deliveryMethod"),
    "DELIVERY_METHOD_NOT_APPLICABLE": ("update shipping_methods set is_active = false", "deliveryMethod"),
    "CHANNEL_INACTIVE": ("update channels set is_active = false", "channel"),
    "PRODUCT_NOT_PUBLISHED": ("update product_listings set is_published = false", "lines"),
    "UNAVAILABLE_VARIANT_IN_CHANNEL": ("delete from variant_listings", "lines"),
    "INSUFFICIENT_STOCK": ("update stocks set on_hand = 0", None),
    "VOUCHER_NOT_APPLICABLE": ("update vouchers set ends_at = '2026-01-02'", "voucherCode"),
    "GIFT_CARD_NOT_APPLICABLE": ("update gift_cards set is_active = false", "giftCards"),
    "CHECKOUT_NOT_FULLY_PAID": ("update transactions set charged_amount = 1", None),
    "PAYMENT_ERROR": ("update transactions set charged_amount = 100", None),
}


@pytest.mark.parametrize("code", CHANGES)
async def test_each_reason_against_an_order_has_its_code_and_field(
    client: Client, market: Market, code: str
) -> None:
    change, field = CHANGES[code]
    await market.factory.voucher(market.channel, "SAVE", "1")
    card = await market.factory.gift_card(amount="3")
    checkout = await market.checkout((await market.variant("10"), 2), code="SAVE", cards=[card])
    await market.pay(checkout, charged="21")
    await market.factory.fetch(change)

    answer = await complete(client, checkout)

    assert answer["order"] is None
    assert (code, field) in [(error["code"], error["field"]) for error in answer["errors"]]


async def test_what_falls_short_is_named(client: Client, market: Market) -> None:
    variant = await market.variant("10", stock=1)
    checkout = await market.checkout((variant, 2))
    await market.pay(checkout, charged="25")

    (error,) = (await complete(client, checkout))["errors"]

    assert (error["code"], error["variants"]) == (
        "INSUFFICIENT_STOCK",
        [to_global("ProductVariant", variant.id)],
    )
    assert "2 wanted, 1 available" in error["message"]


async def test_a_checkout_of_somebody_else_is_not_found(client: Client, market: Market) -> None:
    owner, stranger = await market.factory.user(), await market.factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=owner)
    await market.pay(checkout, charged="15")

    for other in (client, await client.as_user(stranger)):
        (error,) = (await complete(other, checkout))["errors"]
        assert (error["code"], error["field"]) == ("NOT_FOUND", "id")
    done = await complete(await client.as_user(owner), checkout)
    assert done["order"]["isPaid"] is True
    assert (await complete(client, checkout))["order"] is None


async def test_a_customer_finds_the_order_in_their_list(client: Client, market: Market) -> None:
    user = await market.factory.user()
    checkout = await market.checkout((await market.variant("10"), 1), user=user)
    await market.pay(checkout, charged="15")
    shopper = await client.as_user(user)

    await complete(shopper, checkout)

    mine = await shopper.run("{ me { orders(first: 5) { edges { node { number isPaid } } } } }")
    assert mine["me"]["orders"]["edges"] == [{"node": {"number": "1", "isPaid": True}}]


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"metadata": [{"key": " ", "value": "x"}]}, "metadata"),
        ({"redirectUrl": "javascript:alert(1)"}, "redirectUrl"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    client: Client, market: Market, variables: dict[str, Any], field: str
) -> None:
    checkout = await market.checkout((await market.variant("10"), 1))

    (error,) = (await complete(client, checkout, **variables))["errors"]

    assert error["field"] == field


@pytest.mark.parametrize("rows", [1, 50])
async def test_completing_costs_the_same_for_one_line_and_for_fifty(
    client: Client, market: Market, statements: Statements, rows: int
) -> None:
    await market.factory.voucher(market.channel, "SAVE", "1")
    card = await market.factory.gift_card(amount="1000")
    lines = [(await market.variant("10"), 1) for _ in range(rows)]
    checkout = await market.checkout(*lines, code="SAVE", cards=[card])

    async with statements.recording() as sent:
        answer = await complete(client, checkout)

    assert len(answer["order"]["lines"]) == rows
    assert len(sent) == 30
