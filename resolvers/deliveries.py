"""How a cart is addressed and delivered: root fields."""

from typing import Annotated

import strawberry

from commands.checkouts import addresses, delivery
from engine.words import seen, seen_all
from schema import ids
from schema.addresses import AddressInput
from schema.checkout_inputs import CheckoutAddressValidationRules, CheckoutId, checkout_key, wish_of
from schema.checkout_payloads import (
    CheckoutBillingAddressUpdate,
    CheckoutDeliveryMethodUpdate,
    CheckoutShippingAddressUpdate,
    DeliveryOptionsCalculate,
)
from schema.checkouts import Checkout
from schema.context import Info
from schema.errors import answers
from schema.shipping import Delivery

Rules = Annotated[
    CheckoutAddressValidationRules | None,
    strawberry.argument(description="How strictly the address is read."),
]
Save = Annotated[
    bool | None,
    strawberry.argument(
        description="Put the address into the customer's book with the order: so by default."
    ),
]


@strawberry.mutation(description="Say where the goods are sent. Taxes and deliveries follow from it.")
@answers(CheckoutShippingAddressUpdate)
async def checkout_shipping_address_update(
    info: Info,
    shipping_address: Annotated[AddressInput, strawberry.argument(description="The address.")],
    id: CheckoutId = None,
    save_address: Save = None,
    validation_rules: Rules = None,
) -> CheckoutShippingAddressUpdate:
    wish = wish_of(shipping_address, validation_rules)
    row = await addresses.set_shipping(
        info.context.shop, info.context.viewer, checkout_key(id), wish, save=save_address is not False
    )
    return CheckoutShippingAddressUpdate(checkout=seen(Checkout, row))


@strawberry.mutation(description="Say who is billed.")
@answers(CheckoutBillingAddressUpdate)
async def checkout_billing_address_update(
    info: Info,
    billing_address: Annotated[AddressInput, strawberry.argument(description="The address.")],
    id: CheckoutId = None,
    save_address: Save = None,
    validation_rules: Rules = None,
) -> CheckoutBillingAddressUpdate:
    wish = wish_of(billing_address, validation_rules)
    row = await addresses.set_billing(
        info.context.shop, info.context.viewer, checkout_key(id), wish, save=save_address is not False
    )
    return CheckoutBillingAddressUpdate(checkout=seen(Checkout, row))


@strawberry.mutation(description="Calculate the deliveries that a cart can choose from.")
@answers(DeliveryOptionsCalculate)
async def delivery_options_calculate(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The checkout's id.")]
) -> DeliveryOptionsCalculate:
    rows = await delivery.calculate(info.context.shop, info.context.viewer, checkout_key(id))
    return DeliveryOptionsCalculate(deliveries=seen_all(Delivery, rows))


@strawberry.mutation(description="Choose how the goods get to the customer, or give the choice up.")
@answers(CheckoutDeliveryMethodUpdate)
async def checkout_delivery_method_update(
    info: Info,
    delivery_method_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="A delivery, a shipping method, or a warehouse to fetch the goods at; null for none."
        ),
    ] = None,
    id: CheckoutId = None,
) -> CheckoutDeliveryMethodUpdate:
    shop, viewer, key, field = info.context.shop, info.context.viewer, checkout_key(id), "deliveryMethodId"
    match None if delivery_method_id is None else ids.split(delivery_method_id)[0], delivery_method_id:
        case "Delivery", str(text):
            chosen = ids.parse_uuid("Delivery", text, field=field)
            row = await delivery.choose(shop, viewer, key, delivery_id=chosen)
        case "Warehouse", str(text):
            row = await delivery.collect(shop, viewer, key, ids.parse("Warehouse", text, field=field))
        case _, str(text):
            method = ids.parse("ShippingMethod", text, field=field)
            row = await delivery.choose(shop, viewer, key, method_id=method)
        case _:
            row = await delivery.clear(shop, viewer, key)
    return CheckoutDeliveryMethodUpdate(checkout=seen(Checkout, row))
