"""What is somebody's is not there for anybody else, whichever field is asked and whichever id is tried."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLSchema

from db.tables import checkouts, orders
from schema.ids import split, to_global
from server.api import build_schema
from server.settings import Settings
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promises.walking import Path, RootField, placed, root_fields

SCHEMA: GraphQLSchema = build_schema().graphql
FIELDS = {
    name: field
    for operation in ("query", "mutation")
    for name, field in root_fields(SCHEMA, operation).items()
    if any(place.name in ("ID", "UUID") for _, _, place in field.places())
}
FIGURES = "unit", "undiscounted_unit", "total", "undiscounted_total"
# How often somebody tried is written down even though it was refused.
NOT_COMPARED = {"attempts", "alembic_version"}
OPEN_TO_THE_OWNER = {
    **dict.fromkeys(("address", "accountAddressUpdate", "accountSetDefaultAddress"), "Address"),
    **dict.fromkeys(("checkout", "deliveryOptionsCalculate", "checkoutCustomerAttach"), "Checkout"),
    **dict.fromkeys(("checkoutEmailUpdate", "checkoutCustomerNoteUpdate", "checkoutLinesAdd"), "Checkout"),
    **dict.fromkeys(("checkoutShippingAddressUpdate", "checkoutBillingAddressUpdate"), "Checkout"),
    **dict.fromkeys(("checkoutLanguageCodeUpdate", "checkoutDeliveryMethodUpdate"), "Checkout"),
    **dict.fromkeys(("paymentGatewayInitialize", "updateMetadata", "deleteMetadata"), "Checkout"),
    **dict.fromkeys(("transactionInitialize", "checkoutCustomerDetach"), "Checkout"),
    "order": "Order",
}
"""Fields that let the owner in, by the kind of the id they take: what keeps strangers out is whose it is."""
HOME = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without budgets, which would refuse before the door does."""
    return settings.model_copy(update={"login_budget": 0, "code_budget": 0, "cost_budget": 0})


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def adas(market: Market) -> dict[str, str]:
    """Everything of Ada's that has an id: by kind, the id."""
    factory, variant = market.factory, await market.variant(stock=50)
    ada = await factory.user("ada@example.com")
    checkout = await market.checkout((variant, 1), user=ada)
    order = await factory.add(
        orders.Orders,
        channel_id=market.channel.id,
        user_id=ada.id,
        email=ada.email,
        currency="USD",
        total_net=Decimal(8),
        total_gross=Decimal(10),
    )
    line = await factory.add(
        orders.OrderLines,
        order_id=order.id,
        variant_id=variant.id,
        product_name="Mug",
        quantity=1,
        currency="USD",
        **{f"{figure}_{side}": Decimal(5) for figure in FIGURES for side in ("net", "gross")},
    )
    sent = await factory.add(orders.Fulfillments, order_id=order.id, number=1)
    payment = await market.pay(checkout, charged="5")
    card = await factory.gift_card(amount="1")
    await factory.add(checkouts.CheckoutGiftCards, checkout_id=checkout.id, gift_card_id=card.id, position=0)
    (cart_line,) = await factory.fetch("select id from checkout_lines where checkout_id = $1", checkout.id)
    (delivery,) = await factory.fetch(
        "select id from checkout_deliveries where checkout_id = $1", checkout.id
    )
    rows: dict[str, AnyRow] = {
        "User": ada,
        "Address": await factory.address(ada),
        "Checkout": checkout,
        "CheckoutLine": cart_line,
        "Delivery": delivery,
        "Order": order,
        "OrderLine": line,
        "Fulfillment": sent,
        "TransactionItem": payment,
        "GiftCard": card,
    }
    return {kind: to_global(kind, row.id) for kind, row in rows.items()}


@pytest.mark.parametrize("name", FIELDS)
async def test_strangers_find_nothing_and_change_nothing(
    client: Client, market: Market, adas: dict[str, str], name: str
) -> None:
    field, factory = FIELDS[name], market.factory
    variant = await market.variant(stock=50)
    bob, clerk = await factory.user(), await factory.staff([])
    strangers = {
        "guest": (client, await market.checkout((variant, 1))),
        "customer": (await client.as_user(bob), await market.checkout((variant, 1), user=bob)),
        "clerk": (await client.as_user(clerk), await market.checkout((variant, 1), user=clerk)),
    }
    before = await whole(factory)

    let_in = {}
    for who, (stranger, own) in strangers.items():
        known = sound(variant)
        if name.startswith("checkout"):
            known["id"] = to_global("Checkout", own.id)
        for path, kind, one in tries(field, adas):
            answer = await stranger.ask(
                field.document, **placed(field.minimal(known), path, one, field, known)
            )
            if not is_refusal(answer):
                let_in[who, ".".join(map(str, path)), kind] = answer["data"]

    assert let_in == {}
    assert await whole(factory) == before


def tries(field: RootField, ids: dict[str, str]) -> Iterator[tuple[Path, str, str]]:
    for path, _, place in field.places():
        for kind, one in ids.items():
            if place.name == "ID":
                yield path, kind, one
            elif place.name == "UUID":
                yield path, kind, split(one)[1]


def is_refusal(answer: dict[str, Any]) -> bool:
    """Whether nothing was given: an error, a null, an empty list, or a payload with errors."""
    if answer.get("errors"):
        return True
    (given,) = answer["data"].values()
    return not given or bool(given.get("errors")) or given.get("totalCount") == 0


async def whole(factory: Factory) -> dict[str, str | None]:
    """Every table, as a digest of its rows."""
    tables = await factory.fetch(
        "select tablename from pg_tables where schemaname = 'public' order by tablename"
    )
    names = [row.tablename for row in tables if row.tablename not in NOT_COMPARED]
    digest = "select '{0}' as name, md5(string_agg(t::text, '|' order by t::text)) as digest from {0} as t"
    rows = await factory.fetch(" union all ".join(digest.format(name) for name in names))
    return {row.name: row.digest for row in rows}


@pytest.mark.parametrize("name", OPEN_TO_THE_OWNER)
async def test_the_same_question_is_answered_for_the_owner(
    client: Client, factory: Factory, market: Market, adas: dict[str, str], name: str
) -> None:
    field, one = FIELDS[name], adas[OPEN_TO_THE_OWNER[name]]
    (row,) = await factory.fetch("select * from users where email = 'ada@example.com'")
    known = sound(await market.variant(stock=50))

    answer = await (await client.as_user(row)).ask(
        field.document, **placed(field.minimal(known), ("id",), one, field, known)
    )

    assert not is_refusal(answer), answer


def sound(variant: AnyRow) -> dict[str, Any]:
    """Values that are good in themselves, so that an id alone is what can be wrong."""
    return {
        "channel": "web",
        "paymentGateway": {"id": "matvis.dummy"},
        "email": "somebody@example.com",
        "shippingAddress": HOME,
        "billingAddress": HOME,
        "key": "k",
        "value": "v",
        "lines": [{"quantity": 1, "variantId": to_global("ProductVariant", variant.id)}],
    }
