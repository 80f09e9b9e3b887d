"""Carts, through the API."""

from decimal import Decimal
from typing import Any

import pytest

from db.tables import attributes
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements

CART = """
fragment Cart on Checkout {
  id
  email
  channel { slug }
  user { id email }
  voucherCode
  discount { amount }
  discountName
  translatedDiscountName
  quantity
  isShippingRequired
  authorizeStatus
  chargeStatus
  totalBalance { amount }
  languageCode
  shippingAddress { city country { code } }
  billingAddress { city }
  delivery { id shippingMethod { id name price { amount currency } } }
  availableCollectionPoints { id address { city } }
  availablePaymentGateways { id }
  transactions { id }
  giftCards { id displayCode currentBalance { amount } }
  problems { __typename }
  subtotalPrice { gross { amount } }
  shippingPrice { gross { amount } }
  totalPrice { net { amount } tax { amount } gross { amount currency } }
  lines {
    id
    quantity
    unitPrice { gross { amount } }
    undiscountedUnitPrice { amount }
    totalPrice { net { amount } gross { amount } }
    problems { __typename }
    variant {
      id
      name
      product { id name thumbnail(size: 128) { url } category { name } }
      pricing { price { gross { amount } } }
    }
  }
}
"""
READ = f"query ($id: ID!) {{ checkout(id: $id) {{ ...Cart }} }} {CART}"
ERRORS = "errors { field code variants lines addressType }"
CREATE = f"""
mutation ($input: CheckoutCreateInput!) {{
  checkoutCreate(input: $input) {{ checkout {{ ...Cart }} {ERRORS} }}
}}
{CART}
"""
ADD = f"""
mutation ($id: ID, $lines: [CheckoutLineInput!]!) {{
  checkoutLinesAdd(id: $id, lines: $lines) {{ checkout {{ ...Cart }} {ERRORS} }}
}}
{CART}
"""
UPDATE = f"""
mutation ($id: ID, $lines: [CheckoutLineUpdateInput!]!) {{
  checkoutLinesUpdate(id: $id, lines: $lines) {{ checkout {{ lines {{ quantity }} }} {ERRORS} }}
}}
"""
DELETE = f"""
mutation ($id: ID, $ids: [ID!]!) {{
  checkoutLinesDelete(id: $id, linesIds: $ids) {{ checkout {{ lines {{ quantity }} }} {ERRORS} }}
}}
"""
SHIP = f"""
mutation ($id: ID, $address: AddressInput!, $rules: CheckoutAddressValidationRules) {{
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $address, validationRules: $rules) {{
    checkout {{ shippingAddress {{ city }} }} {ERRORS}
  }}
}}
"""
OPTIONS = """
mutation ($id: ID!) {
  deliveryOptionsCalculate(id: $id) {
    deliveries { id shippingMethod { name price { amount currency } } } errors { code }
  }
}
"""
CHOOSE = f"""
mutation ($id: ID, $method: ID) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{
    checkout {{ delivery {{ id }} shippingPrice {{ gross {{ amount }} }} shippingAddress {{ city }} }}
    {ERRORS}
  }}
}}
"""
PROMO = f"""
mutation ($id: ID, $code: String!) {{
  checkoutAddPromoCode(checkoutId: $id, promoCode: $code) {{
    checkout {{ voucherCode discountName discount {{ amount }} giftCards {{ id displayCode }} }} {ERRORS}
  }}
}}
"""
REMOVE = f"""
mutation ($id: ID, $code: String, $codeId: ID) {{
  checkoutRemovePromoCode(checkoutId: $id, promoCode: $code, promoCodeId: $codeId) {{
    checkout {{ voucherCode giftCards {{ id }} }} {ERRORS}
  }}
}}
"""
ATTACH = """
mutation ($id: ID) { checkoutCustomerAttach(id: $id) { checkout { user { email } } errors { code } } }
"""
DETACH = """
mutation ($id: ID) { checkoutCustomerDetach(id: $id) { checkout { user { email } } errors { code } } }
"""
PROBLEMS = """
query ($id: ID!) {
  checkout(id: $id) {
    problems {
      __typename
      ... on CheckoutProblemDeliveryMethodStale { delivery { shippingMethod { name } } }
      ... on CheckoutProblemDeliveryMethodInvalid { delivery { shippingMethod { name } } }
      ... on CheckoutLineProblemInsufficientStock { availableQuantity line { quantity } variant { name } }
      ... on CheckoutLineProblemVariantNotAvailable { line { quantity variant { name } } }
    }
    lines { problems { __typename } }
  }
}
"""
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


