"""Apps: programs that work with the shop on their own account."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

import strawberry

from db.apps import AppRow, AppTokenRow
from domain.access import Permission
from engine.words import attribute, batch_field, inline
from loaders.apps import AppLoaders
from schema.connections import PageInfo, counts
from schema.context import Context
from schema.ids import global_id
from schema.metadata import Node, ObjectWithMetadata
from schema.permissions import Permission as PermissionType
from schema.permissions import PermissionRow, granted
from schema.scalars import DateTime


@strawberry.enum(description="Where an app comes from.")
class AppTypeEnum(Enum):
    LOCAL = strawberry.enum_value("LOCAL", description="Staff has entered it here.")
    THIRDPARTY = strawberry.enum_value(
        "THIRDPARTY", description="It was installed from elsewhere; there is none of these here."
    )


def masked(last_four: str) -> str:
    return f"****{last_four}"


def made_locally(_app: AppRow) -> AppTypeEnum:
    return AppTypeEnum.LOCAL


def permissions_of(app: AppRow) -> list[PermissionRow]:
    return granted(app.permissions)


async def tokens_of(apps: Sequence[AppRow], context: Context) -> list[list[AppTokenRow]]:
    context.viewer.require(Permission.MANAGE_APPS)
    return list(await context.loading.load_many(AppLoaders.tokens, [app.id for app in apps]))


@strawberry.type(description="What an app proves with who it is.")
class AppToken(Node):
    represents: ClassVar[type] = AppTokenRow

    id: strawberry.ID = global_id("AppToken")
    name: str | None = attribute("What staff calls it.")
    auth_token: str | None = inline(
        masked, "last_four", description="Its last four characters: the whole is told only when it is made."
    )


@strawberry.type(description="A program that works with the shop on its own account.")
class App(Node, ObjectWithMetadata):
    represents: ClassVar[type] = AppRow

    id: strawberry.ID = global_id("App")
    name: str | None = attribute("What staff calls it.")
    identifier: str | None = attribute("What the app calls itself.")
    is_active: bool | None = attribute("Whether it may do anything.")
    created: DateTime | None = attribute("When it was entered.", column="created_at")
    type: AppTypeEnum | None = inline(made_locally, description="Where it comes from.")
    permissions: list[PermissionType] | None = inline(permissions_of, description="What it may do.")
    tokens: list[AppToken] | None = batch_field(
        tokens_of, description="Its tokens, the oldest first. Needs MANAGE_APPS."
    )


@strawberry.type(description="An app and its place in the list.")
class AppCountableEdge:
    node: App = attribute("The app.")
    cursor: str = attribute("Its place in the list.")


@strawberry.type(description="A page of apps.")
class AppCountableConnection:
    edges: list[AppCountableEdge] = attribute("The apps with their cursors.")
    page_info: PageInfo = attribute("Where the page stands.")
    total_count: int | None = batch_field(counts, description="How many there are in all.")
