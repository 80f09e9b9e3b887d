"""A shopper's whole path, from registration to a paid order, by a public client that knows nothing of us."""

import asyncio
from collections.abc import Callable
from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from server.asgi import create_app
from server.settings import Settings
from tests.factory import Factory
from tests.live.sockets import Server
from tests.running import running
from tests.statements import Statements
from tests.worlds import CheapMail

EMAIL, PASSWORD = "ada@example.com", "engine-of-analysis-1843"
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress1": "1 Main Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}

REGISTER = """
mutation ($input: AccountRegisterInput!) {
  accountRegister(input: $input) { errors { field code message } }
}
"""
CONFIRM = """
mutation ($email: String!, $token: String!) {
  confirmAccount(email: $email, token: $token) { user { email } errors { code } }
}
"""
LOG_IN = """
mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token refreshToken user { email } errors { code } }
}
"""
FIND = """
query ($channel: String!) {
  products(first: 5, channel: $channel, filter: { search: "mug" }) {
    edges {
      node { name productVariants(first: 1) { edges { node { id pricing { price { gross { amount } } } } } } }
    }
  }
}
"""
CART = "id totalPrice { gross { amount currency } } lines { id quantity }"
CREATE = f"""
mutation ($input: CheckoutCreateInput!) {{
  checkoutCreate(input: $input) {{ checkout {{ {CART} }} errors {{ field code message }} }}
}}
"""
OPTIONS = """
mutation ($id: ID!) {
  deliveryOptionsCalculate(id: $id) {
    deliveries { id shippingMethod { name price { amount } } } errors { code }
  }
}
"""
DELIVER = f"""
mutation ($id: ID!, $delivery: ID!) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $delivery) {{
    checkout {{ {CART} delivery {{ shippingMethod {{ name }} }} }} errors {{ field code message }}
  }}
}}
"""
CODE = f"""
mutation ($id: ID!, $code: String!) {{
  checkoutAddPromoCode(checkoutId: $id, promoCode: $code) {{
    checkout {{ {CART} discount {{ amount }} }} errors {{ field code message }}
  }}
}}
"""
GATEWAYS = """
mutation ($id: ID!) {
  paymentGatewayInitialize(id: $id) { gatewayConfigs { id errors { code } } errors { code } }
}
"""
PAY = """
mutation ($id: ID!, $gateway: PaymentGatewayToInitialize!) {
  transactionInitialize(id: $id, action: CHARGE, paymentGateway: $gateway) {
    transaction { id } transactionEvent { type message } errors { field code message }
  }
}
"""
COMPLETE = """
mutation ($id: ID!) {
  checkoutComplete(id: $id) {
    order {
      id number status isPaid chargeStatus total { gross { amount currency } } lines { productName quantity }
    }
    errors { field code message }
  }
}
"""
HISTORY = "{ me { orders(first: 5) { edges { node { number total { gross { amount } } } } } } }"
WATCH = "subscription ($id: ID!) { checkoutUpdated(id: $id) { id totalPrice { gross { amount } } } }"


async def furnish(factory: Factory) -> None:
    """A shop with a mug at 12.50, 8 % tax on top, delivery for 5.00, and a code that takes off a tenth."""
    channel = await factory.channel("web", "USD", "US", prices_entered_with_tax=False)
    await factory.tax_rate("US", "0.08")
    zone = await factory.shipping_zone(channel, countries=["US"])
    await factory.shipping_method(zone, channel, "5", name="By post")
    warehouse = await factory.warehouse(channel, zones=[zone])
    await factory.variant(
        await factory.product(channel, name="Mug"), channel, price="12.50", stock=5, warehouse=warehouse
    )
    await factory.voucher(channel, "TENTH", "10", value_kind="PERCENTAGE")


