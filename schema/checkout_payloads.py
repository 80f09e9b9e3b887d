"""What the mutations of carts answer with."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import strawberry

from domain.accounts import AddressUse
from schema.checkouts import Checkout
from schema.ids import to_global
from schema.shipping import Delivery


@strawberry.enum(description="Why a cart cannot be changed, or cannot become an order.")
class CheckoutErrorCode(Enum):
    BILLING_ADDRESS_NOT_SET = strawberry.enum_value(
        "BILLING_ADDRESS_NOT_SET", description="There is no billing address."
    )
    CHANNEL_INACTIVE = strawberry.enum_value(
        "CHANNEL_INACTIVE", description="The shop does not sell in the channel at present."
    )
    CHECKOUT_NOT_FULLY_PAID = strawberry.enum_value(
        "CHECKOUT_NOT_FULLY_PAID", description="What was paid does not cover the price."
    )
    DELIVERY_METHOD_NOT_APPLICABLE = strawberry.enum_value(
        "DELIVERY_METHOD_NOT_APPLICABLE", description="The goods cannot be delivered this way."
    )
    EMAIL_NOT_SET = strawberry.enum_value("EMAIL_NOT_SET", description="There is no e-mail address.")
    GIFT_CARD_NOT_APPLICABLE = strawberry.enum_value(
        "GIFT_CARD_NOT_APPLICABLE", description="The gift card cannot be used here."
    )
    GRAPHQL_ERROR = strawberry.enum_value(
        "GRAPHQL_ERROR", description="Something that has no code of its own."
    )
    INACTIVE_PAYMENT = strawberry.enum_value("INACTIVE_PAYMENT", description="The payment is not active.")
    INSUFFICIENT_STOCK = strawberry.enum_value("INSUFFICIENT_STOCK", description="There is not enough stock.")
    INVALID = strawberry.enum_value("INVALID", description="The value cannot be used.")
    INVALID_SHIPPING_METHOD = strawberry.enum_value(
        "INVALID_SHIPPING_METHOD", description="The shipping method cannot be used."
    )
    MISSING_ADDRESS_DATA = strawberry.enum_value(
        "MISSING_ADDRESS_DATA", description="An address lacks what is needed."
    )
    MISSING_CHANNEL_SLUG = strawberry.enum_value(
        "MISSING_CHANNEL_SLUG", description="The channel has to be named."
    )
    NON_EDITABLE_GIFT_LINE = strawberry.enum_value(
        "NON_EDITABLE_GIFT_LINE", description="A gift cannot be changed."
    )
    NON_REMOVABLE_GIFT_LINE = strawberry.enum_value(
        "NON_REMOVABLE_GIFT_LINE", description="A gift cannot be removed."
    )
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="There is no such object, or it is somebody else's."
    )
    NO_LINES = strawberry.enum_value("NO_LINES", description="The cart is empty.")
    PAYMENT_ERROR = strawberry.enum_value(
        "PAYMENT_ERROR", description="The payment failed, or was for something else than the checkout is now."
    )
    PRICE_OVERRIDE_REASON_WITHOUT_OVERRIDE = strawberry.enum_value(
        "PRICE_OVERRIDE_REASON_WITHOUT_OVERRIDE", description="A reason was given for a price that was not."
    )
    PRODUCT_NOT_PUBLISHED = strawberry.enum_value(
        "PRODUCT_NOT_PUBLISHED", description="A product is not published."
    )
    PRODUCT_UNAVAILABLE_FOR_PURCHASE = strawberry.enum_value(
        "PRODUCT_UNAVAILABLE_FOR_PURCHASE", description="A product cannot be bought at present."
    )
    QUANTITY_GREATER_THAN_LIMIT = strawberry.enum_value(
        "QUANTITY_GREATER_THAN_LIMIT", description="There are more units than one may buy."
    )
    REQUIRED = strawberry.enum_value("REQUIRED", description="The value is needed.")
    SHIPPING_ADDRESS_NOT_SET = strawberry.enum_value(
        "SHIPPING_ADDRESS_NOT_SET", description="There is no shipping address."
    )
    SHIPPING_CHANGE_FORBIDDEN = strawberry.enum_value(
        "SHIPPING_CHANGE_FORBIDDEN", description="Goods that are fetched are not sent."
    )
    SHIPPING_METHOD_NOT_APPLICABLE = strawberry.enum_value(
        "SHIPPING_METHOD_NOT_APPLICABLE", description="The goods cannot be shipped this way."
    )
    SHIPPING_METHOD_NOT_SET = strawberry.enum_value(
        "SHIPPING_METHOD_NOT_SET", description="No delivery was chosen."
    )
    SHIPPING_NOT_REQUIRED = strawberry.enum_value("SHIPPING_NOT_REQUIRED", description="Nothing is shipped.")
    TAX_ERROR = strawberry.enum_value("TAX_ERROR", description="The taxes could not be computed.")
    UNAVAILABLE_VARIANT_IN_CHANNEL = strawberry.enum_value(
        "UNAVAILABLE_VARIANT_IN_CHANNEL", description="A product is not sold in the channel."
    )
    UNIQUE = strawberry.enum_value("UNIQUE", description="The value is taken.")
    VOUCHER_NOT_APPLICABLE = strawberry.enum_value(
        "VOUCHER_NOT_APPLICABLE", description="The voucher cannot be used here."
    )
    ZERO_QUANTITY = strawberry.enum_value("ZERO_QUANTITY", description="A quantity is too small.")


@strawberry.enum(description="Why there are no deliveries.")
class DeliveryOptionsCalculateErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value(
        "GRAPHQL_ERROR", description="Something that has no code of its own."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such checkout.")
    INVALID = strawberry.enum_value("INVALID", description="The value cannot be used.")


@strawberry.type(description="Why a cart was not changed, or has not become an order.")
class CheckoutError:
    field: str | None = strawberry.field(default=None, description="The input that is at fault, if one is.")
    message: str | None = strawberry.field(default=None, description="What is wrong, in words.")
    code: CheckoutErrorCode = strawberry.field(description="What is wrong.")
    variants: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The variants that it is about."
    )
    lines: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The lines that it is about."
    )
    address_type: AddressUse | None = strawberry.field(
        default=None, description="The address that it is about."
    )

    def __post_init__(self) -> None:
        """Keys, as refusals tell them, become global ids."""
        self.variants = _ids("ProductVariant", self.variants)
        self.lines = _ids("CheckoutLine", self.lines)


@strawberry.type(description="Why no deliveries were calculated.")
class DeliveryOptionsCalculateError:
    field: str | None = strawberry.field(default=None, description="The input that is at fault, if one is.")
    message: str | None = strawberry.field(default=None, description="What is wrong, in words.")
    code: DeliveryOptionsCalculateErrorCode = strawberry.field(description="What is wrong.")


def _ids(kind: str, keys: Sequence[Any] | None) -> list[strawberry.ID] | None:
    return None if keys is None else [to_global(kind, key) for key in keys]


def _shown() -> Any:
    return strawberry.field(default=None, description="The cart as it is now; null where there are errors.")


def _told() -> Any:
    return strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A new cart.")
class CheckoutCreate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with more in it.")
class CheckoutLinesAdd:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with other lines.")
class CheckoutLinesUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with less in it.")
class CheckoutLinesDelete:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with another e-mail address.")
class CheckoutEmailUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart in another language.")
class CheckoutLanguageCodeUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with another note of its customer.")
class CheckoutCustomerNoteUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with another shipping address.")
class CheckoutShippingAddressUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with another billing address.")
class CheckoutBillingAddressUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with another delivery.")
class CheckoutDeliveryMethodUpdate:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with one more code.")
class CheckoutAddPromoCode:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart with one code less.")
class CheckoutRemovePromoCode:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart that is somebody's.")
class CheckoutCustomerAttach:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="A cart that is nobody's.")
class CheckoutCustomerDetach:
    checkout: Checkout | None = _shown()
    errors: list[CheckoutError] = _told()


@strawberry.type(description="The deliveries that a cart can choose from.")
class DeliveryOptionsCalculate:
    deliveries: list[Delivery] = strawberry.field(
        default_factory=list, description="Cheapest first; none without a shipping address."
    )
    errors: list[DeliveryOptionsCalculateError] = _told()
