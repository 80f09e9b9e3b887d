"""Changes of apps: what is asked for, what comes back, and what can be wrong."""

from enum import Enum

import strawberry

from domain.access import Permission
from domain.apps import AppWish
from schema.apps import App, AppToken, AppTypeEnum
from schema.filters import OrderDirection

WHY = "Why nothing was done."
NEVER = "Nothing here is refused for this."


@strawberry.enum(description="What can be wrong with a change of an app.")
class AppErrorCode(Enum):
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description=NEVER)
    GRAPHQL_ERROR = strawberry.enum_value("GRAPHQL_ERROR", description="Something else.")
    INVALID = strawberry.enum_value("INVALID", description="This cannot be.")
    INVALID_STATUS = strawberry.enum_value("INVALID_STATUS", description=NEVER)
    INVALID_PERMISSION = strawberry.enum_value("INVALID_PERMISSION", description=NEVER)
    INVALID_URL_FORMAT = strawberry.enum_value("INVALID_URL_FORMAT", description=NEVER)
    INVALID_MANIFEST_FORMAT = strawberry.enum_value("INVALID_MANIFEST_FORMAT", description=NEVER)
    INVALID_CUSTOM_HEADERS = strawberry.enum_value("INVALID_CUSTOM_HEADERS", description=NEVER)
    DUPLICATED_EXTENSION_IDENTIFIER = strawberry.enum_value(
        "DUPLICATED_EXTENSION_IDENTIFIER", description=NEVER
    )
    DUPLICATED_WEBHOOK_IDENTIFIER = strawberry.enum_value("DUPLICATED_WEBHOOK_IDENTIFIER", description=NEVER)
    MANIFEST_URL_CANT_CONNECT = strawberry.enum_value("MANIFEST_URL_CANT_CONNECT", description=NEVER)
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such app or token.")
    REQUIRED = strawberry.enum_value("REQUIRED", description="This may not be empty.")
    UNIQUE = strawberry.enum_value("UNIQUE", description="Another app calls itself that.")
    OUT_OF_SCOPE_APP = strawberry.enum_value(
        "OUT_OF_SCOPE_APP", description="The app may do more than whoever asks."
    )
    OUT_OF_SCOPE_PERMISSION = strawberry.enum_value(
        "OUT_OF_SCOPE_PERMISSION", description="Whoever asks does not have the permission to give it away."
    )
    UNSUPPORTED_SALEOR_VERSION = strawberry.enum_value("UNSUPPORTED_SALEOR_VERSION", description=NEVER)


@strawberry.type(description="Why an app was not changed.")
class AppError:
    field: str | None = strawberry.field(description="The input that is at fault, if one is.", default=None)
    message: str | None = strawberry.field(description="What is wrong, in words.", default=None)
    code: AppErrorCode = strawberry.field(description="What is wrong, for programs.")
    permissions: list[Permission] | None = strawberry.field(
        description="The permissions that whoever asks does not have.", default=None
    )


@strawberry.input(description="What an app is to be; what is left out stays.")
class AppInput:
    name: str | None = strawberry.field(default=None, description="What staff calls it; a new app needs it.")
    identifier: str | None = strawberry.field(
        default=None, description="What the app calls itself; no two have the same."
    )
    permissions: list[Permission] | None = strawberry.field(
        default=None, description="All that it may do: nothing but what whoever asks may do too."
    )


@strawberry.input(description="A new token.")
class AppTokenInput:
    name: str | None = strawberry.field(default=None, description="What staff calls it.")
    app: strawberry.ID = strawberry.field(description="Whose token it is.")


@strawberry.input(description="Which apps; everything that is given has to hold.")
class AppFilterInput:
    search: str | None = strawberry.field(default=None, description="A part of the name, in any case.")
    is_active: bool | None = strawberry.field(default=None, description="Whether they may do anything.")
    type: AppTypeEnum | None = strawberry.field(default=None, description="Where they come from.")


@strawberry.enum(description="What apps are sorted by.")
class AppSortField(Enum):
    NAME = strawberry.enum_value("NAME", description="Their names.")
    CREATION_DATE = strawberry.enum_value("CREATION_DATE", description="When they were entered.")


@strawberry.input(description="How apps are sorted.")
class AppSortingInput:
    direction: OrderDirection = strawberry.field(description="Which way.")
    field: AppSortField = strawberry.field(description="By what.")


@strawberry.type(description="An app was entered.")
class AppCreate:
    auth_token: str | None = strawberry.field(
        default=None, description="Its first token, which is told this once."
    )
    app: App | None = strawberry.field(default=None, description="The app.")
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


@strawberry.type(description="An app was changed.")
class AppUpdate:
    app: App | None = strawberry.field(default=None, description="The app.")
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


@strawberry.type(description="An app may work with the shop again.")
class AppActivate:
    app: App | None = strawberry.field(default=None, description="The app.")
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


@strawberry.type(description="An app may do nothing any more.")
class AppDeactivate:
    app: App | None = strawberry.field(default=None, description="The app.")
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


@strawberry.type(description="An app has one more token.")
class AppTokenCreate:
    app_token: AppToken | None = strawberry.field(default=None, description="The token, as it is kept.")
    auth_token: str | None = strawberry.field(
        default=None, description="The token itself, which is told this once."
    )
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


@strawberry.type(description="A token lets nobody in any more.")
class AppTokenDelete:
    app_token: AppToken | None = strawberry.field(default=None, description="The token, as it was kept.")
    errors: list[AppError] = strawberry.field(default_factory=list, description=WHY)


def wish_of(input: AppInput) -> AppWish:
    return AppWish(input.name, input.identifier, input.permissions)