class Shopper:
    """The public client, and the token it got."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.token: str | None = None

    async def send(self, document: str, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        transport = AIOHTTPTransport(url=f"{self.address}/graphql/", headers=headers)
        async with Client(transport=transport, fetch_schema_from_transport=True) as session:
            return await session.execute(GraphQLRequest(document, variable_values=variables))

    def watching(self) -> Client:
        return Client(transport=WebsocketsTransport(url=f"{self.address.replace('http', 'ws')}/graphql/"))


async def test_from_registration_to_a_paid_order(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, mail: CheapMail
) -> None:
    await furnish(factory)
    async with running(create_app(settings, open_test_shop)) as address:
        shopper = Shopper(address)

        registered = await shopper.send(
            REGISTER,
            input={
                "email": EMAIL,
                "password": PASSWORD,
                "redirectUrl": "http://shop.test/",
                "channel": "web",
            },
        )
        confirmed = await shopper.send(CONFIRM, email=EMAIL, token=mail.token())
        login = (await shopper.send(LOG_IN, email=EMAIL, password=PASSWORD))["tokenCreate"]
        shopper.token = login["token"]
        found = (await shopper.send(FIND, channel="web"))["products"]["edges"][0]["node"]
        variant = found["productVariants"]["edges"][0]["node"]
        cart = (
            await shopper.send(
                CREATE,
                input={
                    "channel": "web",
                    "email": EMAIL,
                    "lines": [{"variantId": variant["id"], "quantity": 2}],
                    "shippingAddress": ADDRESS,
                    "billingAddress": ADDRESS,
                },
            )
        )["checkoutCreate"]
        checkout_id = cart["checkout"]["id"]
        options = (await shopper.send(OPTIONS, id=checkout_id))["deliveryOptionsCalculate"]["deliveries"]
        delivered = (await shopper.send(DELIVER, id=checkout_id, delivery=options[0]["id"]))[
            "checkoutDeliveryMethodUpdate"
        ]
        coded = (await shopper.send(CODE, id=checkout_id, code="tenth"))["checkoutAddPromoCode"]
        gateways = (await shopper.send(GATEWAYS, id=checkout_id))["paymentGatewayInitialize"][
            "gatewayConfigs"
        ]
        paid = (
            await shopper.send(
                PAY,
                id=checkout_id,
                gateway={"id": gateways[0]["id"], "data": {"event": {"type": "CHARGE_SUCCESS"}}},
            )
        )["transactionInitialize"]
        completed = (await shopper.send(COMPLETE, id=checkout_id))["checkoutComplete"]
        history = (await shopper.send(HISTORY))["me"]["orders"]["edges"]

    assert registered["accountRegister"]["errors"] == []
    assert confirmed["confirmAccount"] == {"user": {"email": EMAIL}, "errors": []}
    assert login["user"] == {"email": EMAIL}
    assert found["name"] == "Mug"
    assert variant["pricing"]["price"]["gross"]["amount"] == 13.5
    assert cart["errors"] == []
    assert cart["checkout"]["totalPrice"]["gross"] == {"amount": 27.0, "currency": "USD"}
    assert [option["shippingMethod"] for option in options] == [{"name": "By post", "price": {"amount": 5.0}}]
    assert delivered["errors"] == []
    assert delivered["checkout"]["totalPrice"]["gross"]["amount"] == 32.4  # 25 and 5, and 8 % of each
    assert coded["checkout"]["discount"]["amount"] == 2.5
    assert coded["checkout"]["totalPrice"]["gross"]["amount"] == 29.7  # 22.50 and 5, and 8 % of each
    assert paid["errors"] == []
    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert completed["errors"] == []
    order = completed["order"]
    assert order["status"] == "UNFULFILLED"
    assert order["isPaid"] is True
    assert order["chargeStatus"] == "FULL"
    assert order["total"]["gross"] == {"amount": 29.7, "currency": "USD"}
    assert order["lines"] == [{"productName": "Mug", "quantity": 2}]
    assert history == [{"node": {"number": order["number"], "total": {"gross": {"amount": 29.7}}}}]
    assert await factory.value("select allocated from stocks") == 2


async def test_a_cart_is_watched_from_another_device(
    settings: Settings, open_test_shop: Callable[..., Any], factory: Factory, statements: Statements
) -> None:
    await furnish(factory)
    app = create_app(settings, open_test_shop)
    async with running(app) as address:
        server = Server(app, address, factory, statements)
        shopper = Shopper(address)
        found = await shopper.send(FIND, channel="web")
        variant = found["products"]["edges"][0]["node"]["productVariants"]["edges"][0]["node"]["id"]
        created = await shopper.send(
            CREATE, input={"channel": "web", "lines": [{"variantId": variant, "quantity": 2}]}
        )
        checkout_id = created["checkoutCreate"]["checkout"]["id"]

        await server.told()
        async with shopper.watching() as session:
            events = session.subscribe(GraphQLRequest(WATCH, variable_values={"id": checkout_id}))
            heard = asyncio.ensure_future(anext(events))
            await server.listeners(1)
            await shopper.send(CODE, id=checkout_id, code="TENTH")
            event = await asyncio.wait_for(heard, 10)
            await events.aclose()

    assert event == {"checkoutUpdated": {"id": checkout_id, "totalPrice": {"gross": {"amount": 24.3}}}}