def checkout_id(row: AnyRow) -> str:
    return to_global("Checkout", row.id)


def variant_id(row: AnyRow) -> str:
    return to_global("ProductVariant", row.id)


async def test_a_cart_is_made_with_lines_and_an_address(client: Client, market: Market) -> None:
    mug = await market.variant("12.50", name="Large")
    given = {
        "channel": "web",
        "email": "Ada@Example.com",
        "lines": [{"quantity": 2, "variantId": variant_id(mug)}],
        "shippingAddress": ADDRESS,
        "languageCode": "PL",
    }

    answer = (await client.run(CREATE, input=given))["checkoutCreate"]

    assert answer["errors"] == []
    cart = answer["checkout"]
    (line,) = cart["lines"]
    assert (cart["email"], cart["user"], cart["languageCode"], cart["quantity"]) == (
        "ada@example.com",
        None,
        "PL",
        2,
    )
    assert cart["shippingAddress"] == {"city": "NEW YORK", "country": {"code": "US"}}
    assert cart["totalPrice"] == {
        "net": {"amount": 20.0},
        "tax": {"amount": 5.0},
        "gross": {"amount": 25.0, "currency": "USD"},
    }
    assert (line["variant"]["name"], line["unitPrice"]["gross"]["amount"]) == ("Large", 12.5)
    assert (cart["chargeStatus"], cart["authorizeStatus"], cart["totalBalance"]["amount"]) == (
        "NONE",
        "NONE",
        -25.0,
    )
    assert cart["availablePaymentGateways"] == [{"id": "matvis.dummy"}]
    assert await client.run(READ, id=cart["id"]) == {"checkout": cart}


async def test_errors_name_what_they_are_about_by_its_id(client: Client, market: Market) -> None:
    mug = await market.variant(stock=1)
    row = await market.checkout((mug, 1))

    short = await client.run(ADD, id=checkout_id(row), lines=[{"quantity": 1, "variantId": variant_id(mug)}])
    missing = await client.run(DELETE, id=checkout_id(row), ids=[to_global("CheckoutLine", row.id)])
    nowhere = await client.run(SHIP, id=checkout_id(row), address=ADDRESS | {"postalCode": "x"})

    nothing = {"variants": None, "lines": None, "addressType": None}
    assert short["checkoutLinesAdd"] == {
        "checkout": None,
        "errors": [
            nothing | {"field": "quantity", "code": "INSUFFICIENT_STOCK", "variants": [variant_id(mug)]}
        ],
    }
    assert missing["checkoutLinesDelete"]["errors"] == [
        nothing | {"field": "linesIds", "code": "NOT_FOUND", "lines": [to_global("CheckoutLine", row.id)]}
    ]
    assert nowhere["checkoutShippingAddressUpdate"]["errors"] == [
        nothing | {"field": "postalCode", "code": "INVALID", "addressType": "SHIPPING"}
    ]


async def test_lines_are_updated_and_deleted_by_their_ids(
    client: Client, market: Market, factory: Factory
) -> None:
    row = await market.checkout((await market.variant(), 1), (await market.variant(), 1))
    ids = [
        to_global("CheckoutLine", line.id)
        for line in await factory.fetch("select id from checkout_lines order by position")
    ]

    updated = await client.run(UPDATE, id=checkout_id(row), lines=[{"lineId": ids[0], "quantity": 4}])
    deleted = await client.run(DELETE, id=checkout_id(row), ids=[ids[1]])

    assert updated["checkoutLinesUpdate"]["checkout"] == {"lines": [{"quantity": 4}, {"quantity": 1}]}
    assert deleted["checkoutLinesDelete"]["checkout"] == {"lines": [{"quantity": 4}]}


