"""What staff says of payments, through the API."""

from typing import Any

import pytest

from domain.access import Permission
from schema.ids import to_global
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.markets import Market
from tests.promising import breaches

AMOUNTS = """
    authorizedAmount { amount } chargedAmount { amount } chargePendingAmount { amount }
    refundedAmount { amount } refundPendingAmount { amount } canceledAmount { amount }
"""
ITEM = f"id name message pspReference externalUrl actions {AMOUNTS} metadata {{ key value }}"
CREATE = f"""
mutation ($id: ID!, $transaction: TransactionCreateInput!, $event: TransactionEventInput) {{
  transactionCreate(id: $id, transaction: $transaction, transactionEvent: $event) {{
    transaction {{
      {ITEM} createdBy {{ ... on User {{ email }} }}
      events {{ type amount {{ amount }} pspReference message }}
    }}
    errors {{ field code }}
  }}
}}
"""
UPDATE = f"""
mutation ($id: ID, $transaction: TransactionUpdateInput, $event: TransactionEventInput) {{
  transactionUpdate(id: $id, transaction: $transaction, transactionEvent: $event) {{
    transaction {{ {ITEM} }} errors {{ field code }}
  }}
}}
"""
REPORT = f"""
mutation (
  $id: ID, $type: TransactionEventTypeEnum!, $amount: PositiveDecimal, $reference: String!, $time: DateTime,
  $actions: [TransactionActionEnum!]
) {{
  transactionEventReport(
    id: $id, type: $type, amount: $amount, pspReference: $reference, time: $time, availableActions: $actions
  ) {{
    alreadyProcessed transactionEvent {{ type amount {{ amount }} }}
    transaction {{ {ITEM} }} errors {{ field code }}
  }}
}}
"""
REQUEST = f"""
mutation ($id: ID, $action: TransactionActionEnum!, $amount: PositiveDecimal) {{
  transactionRequestAction(id: $id, actionType: $action, amount: $amount, refundReason: "Broken") {{
    transaction {{ {ITEM} events {{ type message }} }} errors {{ field code }}
  }}
}}
"""
PAY = """
mutation ($id: ID!) {
  transactionInitialize(id: $id, paymentGateway: { id: "matvis.dummy" }) { transaction { id } }
}
"""
COMPLETE = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code message } } }"
CHECKOUT = "query ($id: ID!) { checkout(id: $id) { chargeStatus authorizeStatus } }"
ORDER = """
query ($id: ID!) { order(id: $id) { chargeStatus authorizeStatus totalCharged { amount } events { type } } }
"""


def usd(amount: float) -> dict[str, object]:
    return {"currency": "USD", "amount": amount}


def amounts(told: dict[str, Any]) -> dict[str, float]:
    """Those that are not nothing."""
    return {
        name.removesuffix("Amount"): value["amount"]
        for name, value in told.items()
        if name.endswith("Amount") and value["amount"]
    }


@pytest.fixture
async def market(factory: Factory) -> Market:
    return await Market.open(factory, allow_unpaid_orders=False)


@pytest.fixture
async def checkout(market: Market) -> AnyRow:
    """A mug at 10 and its post: 15."""
    return await market.checkout((await market.variant(stock=5), 1))


@pytest.fixture
async def staff(client: Client) -> Client:
    return await client.as_staff([Permission.HANDLE_PAYMENTS, Permission.MANAGE_ORDERS])


def id_of(checkout: AnyRow) -> str:
    return to_global("Checkout", checkout.id)


async def create(staff: Client, checkout: AnyRow, **said: Any) -> dict[str, Any]:
    answer = await staff.run(CREATE, id=id_of(checkout), transaction=said)
    told: dict[str, Any] = answer["transactionCreate"]
    return told


async def report(staff: Client, payment: str, kind: str, **said: Any) -> dict[str, Any]:
    answer = await staff.run(REPORT, id=payment, type=kind, **{"reference": "psp"} | said)
    told: dict[str, Any] = answer["transactionEventReport"]
    return told


