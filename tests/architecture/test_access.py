"""Who may ask for what: every root field is open by name, or refuses whoever has no right to it."""

from typing import Any
from uuid import UUID

import pytest

from domain.access import Permission
from schema.ids import to_global
from server.api import build_schema
from tests.clients import Client
from tests.factory import Factory
from tests.promises.walking import RootField, root_fields

SCHEMA = build_schema().graphql
FIELDS = {
    name: field
    for operation in ("query", "mutation", "subscription")
    for name, field in root_fields(SCHEMA, operation).items()
}

# Open to everybody, and why.
CATALOGUE = "what shoppers browse; what is unpublished is left out"
UNGUESSABLE = "reached by an id that cannot be guessed, and by its owner only once it has one"
CREDENTIALS = "asks for a password, a token or a letter of its own"
PUBLIC = {
    "addressValidationRules": "facts about countries",
    "categories": CATALOGUE,
    "category": CATALOGUE,
    "channel": CATALOGUE,
    "channels": CATALOGUE,
    "collection": CATALOGUE,
    "collections": CATALOGUE,
    "menu": CATALOGUE,
    "page": CATALOGUE,
    "pages": CATALOGUE,
    "product": CATALOGUE,
    "productVariant": CATALOGUE,
    "products": CATALOGUE,
    "productPriceChanged": CATALOGUE,
    "productUpdated": CATALOGUE,
    "productVariantStockChanged": CATALOGUE,
    "me": "a guest is nobody",
    "checkout": UNGUESSABLE,
    "order": UNGUESSABLE,
    "checkoutUpdated": UNGUESSABLE,
    "orderUpdated": UNGUESSABLE,
    "checkoutCreate": "a guest may shop",
    "checkoutAddPromoCode": UNGUESSABLE,
    "checkoutBillingAddressUpdate": UNGUESSABLE,
    "checkoutComplete": UNGUESSABLE,
    "checkoutCustomerNoteUpdate": UNGUESSABLE,
    "checkoutDeliveryMethodUpdate": UNGUESSABLE,
    "checkoutEmailUpdate": UNGUESSABLE,
    "checkoutLanguageCodeUpdate": UNGUESSABLE,
    "checkoutLinesAdd": UNGUESSABLE,
    "checkoutLinesDelete": UNGUESSABLE,
    "checkoutLinesUpdate": UNGUESSABLE,
    "checkoutRemovePromoCode": UNGUESSABLE,
    "checkoutShippingAddressUpdate": UNGUESSABLE,
    "deliveryOptionsCalculate": UNGUESSABLE,
    "paymentGatewayInitialize": UNGUESSABLE,
    "transactionInitialize": UNGUESSABLE,
    "transactionProcess": UNGUESSABLE,
    "updateMetadata": "decided by the object: a guest's own cart has metadata too",
    "deleteMetadata": "decided by the object: a guest's own cart has metadata too",
    "accountRegister": "anybody may become a customer",
    "confirmAccount": CREDENTIALS,
    "confirmEmailChange": CREDENTIALS,
    "requestPasswordReset": CREDENTIALS,
    "setPassword": CREDENTIALS,
    "tokenCreate": CREDENTIALS,
    "tokenRefresh": CREDENTIALS,
    "tokenVerify": CREDENTIALS,
}
# For whoever is logged in, about themselves.
CUSTOMERS = {
    "accountAddressCreate",
    "accountAddressDelete",
    "accountAddressUpdate",
    "accountDelete",
    "accountRequestDeletion",
    "accountSetDefaultAddress",
    "accountUpdate",
    "address",
    "checkoutCustomerAttach",
    "checkoutCustomerDetach",
    "passwordChange",
    "requestEmailChange",
    "tokensDeactivateAll",
}
# For staff, each with its permission.
STAFF = {
    "deletePrivateMetadata",
    "events",
    "orderEvents",
    "ordersFeed",
    "stockAlerts",
    "updatePrivateMetadata",
}
NO = {"UNAUTHENTICATED", "PERMISSION_DENIED"}
# Behind an id that cannot be guessed, what one may not see does not exist.
HIDDEN = {"orderEvents"}


NOBODY = UUID("00000000-0000-4000-8000-000000000000")
KINDS = {"accountAddress": "Address", "accountSetDefault": "Address", "address": "Address"} | {
    "checkout": "Checkout",
    "order": "Order",
}


def variables(field: RootField) -> dict[str, Any]:
    """No more than has to be given; an id is of the kind that the field is about."""
    kind = next((kind for start, kind in KINDS.items() if field.name.startswith(start)), "Product")
    return field.minimal({"id": to_global(kind, NOBODY if kind in {"Checkout", "Order"} else 1)})


def told(answer: dict[str, Any]) -> set[str]:
    """Every code of an answer, at its top and in its payloads."""
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    for payload in (answer.get("data") or {}).values():
        if isinstance(payload, dict):
            codes |= {error["code"] for error in payload.get("errors", [])}
    return codes


def test_it_is_decided_of_every_root_field_whom_it_is_for() -> None:
    assert set(FIELDS) == PUBLIC.keys() | CUSTOMERS | STAFF
    assert not PUBLIC.keys() & CUSTOMERS
    assert not (PUBLIC.keys() | CUSTOMERS) & STAFF


@pytest.mark.parametrize("name", sorted(CUSTOMERS | STAFF))
async def test_a_guest_is_refused(client: Client, name: str) -> None:
    if FIELDS[name].operation == "subscription":
        codes = set(await client.subscribed(FIELDS[name].document, **variables(FIELDS[name])))
    else:
        codes = told(await client.ask(FIELDS[name].document, **variables(FIELDS[name])))

    assert codes
    assert codes <= ({"NOT_FOUND"} if name in HIDDEN else NO)


@pytest.mark.parametrize("name", sorted(STAFF))
@pytest.mark.parametrize("who", ["customer", "staff without a permission"])
async def test_whoever_lacks_the_permission_is_refused(
    client: Client, factory: Factory, name: str, who: str
) -> None:
    user = await factory.user() if who == "customer" else await factory.staff([Permission.MANAGE_MENUS])
    asking = await client.as_user(user)

    if FIELDS[name].operation == "subscription":
        codes = set(await asking.subscribed(FIELDS[name].document, **variables(FIELDS[name])))
    else:
        codes = told(await asking.ask(FIELDS[name].document, **variables(FIELDS[name])))

    assert codes == {"NOT_FOUND" if name in HIDDEN else "PERMISSION_DENIED"}
