"""What can be wrong with what staff says of a payment."""

from enum import Enum

import strawberry

OTHER = "Something else is wrong."


@strawberry.enum(description="Why no payment was written down.")
class TransactionCreateErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such checkout or order.")
    INCORRECT_CURRENCY = strawberry.enum_value(
        "INCORRECT_CURRENCY", description="What is paid for costs another currency."
    )
    METADATA_KEY_REQUIRED = strawberry.enum_value(
        "METADATA_KEY_REQUIRED", description="A key of metadata is empty."
    )
    UNIQUE = strawberry.enum_value("UNIQUE", description="Another payment has this reference.")


@strawberry.type(description="Why no payment was written down.")
class TransactionCreateError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionCreateErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.enum(description="Why a payment was not changed.")
class TransactionUpdateErrorCode(Enum):
    INVALID = strawberry.enum_value(
        "INVALID", description="The input is wrong, or a gateway speaks for the payment."
    )
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such payment.")
    INCORRECT_CURRENCY = strawberry.enum_value(
        "INCORRECT_CURRENCY", description="The payment is in another currency."
    )
    METADATA_KEY_REQUIRED = strawberry.enum_value(
        "METADATA_KEY_REQUIRED", description="A key of metadata is empty."
    )
    UNIQUE = strawberry.enum_value("UNIQUE", description="Another payment has this reference.")


@strawberry.type(description="Why a payment was not changed.")
class TransactionUpdateError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionUpdateErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.enum(description="Why a report was not taken.")
class TransactionEventReportErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="The input is wrong.")
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such payment.")
    INCORRECT_DETAILS = strawberry.enum_value(
        "INCORRECT_DETAILS", description="The same was reported before, with another amount."
    )
    ALREADY_EXISTS = strawberry.enum_value(
        "ALREADY_EXISTS", description="The payment was promised before: report an adjustment."
    )
    REQUIRED = strawberry.enum_value("REQUIRED", description="An amount is needed.")


@strawberry.type(description="Why a report was not taken.")
class TransactionEventReportError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionEventReportErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.enum(description="Why a gateway was not asked.")
class TransactionRequestActionErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="There is less than that to do this with.")
    REQUIRED = strawberry.enum_value("REQUIRED", description="Something is missing.")
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description=OTHER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such payment.")
    MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK = strawberry.enum_value(
        "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK", description="No gateway here knows of the payment."
    )


@strawberry.type(description="Why a gateway was not asked.")
class TransactionRequestActionError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: TransactionRequestActionErrorCode = strawberry.field(description="What is wrong, for programs.")