async def test_a_payment_that_was_written_down_tells_what_was_said(staff: Client, checkout: AnyRow) -> None:
    said = {
        "name": "Bank transfer",
        "message": "Seen on the account",
        "pspReference": "psp-1",
        "externalUrl": "https://bank.test/1",
        "availableActions": ["REFUND"],
        "amountCharged": usd(15),
        "amountRefunded": usd(2),
        "metadata": [{"key": "iban", "value": "XX"}],
    }
    event = {"pspReference": "note", "message": "By phone"}

    answer = await staff.run(CREATE, id=id_of(checkout), transaction=said, event=event)

    told = answer["transactionCreate"]["transaction"]
    assert answer["transactionCreate"]["errors"] == []
    assert (told["name"], told["message"], told["pspReference"]) == (
        "Bank transfer",
        "Seen on the account",
        "psp-1",
    )
    assert (told["externalUrl"], told["actions"]) == ("https://bank.test/1", ["REFUND"])
    assert told["metadata"] == [{"key": "iban", "value": "XX"}]
    assert told["createdBy"]["email"].endswith("@example.com")
    assert amounts(told) == {"charged": 15, "refunded": 2}
    assert [(one["type"], one["amount"]["amount"], one["pspReference"]) for one in told["events"]] == [
        ("INFO", 0, "note"),
        ("CHARGE_SUCCESS", 17, "psp-1"),
        ("REFUND_SUCCESS", 2, "psp-1"),
    ]


async def test_a_checkout_that_was_paid_elsewhere_becomes_a_paid_order(
    client: Client, staff: Client, checkout: AnyRow
) -> None:
    await create(staff, checkout, amountAuthorized=usd(5))
    partly = await client.run(CHECKOUT, id=id_of(checkout))
    await create(staff, checkout, amountCharged=usd(10))
    wholly = await client.run(CHECKOUT, id=id_of(checkout))

    placed = await client.run(COMPLETE, id=id_of(checkout))

    order_id = placed["checkoutComplete"]["order"]["id"]
    order = (await staff.run(ORDER, id=order_id))["order"]
    assert partly == {"checkout": {"chargeStatus": "NONE", "authorizeStatus": "PARTIAL"}}
    assert wholly == {"checkout": {"chargeStatus": "PARTIAL", "authorizeStatus": "FULL"}}
    assert (order["chargeStatus"], order["authorizeStatus"]) == ("PARTIAL", "FULL")
    assert order["totalCharged"]["amount"] == 10


async def test_the_goods_are_held_once_there_is_money(
    staff: Client, checkout: AnyRow, factory: Factory
) -> None:
    await create(staff, checkout, amountCharged=usd(15))

    assert await factory.value("select sum(quantity) from reservations") == 1


async def test_a_payment_says_how_it_stands_now(staff: Client, checkout: AnyRow) -> None:
    made = await create(staff, checkout, name="Card", amountAuthorized=usd(15), pspReference="psp-1")
    payment = made["transaction"]["id"]

    answer = await staff.run(
        UPDATE, id=payment, transaction={"amountAuthorized": usd(0), "amountCharged": usd(15)}
    )
    again = await staff.run(UPDATE, id=payment, transaction={"message": "Done"})

    told = answer["transactionUpdate"]["transaction"]
    assert amounts(told) == {"charged": 15}
    assert (told["name"], told["pspReference"]) == ("Card", "psp-1")
    assert amounts(again["transactionUpdate"]["transaction"]) == {"charged": 15}
    assert again["transactionUpdate"]["transaction"]["message"] == "Done"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (
            {"amountCharged": {"currency": "EUR", "amount": 1}},
            {"field": "amountCharged", "code": "INCORRECT_CURRENCY"},
        ),
        ({"pspReference": "known"}, {"field": "pspReference", "code": "UNIQUE"}),
    ],
)
async def test_what_cannot_be_is_not_written_down(
    staff: Client, checkout: AnyRow, factory: Factory, *, said: dict[str, Any], error: dict[str, str]
) -> None:
    await create(staff, checkout, pspReference="known")

    told = await create(staff, checkout, **said)

    assert told == {"transaction": None, "errors": [error]}
    assert await factory.value("select count(*) from transactions") == 1


