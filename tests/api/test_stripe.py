"""Paying with Stripe, through the API: by the fake, and by Stripe's test mode where its keys are at hand."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from commands.completing import complete
from commands.payments.sweeping import sweep
from domain.access import GUEST
from schema.ids import split, to_global
from server.settings import Settings
from tests.clients import Client
from tests.factory import AnyRow, Factory
from tests.fakes.stripe import signed
from tests.fakes.stripe_money import Thing
from tests.fakes.stripe_places import Place, faked, test_mode
from tests.markets import Market
from tests.worlds import Clock

ANSWER = """
    transaction { id chargedAmount { amount } authorizedAmount { amount } actions }
    transactionEvent { type message }
    data
    errors { field code }
"""
OPEN = """
mutation ($id: ID!) {
  paymentGatewayInitialize(id: $id, paymentGateways: [{ id: "stripe" }]) { gatewayConfigs { id data } }
}
"""
BEGIN = f"""
mutation ($id: ID!, $action: TransactionFlowStrategyEnum, $key: String) {{
  transactionInitialize(
    id: $id, paymentGateway: {{ id: "stripe" }}, action: $action, idempotencyKey: $key
  ) {{ {ANSWER} }}
}}
"""
PROCESS = f"mutation ($id: ID!) {{ transactionProcess(id: $id) {{ {ANSWER} }} }}"
COMPLETE = """
mutation ($id: ID!) { checkoutComplete(id: $id) { order { chargeStatus authorizeStatus } errors { code } } }
"""
ACT = """
mutation ($id: ID!, $action: TransactionActionEnum!, $amount: PositiveDecimal) {
  transactionRequestAction(id: $id, actionType: $action, amount: $amount) {
    transaction { actions events { type } } errors { field code }
  }
}
"""
GATEWAYS = "query ($id: ID!) { checkout(id: $id) { availablePaymentGateways { id config { field value } } } }"
LATER = {"action": "AUTHORIZATION"}


@pytest.fixture(params=["fake", "test mode"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            _, found = await stack.enter_async_context(faked())
        else:
            found = Place(replace(test_mode(), channels=("web",)))
        yield found


@pytest.fixture
def settings(settings: Settings, place: Place) -> Settings:
    return settings.model_copy(update={"stripe_accounts": (place.account,)})


@pytest.fixture
async def checkout(factory: Factory) -> AnyRow:
    """A mug at 10 and its post: 15."""
    market = await Market.open(factory, allow_unpaid_orders=False)
    return await market.checkout((await market.variant(stock=5), 1))


async def begin(client: Client, checkout: AnyRow, **more: Any) -> Thing:
    answer = await client.run(BEGIN, id=to_global("Checkout", checkout.id), **more)
    begun: Thing = answer["transactionInitialize"]
    return begun


async def process(client: Client, begun: Thing) -> Thing:
    answer: Thing = (await client.run(PROCESS, id=begun["transaction"]["id"]))["transactionProcess"]
    return answer


async def hook(client: Client, event: Thing, **signing: Any) -> httpx2.Response:
    """Deliver an event as Stripe does."""
    body, headers = signed(event, **signing)
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        return await http.post("/webhooks/stripe", content=body, headers=headers)


async def hooks(client: Client, place: Place, begun: Thing) -> list[tuple[str, int]]:
    """Deliver all that has happened to the payment, in order; each kind with the answer's status."""
    return [(one["type"], (await hook(client, one)).status_code) for one in await place.events(begun["data"])]


async def amounts(factory: Factory) -> dict[str, float]:
    """Every amount of the one payment that is not nothing."""
    (row,) = await factory.fetch("select * from transactions")
    return {
        name.removesuffix("_amount"): float(value)
        for name, value in row.items()
        if name.endswith("_amount") and value
    }


async def test_a_channel_that_an_account_names_offers_it(
    client: Client, place: Place, checkout: AnyRow
) -> None:
    named = to_global("Checkout", checkout.id)

    offered = (await client.run(GATEWAYS, id=named))["checkout"]["availablePaymentGateways"]
    opened = await client.run(OPEN, id=named)

    key = place.account.publishable_key
    assert offered[1] == {"id": "stripe", "config": [{"field": "stripePublishableKey", "value": key}]}
    assert opened["paymentGatewayInitialize"]["gatewayConfigs"] == [
        {"id": "stripe", "data": {"stripePublishableKey": key, "amount": 1500, "currency": "usd"}}
    ]


async def test_a_payment_element_ends_in_a_paid_order(client: Client, place: Place, checkout: AnyRow) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], "pm_card_visa")
    paid = await process(client, begun)
    done = await client.run(COMPLETE, id=to_global("Checkout", checkout.id))

    assert begun["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert (paid["transactionEvent"]["type"], paid["transaction"]["chargedAmount"]) == (
        "CHARGE_SUCCESS",
        {"amount": 15.0},
    )
    assert done["checkoutComplete"] == {
        "order": {"chargeStatus": "FULL", "authorizeStatus": "FULL"},
        "errors": [],
    }