async def test_only_staff_names_a_price(client: Client, market: Market) -> None:
    mug = await market.variant("10")
    row = await market.checkout(delivery_id=None)
    lines = [{"quantity": 1, "variantId": variant_id(mug), "price": "3.50"}]

    denied = await client.refused(ADD, id=checkout_id(row), lines=lines)
    staff = await client.as_staff()
    answer = await staff.run(ADD, id=checkout_id(row), lines=lines)

    assert denied == ["PERMISSION_DENIED"]
    assert answer["checkoutLinesAdd"]["checkout"]["totalPrice"]["gross"]["amount"] == 3.5


async def test_a_delivery_is_offered_chosen_and_given_up(client: Client, market: Market) -> None:
    row = await market.checkout((await market.variant(), 1), delivery_id=None)
    key = checkout_id(row)

    (offered,) = (await client.run(OPTIONS, id=key))["deliveryOptionsCalculate"]["deliveries"]
    chosen = await client.run(CHOOSE, id=key, method=offered["id"])
    by_method = await client.run(CHOOSE, id=key, method=to_global("ShippingMethod", market.method.id))
    cleared = await client.run(CHOOSE, id=key, method=None)

    assert offered["shippingMethod"] == {"name": "By post", "price": {"amount": 5.0, "currency": "USD"}}
    for answer in (chosen, by_method):
        assert answer["checkoutDeliveryMethodUpdate"]["checkout"] == {
            "delivery": {"id": offered["id"]},
            "shippingPrice": {"gross": {"amount": 5.0}},
            "shippingAddress": {"city": "New York"},
        }
    assert cleared["checkoutDeliveryMethodUpdate"]["checkout"]["delivery"] is None


async def test_goods_are_fetched_at_a_warehouse(client: Client, factory: Factory, market: Market) -> None:
    place = await factory.address(city="Kraków", country="PL")
    point = await factory.warehouse(market.channel, collection="ALL", address_id=place.id)
    row = await market.checkout((await market.variant(), 1))
    warehouse = to_global("Warehouse", point.id)

    points = (await client.run(READ, id=checkout_id(row)))["checkout"]["availableCollectionPoints"]
    answer = await client.run(CHOOSE, id=checkout_id(row), method=warehouse)

    assert points == [{"id": warehouse, "address": {"city": "Kraków"}}]
    assert answer["checkoutDeliveryMethodUpdate"]["checkout"] == {
        "delivery": None,
        "shippingPrice": {"gross": {"amount": 0.0}},
        "shippingAddress": {"city": "Kraków"},
    }


async def test_a_code_and_a_card_are_added_and_removed(
    client: Client, factory: Factory, market: Market
) -> None:
    await factory.voucher(market.channel, "Spring", "2", name="Spring sale")
    card = await factory.gift_card("GIFT-1234", "3")
    row = await market.checkout((await market.variant("10"), 1))
    key, card_id = checkout_id(row), to_global("GiftCard", card.id)

    await client.run(PROMO, id=key, code="spring")
    both = (await client.run(PROMO, id=key, code="gift-1234"))["checkoutAddPromoCode"]
    cart = (await client.run(READ, id=key))["checkout"]
    removed = await client.run(REMOVE, id=key, codeId=card_id)
    neither = await client.run(REMOVE, id=key, code="SPRING")

    assert both == {
        "checkout": {
            "voucherCode": "Spring",
            "discountName": "Spring sale",
            "discount": {"amount": 2.0},
            "giftCards": [{"id": card_id, "displayCode": "1234"}],
        },
        "errors": [],
    }
    assert (cart["subtotalPrice"]["gross"]["amount"], cart["totalPrice"]["gross"]["amount"]) == (8.0, 10.0)
    assert removed["checkoutRemovePromoCode"]["checkout"] == {"voucherCode": "Spring", "giftCards": []}
    assert neither["checkoutRemovePromoCode"]["checkout"] == {"voucherCode": None, "giftCards": []}


