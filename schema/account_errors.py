"""What can be wrong with a change to an account."""
# ruff: noqa: S105 - codes that speak of passwords, and none that is one

from enum import StrEnum

import strawberry

from schema.address_uses import AddressUse
from schema.enums import declare


class AccountErrorCode(StrEnum):
    ACTIVATE_OWN_ACCOUNT = "ACTIVATE_OWN_ACCOUNT"
    ACTIVATE_SUPERUSER_ACCOUNT = "ACTIVATE_SUPERUSER_ACCOUNT"
    DUPLICATED_INPUT_ITEM = "DUPLICATED_INPUT_ITEM"
    DEACTIVATE_OWN_ACCOUNT = "DEACTIVATE_OWN_ACCOUNT"
    DEACTIVATE_SUPERUSER_ACCOUNT = "DEACTIVATE_SUPERUSER_ACCOUNT"
    DELETE_NON_STAFF_USER = "DELETE_NON_STAFF_USER"
    DELETE_OWN_ACCOUNT = "DELETE_OWN_ACCOUNT"
    DELETE_STAFF_ACCOUNT = "DELETE_STAFF_ACCOUNT"
    DELETE_SUPERUSER_ACCOUNT = "DELETE_SUPERUSER_ACCOUNT"
    GRAPHQL_ERROR = "GRAPHQL_ERROR"
    INACTIVE = "INACTIVE"
    INVALID = "INVALID"
    INVALID_PASSWORD = "INVALID_PASSWORD"
    LEFT_NOT_MANAGEABLE_PERMISSION = "LEFT_NOT_MANAGEABLE_PERMISSION"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    NOT_FOUND = "NOT_FOUND"
    OUT_OF_SCOPE_USER = "OUT_OF_SCOPE_USER"
    OUT_OF_SCOPE_GROUP = "OUT_OF_SCOPE_GROUP"
    OUT_OF_SCOPE_PERMISSION = "OUT_OF_SCOPE_PERMISSION"
    PASSWORD_ENTIRELY_NUMERIC = "PASSWORD_ENTIRELY_NUMERIC"
    PASSWORD_TOO_COMMON = "PASSWORD_TOO_COMMON"
    PASSWORD_TOO_SHORT = "PASSWORD_TOO_SHORT"
    PASSWORD_TOO_SIMILAR = "PASSWORD_TOO_SIMILAR"
    PASSWORD_RESET_ALREADY_REQUESTED = "PASSWORD_RESET_ALREADY_REQUESTED"
    REQUIRED = "REQUIRED"
    UNIQUE = "UNIQUE"
    JWT_SIGNATURE_EXPIRED = "JWT_SIGNATURE_EXPIRED"
    JWT_INVALID_TOKEN = "JWT_INVALID_TOKEN"
    JWT_DECODE_ERROR = "JWT_DECODE_ERROR"
    JWT_MISSING_TOKEN = "JWT_MISSING_TOKEN"
    JWT_INVALID_CSRF_TOKEN = "JWT_INVALID_CSRF_TOKEN"
    CHANNEL_INACTIVE = "CHANNEL_INACTIVE"
    MISSING_CHANNEL_SLUG = "MISSING_CHANNEL_SLUG"
    ACCOUNT_NOT_CONFIRMED = "ACCOUNT_NOT_CONFIRMED"
    LOGIN_ATTEMPT_DELAYED = "LOGIN_ATTEMPT_DELAYED"
    DISABLED_AUTHENTICATION_METHOD = "DISABLED_AUTHENTICATION_METHOD"
    UNKNOWN_IP_ADDRESS = "UNKNOWN_IP_ADDRESS"
    FILE_SIZE_LIMIT_EXCEEDED = "FILE_SIZE_LIMIT_EXCEEDED"