async def test_the_same_key_gives_the_same_form(client: Client, place: Place, checkout: AnyRow) -> None:
    first = await begin(client, checkout, key="1")
    await place.confirm(first["data"], "pm_card_visa_chargeDeclined")
    await hooks(client, place, first)

    again = await begin(client, checkout, key="1")

    assert again["data"] == first["data"]


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("pm_card_visa_chargeDeclined", "Your card was declined."),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
    ],
)
async def test_a_decline_is_a_failure_and_another_payment_may_follow(
    client: Client, place: Place, checkout: AnyRow, method: str, message: str
) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], method)

    declined = await process(client, begun)
    heard = await hooks(client, place, begun)
    second = await begin(client, checkout)

    assert declined["transactionEvent"] == {"type": "CHARGE_FAILURE", "message": message}
    assert {status for _, status in heard} == {200}
    assert second["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"


async def test_a_card_that_was_declined_in_the_form_may_be_followed_by_another_there(
    client: Client, place: Place, factory: Factory, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], "pm_card_visa_chargeDeclined")
    await hooks(client, place, begun)
    await place.confirm(begun["data"], "pm_card_visa")

    paid = await process(client, begun)
    await hooks(client, place, begun)

    assert paid["transactionEvent"]["type"] == "CHARGE_SUCCESS"
    assert await amounts(factory) == {"charged": 15}


async def test_three_d_secure_is_an_action(
    client: Client, place: Place, factory: Factory, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], "pm_card_threeDSecure2Required")

    asked = await process(client, begun)

    assert asked["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert asked["data"]["paymentIntent"] == begun["data"]["paymentIntent"] | {"status": "requires_action"}
    assert await amounts(factory) == {}


async def test_a_promise_is_captured_in_part_and_news_of_it_agree(
    client: Client, place: Place, factory: Factory, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout, **LATER)
    await place.confirm(begun["data"], "pm_card_visa")
    promised = await process(client, begun)
    captured = await place.capture(begun["data"], 1000)

    heard = await hooks(client, place, begun)

    assert promised["transactionEvent"]["type"] == "AUTHORIZATION_SUCCESS"
    assert promised["transaction"]["actions"] == ["CHARGE", "CANCEL"]
    assert (captured, {status for _, status in heard}) == (200, {200})
    assert await amounts(factory) == {"charged": 10, "canceled": 5}


async def test_what_was_promised_for_nothing_is_let_go_of(
    client: Client, place: Place, factory: Factory, clock: Clock, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout, **LATER)
    await place.confirm(begun["data"], "pm_card_visa")
    await process(client, begun)
    clock.forward(hours=25)

    await sweep(client.shop)
    swept = await amounts(factory)
    await hooks(client, place, begun)

    assert (await place.intent(begun["data"]))["status"] == "canceled"
    assert swept == await amounts(factory) == {"canceled": 15}


async def test_what_was_paid_for_nothing_is_given_back(
    client: Client, place: Place, factory: Factory, clock: Clock, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], "pm_card_visa")
    await process(client, begun)
    clock.forward(hours=25)

    await sweep(client.shop)
    swept = await amounts(factory)
    await hooks(client, place, begun)

    assert swept == await amounts(factory) == {"refunded": 15}


async def test_a_shopper_who_vanished_has_paid_all_the_same(
    client: Client, place: Place, factory: Factory, checkout: AnyRow
) -> None:
    begun = await begin(client, checkout)
    await place.confirm(begun["data"], "pm_card_visa")

    await hooks(client, place, begun)
    late = await process(client, begun)
    order = await complete(client.shop, GUEST, checkout.id)

    assert late["errors"] == [{"field": "id", "code": "TRANSACTION_ALREADY_PROCESSED"}]
    assert await factory.value("select charge_status from orders where id = $1", order) == "FULL"
    assert split(begun["transaction"]["id"])[0] == "TransactionItem"


@pytest.mark.parametrize(
    ("begun_with", "asked", "events", "left"),
    [
        (LATER, ("CHARGE", "15"), ["CHARGE_REQUEST", "CHARGE_SUCCESS"], {"charged": 15}),
        (
            LATER,
            ("CHARGE", "10"),
            ["CHARGE_REQUEST", "CHARGE_SUCCESS", "CANCEL_SUCCESS"],
            {"charged": 10, "canceled": 5},
        ),
        (LATER, ("CANCEL", None), ["CANCEL_REQUEST", "CANCEL_SUCCESS"], {"canceled": 15}),
        ({}, ("REFUND", None), ["REFUND_REQUEST", "REFUND_SUCCESS"], {"refunded": 15}),
        ({}, ("REFUND", "2.50"), ["REFUND_REQUEST", "REFUND_SUCCESS"], {"refunded": 2.5, "charged": 12.5}),
    ],
)
async def test_staff_captures_voids_and_refunds(
    client: Client,
    place: Place,
    factory: Factory,
    checkout: AnyRow,
    *,
    begun_with: dict[str, str],
    asked: tuple[str, str | None],
    events: list[str],
    left: dict[str, float],
) -> None:
    begun = await begin(client, checkout, **begun_with)
    await place.confirm(begun["data"], "pm_card_visa")
    await process(client, begun)
    staff = await client.as_staff()

    answer = await staff.run(ACT, id=begun["transaction"]["id"], action=asked[0], amount=asked[1])
    answered = await amounts(factory)
    heard = await hooks(client, place, begun)

    done = answer["transactionRequestAction"]
    assert done["errors"] == []
    assert sorted(event["type"] for event in done["transaction"]["events"][3:]) == sorted(events)
    assert {status for _, status in heard} == {200}
    assert answered == await amounts(factory) == left
