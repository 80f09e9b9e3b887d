"""Orders, through the API."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from db.tables import catalog, discounts, orders
from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import PAST, AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements

ORDER = """
query ($id: ID!) {
  order(id: $id) {
    id number status statusDisplay origin paymentStatus paymentStatusDisplay chargeStatus authorizeStatus
    isPaid created userEmail customerNote languageCodeEnum isShippingRequired shippingMethodName
    displayGrossPrices
    user { email } channel { slug } shippingAddress { firstName } billingAddress { firstName }
    subtotal { net { amount } gross { amount } tax { amount } }
    shippingPrice { gross { amount } } total { net { amount } gross { amount currency } tax { amount } }
    undiscountedTotal { gross { amount } } discount { amount } discounts { type name amount { amount } }
    voucherCode voucher { code } giftCards { displayCode }
    totalBalance { amount } totalCaptured { amount } totalAuthorized { amount } totalRefunded { amount }
    deliveryMethod { __typename ... on ShippingMethod { name price { amount } } ... on Warehouse { name } }
    lines {
      id productName variantName productSku quantity quantityFulfilled quantityToFulfill taxRate
      unitPrice { gross { amount } } undiscountedUnitPrice { gross { amount } }
      totalPrice { net { amount } gross { amount } } unitDiscount { amount } unitDiscountReason
      variant { id product { name } } thumbnail(size: 64) { url alt }
    }
    fulfillments { fulfillmentOrder status statusDisplay trackingNumber lines { quantity orderLine { id } } }
  }
}
"""
# Without the two fields that add up what others list.
COSTED = ORDER.replace("discount { amount }", "").replace("displayGrossPrices", "")
MINE = """
query ($first: Int, $after: String, $last: Int, $before: String) {
  me {
    orders(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { node { number } cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
NUMBER = "query ($id: ID!) { order(id: $id) { number } }"


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


async def placed(market: Market, user: AnyRow | None = None, **values: Any) -> AnyRow:
    """An order without lines, of 10 in all."""
    defaults = {
        "channel_id": market.channel.id,
        "user_id": user.id if user else None,
        "email": user.email if user else "guest@example.com",
        "currency": "USD",
        "total_net": Decimal(8),
        "total_gross": Decimal(10),
    }
    return await market.factory.add(orders.Orders, **defaults | values)


async def with_line(market: Market, order: AnyRow, variant: AnyRow, quantity: int = 2) -> AnyRow:
    """A line of the order, 5 a unit where 6 was the price."""
    figures = {"unit": 5, "undiscounted_unit": 6, "total": 5 * quantity, "undiscounted_total": 6 * quantity}
    return await market.factory.add(
        orders.OrderLines,
        order_id=order.id,
        variant_id=variant.id,
        product_name="Mug",
        variant_name="Small",
        sku="M-S",
        quantity=quantity,
        currency="USD",
        tax_rate=Decimal("0.25"),
        unit_discount_amount=Decimal(1),
        unit_discount_reason="Sale",
        **{f"{name}_gross": Decimal(amount) for name, amount in figures.items()},
        **{f"{name}_net": Decimal(amount) * 4 / 5 for name, amount in figures.items()},
    )


def key(order: AnyRow) -> str:
    return to_global("Order", order.id)


async def test_an_order_tells_what_was_bought_and_how_it_stands(client: Client, market: Market) -> None:
    factory, variant = market.factory, await market.variant()
    user = await factory.user("ada@example.com")
    order = await placed(
        market,
        user,
        subtotal_net=Decimal(8),
        subtotal_gross=Decimal(10),
        total_net=Decimal(11),
        total_gross=Decimal(14),
        undiscounted_total_gross=Decimal(17),
        shipping_gross=Decimal(5),
        undiscounted_shipping_gross=Decimal(5),
        shipping_method_id=market.method.id,
        shipping_method_name="By post, then",
        shipping_address_id=(await factory.address()).id,
        charged_amount=Decimal(4),
        authorized_amount=Decimal(10),
        gift_card_amount=Decimal(1),
        voucher_id=(await factory.voucher(market.channel, "SAVE")).id,
        voucher_code="SAVE",
        customer_note="Ring twice",
    )
    line = await with_line(market, order, variant)
    await factory.add(catalog.ProductMedia, product_id=market.product.id, file_key="mug.webp", alt="A mug")
    parcel = await factory.add(orders.Fulfillments, order_id=order.id, number=1, tracking_number="T1")
    await factory.add(orders.FulfillmentLines, fulfillment_id=parcel.id, order_line_id=line.id, quantity=1)
    await factory.add(
        orders.OrderDiscounts,
        order_id=order.id,
        name="Save",
        value=Decimal(2),
        amount=Decimal(2),
        currency="USD",
    )
    card = await factory.gift_card()
    await factory.add(discounts.GiftCardUses, gift_card_id=card.id, order_id=order.id, amount=Decimal(1))

    shown = (await (await client.as_user(user)).run(ORDER, id=key(order)))["order"]

    assert shown["lines"][0].pop("thumbnail")["alt"] == "A mug"
    assert shown == {
        "id": key(order),
        "number": order.number,
        "status": "UNFULFILLED",
        "statusDisplay": "Unfulfilled",
        "origin": "CHECKOUT",
        "paymentStatus": "PARTIALLY_CHARGED",
        "paymentStatusDisplay": "Partially charged",
        "chargeStatus": "PARTIAL",
        "authorizeStatus": "FULL",
        "isPaid": False,
        "created": order.created_at.isoformat(),
        "userEmail": "ada@example.com",
        "customerNote": "Ring twice",
        "languageCodeEnum": "EN",
        "isShippingRequired": True,
        "shippingMethodName": "By post, then",
        "displayGrossPrices": True,
        "user": {"email": "ada@example.com"},
        "channel": {"slug": "web"},
        "shippingAddress": {"firstName": "Ada"},
        "billingAddress": None,
        "subtotal": {"net": {"amount": 8.0}, "gross": {"amount": 10.0}, "tax": {"amount": 2.0}},
        "shippingPrice": {"gross": {"amount": 5.0}},
        "total": {
            "net": {"amount": 11.0},
            "gross": {"amount": 14.0, "currency": "USD"},
            "tax": {"amount": 3.0},
        },
        "undiscountedTotal": {"gross": {"amount": 17.0}},
        "discount": {"amount": 2.0},
        "discounts": [{"type": "VOUCHER", "name": "Save", "amount": {"amount": 2.0}}],
        "voucherCode": "SAVE",
        "voucher": {"code": "SAVE"},
        "giftCards": [{"displayCode": "1234"}],
        "totalBalance": {"amount": -10.0},
        "totalCaptured": {"amount": 4.0},
        "totalAuthorized": {"amount": 10.0},
        "totalRefunded": {"amount": 0.0},
        "deliveryMethod": {
            "__typename": "ShippingMethod",
            "name": "By post, then",
            "price": {"amount": 5.0},
        },
        "lines": [
            {
                "id": to_global("OrderLine", line.id),
                "productName": "Mug",
                "variantName": "Small",
                "productSku": "M-S",
                "quantity": 2,
                "quantityFulfilled": 0,
                "quantityToFulfill": 2,
                "taxRate": 0.25,
                "unitPrice": {"gross": {"amount": 5.0}},
                "undiscountedUnitPrice": {"gross": {"amount": 6.0}},
                "totalPrice": {"net": {"amount": 8.0}, "gross": {"amount": 10.0}},
                "unitDiscount": {"amount": 1.0},
                "unitDiscountReason": "Sale",
                "variant": {
                    "id": to_global("ProductVariant", variant.id),
                    "product": {"name": "Mug"},
                },
            }
        ],
        "fulfillments": [
            {
                "fulfillmentOrder": 1,
                "status": "FULFILLED",
                "statusDisplay": "Fulfilled",
                "trackingNumber": "T1",
                "lines": [{"quantity": 1, "orderLine": {"id": to_global("OrderLine", line.id)}}],
            }
        ],
    }


async def test_goods_that_are_fetched_name_the_place(client: Client, market: Market) -> None:
    order = await placed(market, collection_point_id=market.warehouse.id, shipping_method_id=market.method.id)

    shown = await client.run(ORDER, id=key(order))

    assert shown["order"]["deliveryMethod"] == {"__typename": "Warehouse", "name": market.warehouse.name}


async def test_a_line_outlives_its_variant(client: Client, market: Market) -> None:
    order = await placed(market)
    variant = await market.variant()
    await with_line(market, order, variant)
    await market.factory.fetch("delete from product_variants where id = $1", variant.id)

    (line,) = (await client.run(ORDER, id=key(order)))["order"]["lines"]

    assert (line["productName"], line["variant"], line["thumbnail"]) == ("Mug", None, None)


async def test_a_variant_that_is_no_longer_shown_is_shown_to_staff_alone(
    client: Client, market: Market
) -> None:
    order, variant = await placed(market), await market.variant()
    await with_line(market, order, variant)
    await market.factory.fetch("update product_listings set is_published = false")

    (line,) = (await client.run(ORDER, id=key(order)))["order"]["lines"]
    (staffs,) = (await (await client.as_staff()).run(ORDER, id=key(order)))["order"]["lines"]

    assert (line["productName"], line["variant"]) == ("Mug", None)
    assert staffs["variant"] == {
        "id": to_global("ProductVariant", variant.id),
        "product": {"name": "Mug"},
    }


async def test_an_order_of_a_customer_is_theirs_and_the_staffs(client: Client, market: Market) -> None:
    owner, stranger = await market.factory.user(), await market.factory.user()
    order = await placed(market, owner)
    clerk = await client.as_staff([Permission.MANAGE_ORDERS])
    gardener = await client.as_staff([Permission.MANAGE_PRODUCTS])

    seen = {"order": {"number": order.number}}

    assert await (await client.as_user(owner)).run(NUMBER, id=key(order)) == seen
    assert await clerk.run(NUMBER, id=key(order)) == seen
    for other in (client, await client.as_user(stranger), gardener):
        assert await other.run(NUMBER, id=key(order)) == {"order": None}


async def test_an_order_of_a_guest_shows_to_whoever_knows_its_id(client: Client, market: Market) -> None:
    order = await placed(market)
    draft = await placed(market, status="DRAFT")

    assert await client.run(NUMBER, id=key(order)) == {"order": {"number": order.number}}
    assert await client.run(NUMBER, id=key(draft)) == {"order": None}
    assert await client.run(NUMBER, id=to_global("Order", uuid4())) == {"order": None}


async def test_an_id_that_can_be_guessed_is_no_id(client: Client) -> None:
    assert await client.refused(NUMBER, id=to_global("Order", 1)) == ["INVALID"]
    assert await client.refused("{ order { number } }") == ["NOT_FOUND"]


@pytest.mark.parametrize("field", ["events { type }", "transactions { id }", "privateMetadata { key }"])
async def test_what_is_the_staffs_is_not_the_customers(client: Client, market: Market, field: str) -> None:
    order = await placed(market)
    document = f"query ($id: ID!) {{ order(id: $id) {{ {field} }} }}"
    staff = await client.as_staff([Permission.MANAGE_ORDERS])

    assert await client.refused(document, id=key(order)) == ["PERMISSION_DENIED"]
    assert await staff.run(document, id=key(order)) == {"order": {field.split(maxsplit=1)[0]: []}}


async def test_staff_reads_the_history_in_order(client: Client, market: Market) -> None:
    order = await placed(market)
    staff = await client.as_staff([Permission.MANAGE_ORDERS])
    for kind, facts in (("PLACED", {}), ("NOTE_ADDED", {"message": "Fragile", "amount": 2})):
        await market.factory.add(orders.OrderEvents, order_id=order.id, kind=kind, facts=facts)

    answer = await staff.run(
        "query ($id: ID!) { order(id: $id) { events { type message amount user { id } } } }", id=key(order)
    )

    assert answer["order"]["events"] == [
        {"type": "PLACED", "message": None, "amount": None, "user": None},
        {"type": "NOTE_ADDED", "message": "Fragile", "amount": 2.0, "user": None},
    ]


async def test_a_customer_walks_through_their_orders_the_newest_first(client: Client, market: Market) -> None:
    user, other = await market.factory.user(), await market.factory.user()
    made = [await placed(market, user, created_at=PAST + timedelta(days=day)) for day in (2, 1, 3, 3, 5)]
    await placed(market, other)
    await placed(market, user, status="DRAFT")
    shopper = await client.as_user(user)
    newest = sorted(made, key=lambda order: (order.created_at, order.id), reverse=True)

    first = (await shopper.run(MINE, first=2))["me"]["orders"]
    second = (await shopper.run(MINE, first=2, after=first["pageInfo"]["endCursor"]))["me"]["orders"]
    last = (await shopper.run(MINE, first=2, after=second["pageInfo"]["endCursor"]))["me"]["orders"]
    back = (await shopper.run(MINE, last=3, before=last["pageInfo"]["startCursor"]))["me"]["orders"]

    def numbers(page: Any) -> list[str]:
        return [edge["node"]["number"] for edge in page["edges"]]

    assert numbers(first) + numbers(second) + numbers(last) == [order.number for order in newest]
    assert numbers(back) == [order.number for order in newest[1:4]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second, last)] == [True, True, False]
    assert [page["pageInfo"]["hasPreviousPage"] for page in (first, second, back)] == [False, True, True]
    assert first["totalCount"] == 5


async def test_a_cursor_of_another_list_is_refused(client: Client, market: Market) -> None:
    shopper = await client.as_user(await market.factory.user())

    assert await shopper.refused(MINE, first=2, after="WzEsMl0=") == ["INVALID"]


@pytest.mark.parametrize("rows", [1, 50])
async def test_an_order_costs_the_same_for_one_line_and_for_fifty(
    client: Client, market: Market, statements: Statements, rows: int
) -> None:
    order = await placed(market, shipping_method_id=market.method.id)
    for _ in range(rows):
        await with_line(market, order, await market.variant())

    async with statements.recording() as sent:
        shown = await client.run(COSTED, id=key(order))

    assert len(shown["order"]["lines"]) == rows
    assert len(sent) == 10