async def test_a_vouchers_name_is_in_the_carts_language(
    client: Client, factory: Factory, market: Market
) -> None:
    voucher = await factory.voucher(market.channel, "SPRING", name="Spring sale")
    await factory.add(
        attributes.Translations, kind="Voucher", object_id=voucher.id, language="PL", name="Wiosna"
    )
    mug = await market.variant()
    names = []
    for language in ("PL", "DE"):
        row = await market.checkout((mug, 1), code="SPRING", language_code=language)
        cart = (await client.run(READ, id=checkout_id(row)))["checkout"]
        names.append((cart["discountName"], cart["translatedDiscountName"]))

    assert names == [("Spring sale", "Wiosna"), ("Spring sale", None)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("NOBODY", "INVALID"), ("BIG", "VOUCHER_NOT_APPLICABLE"), ("EMPTY", "GIFT_CARD_NOT_APPLICABLE")],
)
async def test_a_code_that_cannot_be_used_is_refused(
    client: Client, factory: Factory, market: Market, code: str, expected: str
) -> None:
    await factory.voucher(market.channel, "BIG", minimum="1000")
    await factory.gift_card("EMPTY", balance_amount=Decimal(0))
    row = await market.checkout((await market.variant(), 1))

    answer = await client.run(PROMO, id=checkout_id(row), code=code)

    assert [error["code"] for error in answer["checkoutAddPromoCode"]["errors"]] == [expected]


async def test_payments_show_in_what_remains(client: Client, market: Market) -> None:
    row = await market.checkout((await market.variant("10"), 1))
    await market.pay(row, charged="4", authorized="11")

    cart = (await client.run(READ, id=checkout_id(row)))["checkout"]

    assert (cart["chargeStatus"], cart["authorizeStatus"]) == ("PARTIAL", "FULL")
    assert (cart["totalBalance"]["amount"], len(cart["transactions"])) == (-11.0, 1)


async def test_a_chosen_delivery_goes_stale_and_then_fresh_or_invalid(
    client: Client, factory: Factory, market: Market
) -> None:
    mug = await market.variant("10")
    row = await market.checkout((mug, 1))
    key = checkout_id(row)

    async def problems() -> list[str]:
        found = (await client.run(PROBLEMS, id=key))["checkout"]["problems"]
        assert all(one["delivery"]["shippingMethod"]["name"] == "By post" for one in found)
        return [one["__typename"] for one in found]

    seen = [await problems()]
    await client.run(ADD, id=key, lines=[{"quantity": 1, "variantId": variant_id(mug)}])
    seen.append(await problems())
    await client.run(OPTIONS, id=key)
    seen.append(await problems())
    await factory.fetch("update shipping_methods set is_active = false")
    await client.run(OPTIONS, id=key)
    seen.append(await problems())

    assert seen == [
        [],
        ["CheckoutProblemDeliveryMethodStale"],
        [],
        ["CheckoutProblemDeliveryMethodInvalid"],
    ]


async def test_lines_that_cannot_be_bought_are_problems(
    client: Client, factory: Factory, market: Market
) -> None:
    scarce, gone, fine = (
        await market.variant(stock=2, name="Scarce"),
        await market.variant(name="Gone"),
        await market.variant(),
    )
    row = await market.checkout((scarce, 3), (gone, 1), (fine, 1))
    await factory.fetch("delete from variant_listings where variant_id = $1", gone.id)

    cart = (await client.run(PROBLEMS, id=checkout_id(row)))["checkout"]

    assert cart["problems"] == [
        {
            "__typename": "CheckoutLineProblemInsufficientStock",
            "availableQuantity": 2,
            "line": {"quantity": 3},
            "variant": {"name": "Scarce"},
        },
        {
            "__typename": "CheckoutLineProblemVariantNotAvailable",
            "line": {"quantity": 1, "variant": {"name": "Gone"}},
        },
    ]
    assert [[one["__typename"] for one in line["problems"]] for line in cart["lines"]] == [
        ["CheckoutLineProblemInsufficientStock"],
        ["CheckoutLineProblemVariantNotAvailable"],
        [],
    ]