async def test_a_report_counts_once_however_often_it_is_made(staff: Client, checkout: AnyRow) -> None:
    payment = (await create(staff, checkout))["transaction"]["id"]

    first = await report(staff, payment, "CHARGE_SUCCESS", amount=15, actions=["REFUND"])
    again = await report(staff, payment, "CHARGE_SUCCESS", amount=15)
    other = await report(staff, payment, "CHARGE_SUCCESS", amount=14)

    assert (first["alreadyProcessed"], again["alreadyProcessed"]) == (False, True)
    assert amounts(again["transaction"]) == {"charged": 15}
    assert again["transaction"]["actions"] == ["REFUND"]
    assert (other["transaction"], other["errors"][0]["code"]) == (None, "INCORRECT_DETAILS")


async def test_reports_may_come_late_and_in_any_order(staff: Client, checkout: AnyRow) -> None:
    payment = (await create(staff, checkout))["transaction"]["id"]

    await report(staff, payment, "CHARGE_FAILURE", amount=15, time="2026-01-01T12:05:00Z")
    failed = await report(staff, payment, "CHARGE_SUCCESS", amount=15, time="2026-01-01T12:00:00Z")

    assert amounts(failed["transaction"]) == {}


async def test_no_more_goes_back_than_was_reported_as_charged(
    staff: Client, checkout: AnyRow, factory: Factory
) -> None:
    payment = (await create(staff, checkout))["transaction"]["id"]
    await report(staff, payment, "CHARGE_SUCCESS", amount=15)

    more = await report(staff, payment, "REFUND_SUCCESS", amount=15.01)
    all_of_it = await report(staff, payment, "REFUND_SUCCESS", amount=15)

    assert more["errors"] == [{"field": "amount", "code": "INCORRECT_DETAILS"}]
    assert amounts(all_of_it["transaction"]) == {"refunded": 15}
    assert await breaches(factory) == {}


async def test_what_takes_back_needs_no_amount_of_its_own(staff: Client, checkout: AnyRow) -> None:
    payment = (await create(staff, checkout))["transaction"]["id"]
    await report(staff, payment, "CHARGE_SUCCESS", amount=15)

    back = await report(staff, payment, "CHARGE_BACK")
    unknown = await report(staff, payment, "CHARGE_FAILURE", reference="other")

    assert back["transactionEvent"] == {"type": "CHARGE_BACK", "amount": {"amount": 15}}
    assert amounts(back["transaction"]) == {}
    assert unknown["errors"] == [{"field": "amount", "code": "REQUIRED"}]


async def test_a_payment_is_promised_once(staff: Client, checkout: AnyRow) -> None:
    payment = (await create(staff, checkout))["transaction"]["id"]
    await report(staff, payment, "AUTHORIZATION_SUCCESS", amount=15)

    second = await report(staff, payment, "AUTHORIZATION_SUCCESS", amount=5, reference="other")
    adjusted = await report(staff, payment, "AUTHORIZATION_ADJUSTMENT", amount=5, reference="other")

    assert second["errors"] == [{"field": "pspReference", "code": "ALREADY_EXISTS"}]
    assert amounts(adjusted["transaction"]) == {"authorized": 5}


