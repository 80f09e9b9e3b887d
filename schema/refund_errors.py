"""What can be wrong with giving money back."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, TypeVar

import strawberry

from schema.ids import to_global

T = TypeVar("T")
OTHER = "Something else is wrong."
SETTINGS = "The shop is not set up for this."


@strawberry.enum(description="Why a line is nothing to grant money back for.")
class OrderGrantRefundCreateLineErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such line.")
    QUANTITY_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "QUANTITY_GREATER_THAN_AVAILABLE", description="Not so many units of it remain."
    )
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")
    NOT_CONFIGURED = strawberry.enum_value("NOT_CONFIGURED", description=SETTINGS)


@strawberry.type(description="Why a line is nothing to grant money back for.")
class OrderGrantRefundCreateLineError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: OrderGrantRefundCreateLineErrorCode = strawberry.field(description="What is wrong, for programs.")
    line_id: strawberry.ID = strawberry.field(description="The line.")


@strawberry.enum(description="Why a line is nothing to change a grant for.")
class OrderGrantRefundUpdateLineErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such line.")
    QUANTITY_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "QUANTITY_GREATER_THAN_AVAILABLE", description="Not so many units of it remain."
    )
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")
    NOT_CONFIGURED = strawberry.enum_value("NOT_CONFIGURED", description=SETTINGS)


@strawberry.type(description="Why a line is nothing to change a grant for.")
class OrderGrantRefundUpdateLineError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: OrderGrantRefundUpdateLineErrorCode = strawberry.field(description="What is wrong, for programs.")
    line_id: strawberry.ID = strawberry.field(description="The line.")


@strawberry.enum(description="Why money was not granted back.")
class OrderGrantRefundCreateErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="There is no such order, line, payment or gift card."
    )
    NOT_CONFIGURED = strawberry.enum_value("NOT_CONFIGURED", description=SETTINGS)
    SHIPPING_COSTS_ALREADY_GRANTED = strawberry.enum_value(
        "SHIPPING_COSTS_ALREADY_GRANTED", description="Shipping was granted back before."
    )
    AMOUNT_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "AMOUNT_GREATER_THAN_AVAILABLE", description="Less than that can be given back there."
    )
    QUANTITY_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "QUANTITY_GREATER_THAN_AVAILABLE", description="Not so many units remain; the lines are named."
    )
    REQUIRED = strawberry.enum_value(
        "REQUIRED", description="Something is missing, or there is nothing to give back."
    )
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")


@strawberry.type(description="Why money was not granted back.")
class OrderGrantRefundCreateError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: OrderGrantRefundCreateErrorCode = strawberry.field(description="What is wrong, for programs.")
    lines: list[OrderGrantRefundCreateLineError] | None = strawberry.field(
        description="The lines that are at fault, if any are.", default=None
    )

    def __post_init__(self) -> None:
        """A refusal names lines by their keys."""
        codes = OrderGrantRefundCreateLineErrorCode
        self.lines = _told(self, self.lines, OrderGrantRefundCreateLineError, codes, "OrderLine")


@strawberry.enum(description="Why a grant was not changed.")
class OrderGrantRefundUpdateErrorCode(Enum):
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="There is no such grant, line, payment or gift card."
    )
    NOT_CONFIGURED = strawberry.enum_value("NOT_CONFIGURED", description=SETTINGS)
    SHIPPING_COSTS_ALREADY_GRANTED = strawberry.enum_value(
        "SHIPPING_COSTS_ALREADY_GRANTED", description="Shipping was granted back before."
    )
    AMOUNT_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "AMOUNT_GREATER_THAN_AVAILABLE", description="Less than that can be given back there."
    )
    QUANTITY_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "QUANTITY_GREATER_THAN_AVAILABLE", description="Not so many units remain; the lines are named."
    )
    REQUIRED = strawberry.enum_value("REQUIRED", description="There is nothing to give back.")
    INVALID = strawberry.enum_value(
        "INVALID", description="The input is wrong, or it is too late to change this."
    )


@strawberry.type(description="Why a grant was not changed.")
class OrderGrantRefundUpdateError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: OrderGrantRefundUpdateErrorCode = strawberry.field(description="What is wrong, for programs.")
    add_lines: list[OrderGrantRefundUpdateLineError] | None = strawberry.field(
        description="The lines of the order that are at fault, if any are.", default=None
    )
    remove_lines: list[OrderGrantRefundUpdateLineError] | None = strawberry.field(
        description="The lines of the grant that are at fault, if any are.", default=None
    )

    def __post_init__(self) -> None:
        """A refusal names lines by their keys."""
        kind, codes = OrderGrantRefundUpdateLineError, OrderGrantRefundUpdateLineErrorCode
        self.add_lines = _told(self, self.add_lines, kind, codes, "OrderLine")
        self.remove_lines = _told(self, self.remove_lines, kind, codes, "OrderGrantedRefundLine")


@strawberry.enum(description="Why a grant was not paid out.")
class TransactionRequestRefundForGrantedRefundErrorCode(Enum):
    INVALID = strawberry.enum_value(
        "INVALID", description="The payment has less than that, or has not been decided on."
    )
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such grant.")
    AMOUNT_GREATER_THAN_AVAILABLE = strawberry.enum_value(
        "AMOUNT_GREATER_THAN_AVAILABLE", description="There is less than that to give back."
    )
    MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK = strawberry.enum_value(
        "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK", description="No gateway here knows of the payment."
    )
    REFUND_ALREADY_PROCESSED = strawberry.enum_value(
        "REFUND_ALREADY_PROCESSED", description="It was paid back before."
    )
    REFUND_IS_PENDING = strawberry.enum_value("REFUND_IS_PENDING", description="It is being paid back.")


@strawberry.type(description="Why a grant was not paid out.")
class TransactionRequestRefundForGrantedRefundError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionRequestRefundForGrantedRefundErrorCode = strawberry.field(
        description="What is wrong, for programs."
    )


def _told(
    error: Any, keys: Sequence[Any] | None, kind: type[T], codes: type[Enum], named: str
) -> list[T] | None:
    """An error for each line, under the code of the whole where lines have that."""
    if keys is None:
        return None
    code = codes.__members__.get(error.code.name, codes["INVALID"])
    return [
        kind(field=error.field, message=error.message, code=code, line_id=to_global(named, key))  # type: ignore[call-arg]  # both kinds have these
        for key in keys
    ]