TEXTS = {
    AccountErrorCode.ACTIVATE_OWN_ACCOUNT: "Nobody activates their own account.",
    AccountErrorCode.ACTIVATE_SUPERUSER_ACCOUNT: "A superuser's account is not activated this way.",
    AccountErrorCode.DUPLICATED_INPUT_ITEM: "The input names something twice.",
    AccountErrorCode.DEACTIVATE_OWN_ACCOUNT: "Nobody deactivates their own account.",
    AccountErrorCode.DEACTIVATE_SUPERUSER_ACCOUNT: "A superuser's account is not deactivated this way.",
    AccountErrorCode.DELETE_NON_STAFF_USER: "Only staff is deleted this way.",
    AccountErrorCode.DELETE_OWN_ACCOUNT: "Nobody deletes their own account this way.",
    AccountErrorCode.DELETE_STAFF_ACCOUNT: "The account is a staff member's.",
    AccountErrorCode.DELETE_SUPERUSER_ACCOUNT: "The account is a superuser's.",
    AccountErrorCode.GRAPHQL_ERROR: "Another reason; the message has it.",
    AccountErrorCode.INACTIVE: "The account is not active.",
    AccountErrorCode.INVALID: "The value cannot be taken.",
    AccountErrorCode.INVALID_PASSWORD: "The password is wrong.",
    AccountErrorCode.LEFT_NOT_MANAGEABLE_PERMISSION: "A permission would be left that nobody can manage.",
    AccountErrorCode.INVALID_CREDENTIALS: "The e-mail address or the password is wrong.",
    AccountErrorCode.NOT_FOUND: "There is no such thing, or it is somebody else's.",
    AccountErrorCode.OUT_OF_SCOPE_USER: "The user may do things that you may not.",
    AccountErrorCode.OUT_OF_SCOPE_GROUP: "The group may do things that you may not.",
    AccountErrorCode.OUT_OF_SCOPE_PERMISSION: "You do not have the permission yourself.",
    AccountErrorCode.PASSWORD_ENTIRELY_NUMERIC: "The password is digits alone.",
    AccountErrorCode.PASSWORD_TOO_COMMON: "The password is one that everybody tries first.",
    AccountErrorCode.PASSWORD_TOO_SHORT: "The password is too short.",
    AccountErrorCode.PASSWORD_TOO_SIMILAR: "The password is too much like the name or the e-mail address.",
    AccountErrorCode.PASSWORD_RESET_ALREADY_REQUESTED: "A letter was asked for a moment ago.",
    AccountErrorCode.REQUIRED: "A value is needed.",
    AccountErrorCode.UNIQUE: "Somebody else has it already.",
    AccountErrorCode.JWT_SIGNATURE_EXPIRED: "The token has expired.",
    AccountErrorCode.JWT_INVALID_TOKEN: "The token is not valid here.",
    AccountErrorCode.JWT_DECODE_ERROR: "This is not a token.",
    AccountErrorCode.JWT_MISSING_TOKEN: "A token is needed.",
    AccountErrorCode.JWT_INVALID_CSRF_TOKEN: "The CSRF token does not match.",
    AccountErrorCode.CHANNEL_INACTIVE: "Nothing is sold in the channel.",
    AccountErrorCode.MISSING_CHANNEL_SLUG: "A channel has to be named.",
    AccountErrorCode.ACCOUNT_NOT_CONFIRMED: "The e-mail address has to be confirmed first.",
    AccountErrorCode.LOGIN_ATTEMPT_DELAYED: "There were too many wrong passwords; wait a little.",
    AccountErrorCode.DISABLED_AUTHENTICATION_METHOD: "Nobody logs in this way here.",
    AccountErrorCode.UNKNOWN_IP_ADDRESS: "The request's address is not known.",
    AccountErrorCode.FILE_SIZE_LIMIT_EXCEEDED: "The file is too large.",
}
declare(AccountErrorCode, "AccountErrorCode", "Why a change to an account was refused.", TEXTS)


@strawberry.type(description="One reason why an account was not changed.")
class AccountError:
    field: str | None = strawberry.field(default=None, description="The input that is at fault.")
    message: str | None = strawberry.field(default=None, description="What is wrong, in English.")
    code: AccountErrorCode = strawberry.field(description="What is wrong, for programs.")
    address_type: AddressUse | None = strawberry.field(
        default=None, description="Which of several addresses is at fault."
    )
