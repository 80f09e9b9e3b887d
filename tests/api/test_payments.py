"""Paying, through the API."""

from uuid import UUID

import pytest

from domain.access import Permission
from schema.ids import split, to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.statements import Statements

MONEY = "{ amount currency }"
ITEM = f"""
    id name pspReference message actions
    authorizedAmount {MONEY} authorizePendingAmount {MONEY} chargedAmount {MONEY} chargePendingAmount {MONEY}
    refundedAmount {MONEY} refundPendingAmount {MONEY} canceledAmount {MONEY} cancelPendingAmount {MONEY}
    events {{ type amount {MONEY} message pspReference externalUrl }}
    order {{ id }}
"""
ANSWER = f"""
    transaction {{ {ITEM} }}
    transactionEvent {{ type message idempotencyKey amount {MONEY} }}
    data
    errors {{ field code }}
"""
INITIALIZE = f"""
mutation (
  $id: ID!, $gateway: PaymentGatewayToInitialize!, $amount: PositiveDecimal,
  $action: TransactionFlowStrategyEnum, $key: String
) {{
  transactionInitialize(
    id: $id, paymentGateway: $gateway, amount: $amount, action: $action, idempotencyKey: $key
  ) {{ {ANSWER} }}
}}
"""
PROCESS = f"""
mutation ($id: ID, $token: UUID, $data: JSON) {{
  transactionProcess(id: $id, token: $token, data: $data) {{ {ANSWER} }}
}}
"""
OPEN = """
mutation ($id: ID!, $gateways: [PaymentGatewayToInitialize!]) {
  paymentGatewayInitialize(id: $id, paymentGateways: $gateways) {
    gatewayConfigs { id data errors { field code } } errors { field code }
  }
}
"""
SHORT = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, paymentGateway: { id: "matvis.dummy" }) {
    transaction { id } errors { field code message variants }
  }
}
"""
PAYMENTS = """
query ($id: ID!) { checkout(id: $id) { transactions { chargedAmount { amount } events { type } } } }
"""
MOVE = """
mutation ($id: ID!, $address: AddressInput!) {
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $address) { errors { field code message } }
}
"""
COMPLETE = """
mutation ($id: ID!) {
  checkoutComplete(id: $id) {
    order { chargeStatus shippingAddress { streetAddress1 } } errors { field code message }
  }
}
"""
DUMMY = {"id": "matvis.dummy"}
SIDE_STREET = {
    "firstName": "Ada",
    "lastName": "Byron",
    "streetAddress1": "2 Side Street",
    "city": "New York",
    "postalCode": "10001",
    "country": "US",
    "countryArea": "NY",
}


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """A mug at 10 and its post: 15."""
    return await market.checkout((await market.variant(stock=5), 1))


def id_of(checkout: AnyRow) -> str:
    return to_global("Checkout", checkout.id)


def event(kind: str) -> dict[str, object]:
    return DUMMY | {"data": {"event": {"type": kind, "includePspReference": True}}}


def usd(amount: float) -> dict[str, object]:
    return {"amount": amount, "currency": "USD"}


async def test_a_payment_tells_where_its_money_is(client: Client, checkout: AnyRow) -> None:
    answer = await client.run(INITIALIZE, id=id_of(checkout), gateway=event("CHARGE_SUCCESS"), key="1")

    told = answer["transactionInitialize"]
    reference = told["transaction"]["pspReference"]
    kind, _ = split(told["transaction"].pop("id"))
    assert kind == "TransactionItem"
    assert reference.startswith("dummy-")
    asked = {
        "type": "CHARGE_REQUEST",
        "amount": usd(15),
        "message": "",
        "pspReference": reference,
        "externalUrl": "",
    }
    assert told == {
        "transaction": {
            "name": "Dummy",
            "pspReference": reference,
            "message": "",
            "actions": ["REFUND"],
            "authorizedAmount": usd(0),
            "authorizePendingAmount": usd(0),
            "chargedAmount": usd(15),
            "chargePendingAmount": usd(0),
            "refundedAmount": usd(0),
            "refundPendingAmount": usd(0),
            "canceledAmount": usd(0),
            "cancelPendingAmount": usd(0),
            "events": [asked, asked | {"type": "CHARGE_SUCCESS"}],
            "order": None,
        },
        "transactionEvent": {
            "type": "CHARGE_SUCCESS",
            "message": "",
            "idempotencyKey": None,
            "amount": usd(15),
        },
        "data": None,
        "errors": [],
    }


@pytest.mark.parametrize(
    ("asked", "action", "actions"),
    [
        ("CHARGE_FAILURE", "CHARGE", []),
        ("CHARGE_REQUEST", "CHARGE", []),
        ("AUTHORIZATION_SUCCESS", "AUTHORIZATION", ["CHARGE", "CANCEL"]),
        ("AUTHORIZATION_SUCCESS", "CHARGE", ["CHARGE", "CANCEL"]),
        ("AUTHORIZATION_ACTION_REQUIRED", "AUTHORIZATION", []),
    ],
)
async def test_the_answer_is_the_gateways(
    client: Client, checkout: AnyRow, asked: str, action: str, actions: list[str]
) -> None:
    answer = await client.run(INITIALIZE, id=id_of(checkout), gateway=event(asked), action=action)

    told = answer["transactionInitialize"]
    assert (told["transactionEvent"]["type"], told["transaction"]["actions"]) == (asked, actions)
    assert told["errors"] == []


async def test_a_shopper_who_has_to_act_comes_back_with_transaction_process(
    client: Client, checkout: AnyRow
) -> None:
    begun = await client.run(
        INITIALIZE, id=id_of(checkout), gateway=DUMMY | {"data": {"card": "4000000000003220"}}
    )
    transaction = begun["transactionInitialize"]["transaction"]["id"]

    finished = await client.run(PROCESS, id=transaction, data={"result": "ok"})
    again = await client.run(PROCESS, token=split(transaction)[1])

    assert begun["transactionInitialize"]["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert begun["transactionInitialize"]["data"] == {"confirm": "transactionProcess"}
    assert finished["transactionProcess"]["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert finished["transactionProcess"]["transaction"]["chargedAmount"] == usd(15)
    assert again["transactionProcess"]["errors"] == [{"field": "id", "code": "TRANSACTION_ALREADY_PROCESSED"}]


async def test_a_checkout_that_changed_after_it_was_paid_is_completed_once_that_is_confirmed(
    client: Client, checkout: AnyRow
) -> None:
    paid = await client.run(INITIALIZE, id=id_of(checkout), gateway=DUMMY)
    payment = paid["transactionInitialize"]["transaction"]["id"]
    moved = await client.run(MOVE, id=id_of(checkout), address=SIDE_STREET)

    refused = await client.run(COMPLETE, id=id_of(checkout))
    confirmed = await client.run(PROCESS, id=payment)
    again = await client.run(PROCESS, id=payment)
    completed = await client.run(COMPLETE, id=id_of(checkout))

    assert moved["checkoutShippingAddressUpdate"] == {"errors": []}
    assert refused["checkoutComplete"]["order"] is None
    assert refused["checkoutComplete"]["errors"] == [
        {
            "field": None,
            "code": "PAYMENT_ERROR",
            "message": "The checkout is not what was paid for. Put it back as it was, or call "
            "transactionProcess for its payment, which is then for the checkout as it is now, or have the "
            "payment refunded or voided.",
        }
    ]
    assert confirmed["transactionProcess"]["errors"] == []
    assert confirmed["transactionProcess"]["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert confirmed["transactionProcess"]["transaction"]["chargedAmount"] == usd(15)
    assert len(confirmed["transactionProcess"]["transaction"]["events"]) == 2
    assert again["transactionProcess"]["errors"] == [{"field": "id", "code": "TRANSACTION_ALREADY_PROCESSED"}]
    assert completed["checkoutComplete"] == {
        "order": {"chargeStatus": "FULL", "shippingAddress": {"streetAddress1": "2 Side Street"}},
        "errors": [],
    }


async def test_the_same_key_gives_the_same_answer(client: Client, checkout: AnyRow) -> None:
    wish = {"id": id_of(checkout), "gateway": event("CHARGE_ACTION_REQUIRED"), "key": "1"}

    first = await client.run(INITIALIZE, **wish)
    again = await client.run(INITIALIZE, **wish)
    other = await client.run(INITIALIZE, **wish | {"amount": "3.5"})

    assert again == first
    assert other["transactionInitialize"]["errors"] == [{"field": "idempotencyKey", "code": "UNIQUE"}]


async def test_too_few_units_name_their_variants(client: Client, market: Market) -> None:
    gone = await market.variant(stock=0)
    checkout = await market.checkout((gone, 1))

    answer = await client.run(SHORT, id=id_of(checkout))

    assert answer["transactionInitialize"] == {
        "transaction": None,
        "errors": [
            {
                "field": None,
                "code": "INSUFFICIENT_STOCK",
                "message": "There is not enough stock: 1 wanted, 0 available.",
                "variants": [to_global("ProductVariant", gone.id)],
            }
        ],
    }


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"id": to_global("Checkout", UUID(int=1))}, {"field": "id", "code": "NOT_FOUND"}),
        ({"id": to_global("Product", 1)}, {"field": "id", "code": "INVALID"}),
        ({"id": to_global("Checkout", 1)}, {"field": "id", "code": "INVALID"}),
        ({"gateway": {"id": "another"}}, {"field": "paymentGateway", "code": "NOT_FOUND"}),
        ({"amount": 15.01}, {"field": "amount", "code": "INVALID"}),
        ({"amount": 0}, {"field": "amount", "code": "INVALID"}),
    ],
)
async def test_what_cannot_be_paid_is_refused(
    client: Client, factory: Factory, checkout: AnyRow, changed: dict[str, object], error: dict[str, str]
) -> None:
    answer = await client.run(INITIALIZE, **{"id": id_of(checkout), "gateway": DUMMY} | changed)

    assert answer["transactionInitialize"] == {
        "transaction": None,
        "transactionEvent": None,
        "data": None,
        "errors": [error],
    }
    assert await factory.value("select count(*) from transactions") == 0


async def test_a_payment_that_does_not_exist_is_not_found(client: Client) -> None:
    answer = await client.run(PROCESS, id=to_global("TransactionItem", UUID(int=1)))

    assert answer["transactionProcess"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


async def test_only_a_customer_and_staff_pay_for_the_customers_checkout(
    client: Client, factory: Factory, market: Market
) -> None:
    customer, mug = await factory.user(), await market.variant()
    checkout = await market.checkout((mug, 1), user=customer)
    part = {"id": id_of(checkout), "gateway": DUMMY, "amount": 1}

    guest = await client.run(INITIALIZE, **part)
    stranger = await (await client.as_user(await factory.user())).run(INITIALIZE, **part)
    owner = await (await client.as_user(customer)).run(INITIALIZE, **part)
    staff = await (await client.as_staff([Permission.HANDLE_PAYMENTS])).run(INITIALIZE, **part)

    missing = [{"field": "id", "code": "NOT_FOUND"}]
    errors = [one["transactionInitialize"]["errors"] for one in (guest, stranger, owner, staff)]
    assert errors == [missing, missing, [], []]


async def test_gateways_tell_what_their_forms_begin_with(client: Client, checkout: AnyRow) -> None:
    every = await client.run(OPEN, id=id_of(checkout))
    some = await client.run(OPEN, id=id_of(checkout), gateways=[{"id": "another"}])

    (config,) = every["paymentGatewayInitialize"]["gatewayConfigs"]
    assert (config["id"], config["errors"]) == ("matvis.dummy", [])
    assert (config["data"]["amount"], config["data"]["currency"]) == ("15.00", "USD")
    assert some["paymentGatewayInitialize"] == {
        "gatewayConfigs": [{"id": "another", "data": None, "errors": [{"field": "id", "code": "NOT_FOUND"}]}],
        "errors": [],
    }


async def test_gateways_are_not_asked_about_nothing(client: Client) -> None:
    answer = await client.run(OPEN, id=to_global("Checkout", UUID(int=1)))

    assert answer["paymentGatewayInitialize"] == {
        "gatewayConfigs": None,
        "errors": [{"field": "id", "code": "NOT_FOUND"}],
    }


@pytest.mark.parametrize("rows", [1, 50])
async def test_paying_costs_the_same_for_any_number_of_lines(
    client: Client, market: Market, statements: Statements, rows: int
) -> None:
    lines = [(await market.variant(), 1) for _ in range(rows)]
    checkout = await market.checkout(*lines)

    async with statements.recording() as sent:
        answer = await client.run(INITIALIZE, id=id_of(checkout), gateway=DUMMY)

    assert answer["transactionInitialize"]["transaction"]["chargedAmount"] == usd(5 + 10 * rows)
    assert len(sent) == 33


@pytest.mark.parametrize("rows", [1, 50])
async def test_any_number_of_payments_is_shown_for_three_statements(
    client: Client, market: Market, statements: Statements, rows: int
) -> None:
    checkout = await market.checkout((await market.variant(), 1))
    for _ in range(rows):
        await market.pay(checkout, charged="1")

    async with statements.recording() as sent:
        answer = await client.run(PAYMENTS, id=id_of(checkout))

    shown = {"chargedAmount": {"amount": 1.0}, "events": [{"type": "CHARGE_SUCCESS"}]}
    assert answer == {"checkout": {"transactions": [shown] * rows}}
    assert len(sent) == 3
