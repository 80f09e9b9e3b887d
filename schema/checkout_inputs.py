"""What is sent about carts, and how it is understood."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import strawberry

from commands.checkouts.creating import NewCheckout
from commands.checkouts.lines import LineEdit
from domain.checkouts import AddressWish, NewLine
from domain.languages import LanguageCode
from schema import ids
from schema.addresses import AddressInput, address_of
from schema.metadata import MetadataInput, meta_of
from schema.scalars import PositiveDecimal

CheckoutId = Annotated[strawberry.ID | None, strawberry.argument(description="The checkout's id.")]


@strawberry.input(description="How strictly an address is read.")
class CheckoutAddressValidationRules:
    check_required_fields: bool | None = strawberry.field(
        default=True, description="Ask for every field that the country needs."
    )
    check_fields_format: bool | None = strawberry.field(
        default=True, description="Ask for values that the country knows, such as its postal codes."
    )
    enable_fields_normalization: bool | None = strawberry.field(
        default=True, description="Write the fields the country's way, such as in capitals."
    )


@strawberry.input(description="How strictly the addresses are read.")
class CheckoutValidationRules:
    shipping_address: CheckoutAddressValidationRules | None = strawberry.field(
        default=None, description="For the shipping address."
    )
    billing_address: CheckoutAddressValidationRules | None = strawberry.field(
        default=None, description="For the billing address."
    )


@strawberry.input(description="Something to put into a cart.")
class CheckoutLineInput:
    quantity: int = strawberry.field(description="How many units: 1 or more.")
    variant_id: strawberry.ID = strawberry.field(description="The variant.")
    price: PositiveDecimal | None = strawberry.field(
        default=None, description="A unit's price instead of the listed one. Staff only."
    )
    price_override_reason: str | None = strawberry.field(default=None, description="Why that price.")
    force_new_line: bool | None = strawberry.field(
        default=False, description="Make a line of its own, even if the variant has one."
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to put on the line."
    )


@strawberry.input(description="What a line is to be. Name it by its id, or by its variant.")
class CheckoutLineUpdateInput:
    line_id: strawberry.ID | None = strawberry.field(default=None, description="The line.")
    variant_id: strawberry.ID | None = strawberry.field(
        default=None, description="The variant, where it is in one line only; one that is in none is added."
    )
    quantity: int | None = strawberry.field(
        default=None, description="How many units; 0 removes the line, and left out they stay."
    )
    price: PositiveDecimal | None = strawberry.field(
        default=strawberry.UNSET, description="A unit's price; null is the listed one again. Staff only."
    )
    price_override_reason: str | None = strawberry.field(default=None, description="Why that price.")
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to add to the line."
    )


@strawberry.input(description="A new cart.")
class CheckoutCreateInput:
    channel: str | None = strawberry.field(
        default=None, description="The channel's slug; it can be left out where the shop sells in one only."
    )
    lines: list[CheckoutLineInput] | None = strawberry.field(default=None, description="What is in it.")
    email: str | None = strawberry.field(
        default=None, description="Where mails about the order go; a customer's own where left out."
    )
    save_shipping_address: bool | None = strawberry.field(
        default=True, description="Put the shipping address into the customer's book with the order."
    )
    shipping_address: AddressInput | None = strawberry.field(
        default=None, description="Where the goods are sent; a customer's default where left out."
    )
    save_billing_address: bool | None = strawberry.field(
        default=True, description="Put the billing address into the customer's book with the order."
    )
    billing_address: AddressInput | None = strawberry.field(
        default=None, description="Who is billed; a customer's default where left out."
    )
    language_code: LanguageCode | None = strawberry.field(
        default=None, description="The language of the order's texts; English where left out."
    )
    validation_rules: CheckoutValidationRules | None = strawberry.field(
        default=None, description="How strictly the addresses are read."
    )
    metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Public metadata to put on the checkout."
    )
    private_metadata: list[MetadataInput] | None = strawberry.field(
        default=None, description="Metadata that only staff sees. Staff only."
    )


def wish_of(given: AddressInput, rules: CheckoutAddressValidationRules | None) -> AddressWish:
    """A rule that is null holds, as one that is left out does."""
    wish = AddressWish(address_of(given), meta_of(given.metadata), unchecked=bool(given.skip_validation))
    if rules is None:
        return wish
    return replace(
        wish,
        required=rules.check_required_fields is not False,
        format=rules.check_fields_format is not False,
        normalize=rules.enable_fields_normalization is not False,
    )


def line_of(given: CheckoutLineInput) -> NewLine:
    """Raises ``InvalidId``."""
    return NewLine(
        variant_id=ids.parse("ProductVariant", given.variant_id, field="variantId"),
        quantity=given.quantity,
        price=given.price,
        price_reason=given.price_override_reason,
        alone=bool(given.force_new_line),
        meta=meta_of(given.metadata),
    )


def edit_of(given: CheckoutLineUpdateInput) -> LineEdit:
    """Raises ``InvalidId``."""
    priced = given.price is not strawberry.UNSET
    return LineEdit(
        line_id=None
        if given.line_id is None
        else ids.parse_uuid("CheckoutLine", given.line_id, field="lineId"),
        variant_id=(
            None
            if given.variant_id is None
            else ids.parse("ProductVariant", given.variant_id, field="variantId")
        ),
        quantity=given.quantity,
        sets_price=priced,
        price=given.price if priced else None,
        price_reason=given.price_override_reason,
        meta=meta_of(given.metadata),
    )


def checkout_of(given: CheckoutCreateInput) -> NewCheckout:
    """Raises ``InvalidId``."""
    rules = given.validation_rules or CheckoutValidationRules()
    return NewCheckout(
        channel=given.channel,
        lines=[line_of(line) for line in given.lines or []],
        email=given.email,
        shipping_address=_wish_of(given.shipping_address, rules.shipping_address),
        billing_address=_wish_of(given.billing_address, rules.billing_address),
        save_shipping_address=given.save_shipping_address is not False,
        save_billing_address=given.save_billing_address is not False,
        language_code=given.language_code or LanguageCode.EN,
        meta=meta_of(given.metadata),
        private_meta=meta_of(given.private_metadata),
    )


def checkout_key(text: str | None, field: str = "id") -> UUID:
    """The checkout's key. Raises ``InvalidId``, or ``NotFound`` where there is no id."""
    return ids.parse_uuid("Checkout", ids.required(text, field=field), field=field)


def _wish_of(given: AddressInput | None, rules: CheckoutAddressValidationRules | None) -> AddressWish | None:
    return None if given is None else wish_of(given, rules)