async def test_a_late_payment_settles_the_order(
    client: Client, staff: Client, factory: Factory, market: Market
) -> None:
    await factory.fetch("update channels set allow_unpaid_orders = true")
    checkout = await market.checkout((await market.variant(stock=5), 1))
    placed = await client.run(COMPLETE, id=id_of(checkout))
    order_id = placed["checkoutComplete"]["order"]["id"]
    made = await staff.run(CREATE, id=order_id, transaction={"name": "Bank transfer"})
    payment = made["transactionCreate"]["transaction"]["id"]

    seen = []
    for amount in (10, 5, 1):
        await report(staff, payment, "CHARGE_SUCCESS", amount=amount, reference=f"psp-{amount}")
        seen.append((await staff.run(ORDER, id=order_id))["order"])

    assert [order["chargeStatus"] for order in seen] == ["PARTIAL", "FULL", "OVERCHARGED"]
    assert [one["type"] for one in seen[-1]["events"]].count("ORDER_FULLY_PAID") == 1


async def test_the_gateway_gives_back_what_it_is_asked_for_and_no_more(
    client: Client, staff: Client, checkout: AnyRow
) -> None:
    paid = await client.run(PAY, id=id_of(checkout))
    payment = paid["transactionInitialize"]["transaction"]["id"]

    part = (await staff.run(REQUEST, id=payment, action="REFUND", amount=5))["transactionRequestAction"]
    more = (await staff.run(REQUEST, id=payment, action="REFUND", amount=11))["transactionRequestAction"]
    rest = (await staff.run(REQUEST, id=payment, action="REFUND"))["transactionRequestAction"]
    none = (await staff.run(REQUEST, id=payment, action="CHARGE"))["transactionRequestAction"]

    assert amounts(part["transaction"]) == {"charged": 10, "refunded": 5}
    assert {"type": "REFUND_REQUEST", "message": "Broken"} in part["transaction"]["events"]
    assert more == {"transaction": None, "errors": [{"field": "amount", "code": "INVALID"}]}
    assert amounts(rest["transaction"]) == {"refunded": 15}
    assert none["errors"] == [{"field": "amount", "code": "INVALID"}]


async def test_nobody_can_be_asked_about_what_was_written_down(staff: Client, checkout: AnyRow) -> None:
    payment = (await create(staff, checkout, amountCharged=usd(15)))["transaction"]["id"]

    answer = await staff.run(REQUEST, id=payment, action="REFUND")

    assert answer["transactionRequestAction"]["errors"] == [
        {"field": "id", "code": "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK"}
    ]


async def test_a_gateway_speaks_for_its_own_payments(client: Client, staff: Client, checkout: AnyRow) -> None:
    paid = await client.run(PAY, id=id_of(checkout))
    payment = paid["transactionInitialize"]["transaction"]["id"]

    answer = await staff.run(UPDATE, id=payment, transaction={"amountCharged": usd(1)})

    assert answer["transactionUpdate"]["errors"] == [{"field": "id", "code": "INVALID"}]


async def test_all_of_it_needs_the_permission(client: Client, checkout: AnyRow) -> None:
    clerk = await client.as_staff([Permission.MANAGE_ORDERS])
    payment = to_global("TransactionItem", checkout.id)

    told = [
        await clerk.refused(CREATE, id=id_of(checkout), transaction={}),
        await clerk.refused(UPDATE, id=payment),
        await clerk.refused(REPORT, id=payment, type="INFO", reference="psp"),
        await clerk.refused(REQUEST, id=payment, action="REFUND"),
    ]

    assert told == [["PERMISSION_DENIED"]] * 4


async def test_what_is_not_there_is_not_found(staff: Client, checkout: AnyRow) -> None:
    payment = to_global("TransactionItem", checkout.id)
    unknown = to_global("Order", checkout.id)

    created = await staff.run(CREATE, id=unknown, transaction={})
    updated = await staff.run(UPDATE, id=payment, transaction={})
    reported = await report(staff, payment, "INFO")
    requested = await staff.run(REQUEST, id=payment, action="REFUND")

    told = [
        created["transactionCreate"],
        updated["transactionUpdate"],
        reported,
        requested["transactionRequestAction"],
    ]
    assert [one["errors"] for one in told] == [[{"field": "id", "code": "NOT_FOUND"}]] * 4
