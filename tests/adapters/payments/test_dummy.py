"""The gateway that does as it is told."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.payments.dummy import DummyGateway
from adapters.payments.gateway import Instruction, Opening, Session
from adapters.payments.registry import Gateways
from domain.payments import Action, Flow

SESSION = Session("key", UUID(int=1), Flow.CHARGE, Decimal(30), "USD")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (None, "CHARGE_SUCCESS"),
        ({}, "CHARGE_SUCCESS"),
        ({"event": {"type": "CHARGE_SUCCESS"}}, "CHARGE_SUCCESS"),
        ({"event": {"type": "CHARGE_FAILURE"}}, "CHARGE_FAILURE"),
        ({"event": {"type": "CHARGE_REQUEST"}}, "CHARGE_REQUEST"),
        ({"event": {"type": "CHARGE_ACTION_REQUIRED"}}, "CHARGE_ACTION_REQUIRED"),
        ({"event": {"type": "AUTHORIZATION_SUCCESS"}}, "AUTHORIZATION_SUCCESS"),
        ({"event": {"type": "REFUND_SUCCESS"}}, "CHARGE_FAILURE"),
        ({"card": "4242 4242 4242 4242"}, "CHARGE_SUCCESS"),
        ({"card": "4000000000000002"}, "CHARGE_FAILURE"),
        ({"card": "4000000000003220"}, "CHARGE_ACTION_REQUIRED"),
        ({"card": "4000000000000259"}, "CHARGE_REQUEST"),
        ({"card": "1"}, "CHARGE_FAILURE"),
    ],
)
async def test_the_data_says_what_becomes_of_the_payment(data: Any, kind: str) -> None:
    outcome = await DummyGateway().process(replace(SESSION, data=data))

    assert (outcome.kind.value, outcome.amount) == (kind, Decimal(30))


async def test_the_same_key_is_answered_alike_and_another_key_by_another_reference() -> None:
    first = await DummyGateway().process(SESSION)
    again = await DummyGateway().process(SESSION)
    other = await DummyGateway().process(replace(SESSION, idempotency_key="other"))

    assert first == again
    assert first.reference != other.reference


async def test_a_payment_keeps_its_reference_over_its_steps() -> None:
    first = await DummyGateway().process(replace(SESSION, data={"card": "4000000000003220"}))
    second = await DummyGateway().process(
        replace(SESSION, idempotency_key="second", reference=first.reference)
    )

    assert (first.reference, second.kind.value) == (second.reference, "CHARGE_SUCCESS")


async def test_a_reference_can_be_left_out() -> None:
    data = {"event": {"type": "CHARGE_SUCCESS", "includePspReference": False}}

    assert (await DummyGateway().process(replace(SESSION, data=data))).reference == ""


async def test_a_standing_payment_can_be_refunded() -> None:
    done = await DummyGateway().act(Instruction("key", Action.REFUND, Decimal(3), "USD", "dummy-1"))

    assert (done.kind.value, done.amount) == ("REFUND_SUCCESS", Decimal(3))


async def test_its_form_is_told_the_cards_and_the_amount() -> None:
    told = await DummyGateway().initialize(Opening(Decimal("30.50"), "USD"))

    assert (told["amount"], told["currency"], len(told["cards"])) == ("30.50", "USD", 4)


class OnlyEuros(DummyGateway):
    id = "euros"
    currencies = ("EUR",)  # type: ignore[assignment]  # the dummy takes any


def test_a_gateway_is_offered_where_it_is_named_and_takes_the_currency() -> None:
    gateways = Gateways([DummyGateway(), OnlyEuros()])

    assert [one.id for one in gateways.offered(["euros", "gone", "matvis.dummy"], "EUR")] == [
        "euros",
        "matvis.dummy",
    ]
    assert [one.id for one in gateways.offered(["euros", "matvis.dummy"], "USD")] == ["matvis.dummy"]
    assert gateways.find("gone") is None