async def test_a_guests_cart_is_for_whoever_holds_its_id_and_a_customers_is_theirs(
    client: Client, factory: Factory, market: Market
) -> None:
    owner = await factory.user()
    mug = await market.variant()
    guests, theirs = await market.checkout((mug, 1)), await market.checkout((mug, 1), user=owner)
    stranger, customer, staff = (
        await client.as_user(await factory.user()),
        await client.as_user(owner),
        await client.as_staff(),
    )

    async def sees(viewer: Client, row: AnyRow) -> bool:
        return (await viewer.run(READ, id=checkout_id(row)))["checkout"] is not None

    assert [await sees(viewer, guests) for viewer in (client, stranger, customer, staff)] == [True] * 4
    assert [await sees(viewer, theirs) for viewer in (client, stranger, customer, staff)] == [
        False,
        False,
        True,
        True,
    ]
    answer = await stranger.run(PROMO, id=checkout_id(theirs), code="SAVE")
    assert [error["code"] for error in answer["checkoutAddPromoCode"]["errors"]] == ["NOT_FOUND"]


async def test_a_cart_is_attached_and_detached(client: Client, factory: Factory, market: Market) -> None:
    row = await market.checkout((await market.variant(), 1))
    customer = await client.as_user(await factory.user("ada@example.com"))

    refused = await client.refused(ATTACH, id=checkout_id(row))
    mine = await customer.run(ATTACH, id=checkout_id(row))
    hidden = (await client.run(READ, id=checkout_id(row)))["checkout"]
    nobodys = await customer.run(DETACH, id=checkout_id(row))

    assert (refused, hidden) == (["UNAUTHENTICATED"], None)
    assert mine["checkoutCustomerAttach"]["checkout"] == {"user": {"email": "ada@example.com"}}
    assert nobodys["checkoutCustomerDetach"]["checkout"] == {"user": None}


@pytest.mark.parametrize("id_", [None, "bm90LWFuLWlk", to_global("Checkout", 5), to_global("Order", 5)])
async def test_an_id_that_is_none_is_an_error_of_the_payload(client: Client, id_: str | None) -> None:
    answer = await client.run(ADD, id=id_, lines=[])

    (error,) = answer["checkoutLinesAdd"]["errors"]
    assert (error["field"], error["code"]) == ("id", "NOT_FOUND" if id_ is None else "INVALID")


async def full(
    market: Market, factory: Factory, owner: AnyRow, rows: int
) -> tuple[AnyRow, list[dict[str, Any]]]:
    """A customer's cart with everything, and a unit more for each of its lines."""
    variants = [
        await factory.variant(
            await factory.product(market.channel, name=f"Mug {number}"),
            market.channel,
            stock=10,
            warehouse=market.warehouse,
        )
        for number in range(rows)
    ]
    await factory.voucher(market.channel, "TENTH", "10", value_kind="PERCENTAGE")
    card = await factory.gift_card()
    row = await market.checkout(
        *((variant, 1) for variant in variants), user=owner, code="TENTH", cards=[card]
    )
    await market.pay(row, charged="1")
    return row, [{"quantity": 1, "variantId": variant_id(variant)} for variant in variants]


@pytest.mark.parametrize("rows", [1, 50])
async def test_changing_and_showing_a_whole_cart_costs_25_statements(
    client: Client, factory: Factory, market: Market, statements: Statements, rows: int
) -> None:
    owner = await factory.user()
    customer = await client.as_user(owner)
    row, lines = await full(market, factory, owner, rows)

    async with statements.recording() as sent:
        answer = await customer.run(ADD, id=checkout_id(row), lines=lines)

    assert len(answer["checkoutLinesAdd"]["checkout"]["lines"]) == rows
    assert len(sent) == 25
