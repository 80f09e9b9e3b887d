"""What can be wrong with paying."""

from enum import Enum

import strawberry

from schema.ids import to_global

VARIANTS = "The variants that fall short, if that is it."


def _ids(keys: list[strawberry.ID] | None) -> list[strawberry.ID] | None:
    return None if keys is None else [to_global("ProductVariant", int(key)) for key in keys]


@strawberry.enum(description="Why a gateway gave no answer.")
class PaymentGatewayConfigErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else is wrong.")
    INVALID = strawberry.enum_value("INVALID", description="It cannot be used like this, or not now.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="It is not offered here.")


@strawberry.type(description="Why a gateway gave no answer.")
class PaymentGatewayConfigError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: PaymentGatewayConfigErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.enum(description="Why no gateway was asked.")
class PaymentGatewayInitializeErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else is wrong.")
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is nothing to pay for under this id.")


@strawberry.type(description="Why no gateway was asked.")
class PaymentGatewayInitializeError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: PaymentGatewayInitializeErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.enum(description="Why no payment was begun.")
class TransactionInitializeErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else is wrong.")
    INVALID = strawberry.enum_value(
        "INVALID", description="The input is wrong, or nothing remains to be paid."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such checkout, order or gateway.")
    UNIQUE = strawberry.enum_value("UNIQUE", description="The key was used for another payment.")
    CHECKOUT_COMPLETION_IN_PROGRESS = strawberry.enum_value(
        "CHECKOUT_COMPLETION_IN_PROGRESS", description="The checkout is becoming an order."
    )
    INCORRECT_DETAILS = strawberry.enum_value(
        "INCORRECT_DETAILS", description="The gateway contradicts what it told before. Nothing was written."
    )
    INSUFFICIENT_STOCK = strawberry.enum_value(
        "INSUFFICIENT_STOCK", description="Not everything in the cart is there any more. Nothing was charged."
    )


@strawberry.type(description="Why no payment was begun.")
class TransactionInitializeError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionInitializeErrorCode = strawberry.field(description="What is wrong, for programs.")
    variants: list[strawberry.ID] | None = strawberry.field(description=VARIANTS, default=None)

    def __post_init__(self) -> None:
        """A refusal names variants by their keys."""
        self.variants = _ids(self.variants)


@strawberry.enum(description="Why a payment was not taken further.")
class TransactionProcessErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else is wrong.")
    INVALID = strawberry.enum_value(
        "INVALID", description="The input is wrong, or less remains to be paid by now."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such payment.")
    TRANSACTION_ALREADY_PROCESSED = strawberry.enum_value(
        "TRANSACTION_ALREADY_PROCESSED", description="The gateway has decided already."
    )
    MISSING_PAYMENT_APP_RELATION = strawberry.enum_value(
        "MISSING_PAYMENT_APP_RELATION", description="The payment belongs to no gateway."
    )
    MISSING_PAYMENT_APP = strawberry.enum_value(
        "MISSING_PAYMENT_APP", description="The gateway is no longer offered."
    )
    CHECKOUT_COMPLETION_IN_PROGRESS = strawberry.enum_value(
        "CHECKOUT_COMPLETION_IN_PROGRESS", description="The checkout is becoming an order."
    )
    INCORRECT_DETAILS = strawberry.enum_value(
        "INCORRECT_DETAILS", description="The gateway contradicts what it told before. Nothing was written."
    )
    INSUFFICIENT_STOCK = strawberry.enum_value(
        "INSUFFICIENT_STOCK", description="Not everything in the cart is there any more. Nothing was charged."
    )


@strawberry.type(description="Why a payment was not taken further.")
class TransactionProcessError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionProcessErrorCode = strawberry.field(description="What is wrong, for programs.")
    variants: list[strawberry.ID] | None = strawberry.field(description=VARIANTS, default=None)

    def __post_init__(self) -> None:
        """A refusal names variants by their keys."""
        self.variants = _ids(self.variants)
