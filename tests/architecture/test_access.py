"""Who may call what: each root field is open to all for a reason, or refuses those it is not for."""

import json
from typing import Any
from uuid import UUID

import httpx2
import pytest
from graphql import GraphQLSchema

from schema.ids import to_global
from server.api import build_schema
from tests.clients import Client
from tests.factory import Factory
from tests.promises.walking import RootField, root_fields

SCHEMA: GraphQLSchema = build_schema().graphql
FIELDS: dict[str, RootField] = {
    name: field
    for operation in ("query", "mutation", "subscription")
    for name, field in root_fields(SCHEMA, operation).items()
}
CATALOGUE = "the shop window: what is not published is left out by whom it is shown to"
CART = "whoever holds the id of a guest's cart may use it; a customer's is that customer's"
OWN = "what is somebody's is theirs alone, and not there for others; tests/promises holds that"
LETTER = "the secret in the letter or the password says who it is"
PUBLIC = {
    **dict.fromkeys(("categories", "category", "collection", "collections", "menu"), CATALOGUE),
    **dict.fromkeys(("page", "pages", "product", "productVariant", "products"), CATALOGUE),
    **dict.fromkeys(("productPriceChanged", "productUpdated", "productVariantStockChanged"), CATALOGUE),
    **dict.fromkeys(
        ("channel", "channels"), "a shop front has to find out where it is; inactive ones are hidden"
    ),
    "addressValidationRules": "what countries ask of addresses is no secret",
    "me": "null for a guest",
    **dict.fromkeys(("order", "orderEvents", "orderUpdated"), OWN),
    **dict.fromkeys(("updateMetadata", "deleteMetadata"), OWN),
    **dict.fromkeys(("checkout", "checkoutUpdated", "checkoutCreate", "checkoutComplete"), CART),
    **dict.fromkeys(("checkoutAddPromoCode", "checkoutRemovePromoCode", "checkoutEmailUpdate"), CART),
    **dict.fromkeys(("checkoutLinesAdd", "checkoutLinesUpdate", "checkoutLinesDelete"), CART),
    **dict.fromkeys(("checkoutCustomerNoteUpdate", "checkoutLanguageCodeUpdate"), CART),
    **dict.fromkeys(("checkoutShippingAddressUpdate", "checkoutBillingAddressUpdate"), CART),
    **dict.fromkeys(("deliveryOptionsCalculate", "checkoutDeliveryMethodUpdate"), CART),
    **dict.fromkeys(("paymentGatewayInitialize", "transactionInitialize", "transactionProcess"), CART),
    **dict.fromkeys(("accountRegister", "confirmAccount", "requestPasswordReset", "setPassword"), LETTER),
    **dict.fromkeys(("tokenCreate", "tokenRefresh", "tokenVerify"), LETTER),
}
"""Fields that refuse nobody as such, and why that is right."""
LOGIN = {
    *("address", "accountAddressCreate", "accountAddressDelete", "accountAddressUpdate"),
    *("accountSetDefaultAddress", "accountUpdate", "accountRequestDeletion", "accountDelete"),
    *("userAvatarUpdate", "userAvatarDelete"),
    *("requestEmailChange", "confirmEmailChange", "passwordChange", "tokensDeactivateAll"),
    *("checkoutCustomerAttach", "checkoutCustomerDetach"),
}
"""Fields for whoever is logged in."""
STAFF = {
    *("event", "events", "jobProgress", "ordersFeed", "stockAlerts"),
    *("updatePrivateMetadata", "deletePrivateMetadata"),
    *("transactionCreate", "transactionUpdate", "transactionEventReport", "transactionRequestAction"),
    *("app", "apps", "appCreate", "appUpdate", "appActivate", "appDeactivate"),
    *("appTokenCreate", "appTokenDelete", "channelUpdate"),
    *("orderGrantRefundCreate", "orderGrantRefundUpdate", "transactionRequestRefundForGrantedRefund"),
}
"""Fields that need a permission."""


def test_every_root_field_says_whom_it_is_for() -> None:
    assert sorted([*PUBLIC, *LOGIN, *STAFF]) == sorted(FIELDS)


@pytest.mark.parametrize("name", sorted(LOGIN | STAFF))
async def test_a_guest_is_refused(client: Client, name: str) -> None:
    assert await told(client, name) <= {"UNAUTHENTICATED", "PERMISSION_DENIED"}


@pytest.mark.parametrize("name", sorted(STAFF))
async def test_whoever_has_no_permission_is_refused(client: Client, factory: Factory, name: str) -> None:
    customer = await client.as_user(await factory.user())
    clerk = await client.as_staff([])

    assert [await told(one, name) for one in (customer, clerk)] == [{"PERMISSION_DENIED"}] * 2


async def told(client: Client, name: str) -> set[str]:
    """The codes with which the field answers values that are well-formed. There is at least one."""
    field = FIELDS[name]
    one = to_global("Checkout", UUID(int=1)) if name.startswith("checkout") else to_global("Address", 1)
    one = to_global("Job", 1) if name.startswith("job") else one
    known = {"id": one, "newEmail": "ada@example.com", "redirectUrl": "http://shop.test/"}
    variables = field.minimal(known)
    live = field.operation == "subscription"
    answer = await (streamed(client, field, variables) if live else client.ask(field.document, **variables))
    payload = (answer.get("data") or {}).get(name) or {}
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    codes |= {error["code"] for error in payload.get("errors", [])}
    assert codes, f"{name} refused nothing: {answer}"
    return codes


async def streamed(client: Client, field: RootField, variables: dict[str, Any]) -> dict[str, Any]:
    """The first answer on an event stream; a field that let the caller in would keep it open."""
    headers = {"accept": "text/event-stream"}
    if client.token:
        headers["authorization"] = f"Bearer {client.token}"
    async with httpx2.AsyncClient(transport=client.transport, base_url="http://testserver") as http:
        body = {"query": field.document, "variables": variables}
        reply = await http.post("/graphql/", json=body, headers=headers, timeout=5)
    data = next(line for line in reply.text.splitlines() if line.startswith("data: "))
    answer: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return answer
