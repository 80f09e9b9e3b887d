"""Apps: root fields."""

from functools import partial
from typing import Annotated

import strawberry

from commands import apps as commands
from db import apps as statements
from db.lists import Keyset
from domain.access import Permission
from domain.conditions import NEVER, Condition, Holds, both
from engine.words import seen
from loaders.apps import AppLoaders
from schema import ids
from schema.app_changes import (
    AppActivate,
    AppCreate,
    AppDeactivate,
    AppFilterInput,
    AppInput,
    AppSortField,
    AppSortingInput,
    AppTokenCreate,
    AppTokenDelete,
    AppTokenInput,
    AppUpdate,
    wish_of,
)
from schema.apps import App, AppCountableConnection, AppToken, AppTypeEnum
from schema.connections import connection, requested
from schema.context import Info
from schema.errors import answers
from schema.filters import OrderDirection
from schema.paging import After, Before, First, Last

AppId = Annotated[strawberry.ID, strawberry.argument(description="The app.")]


@strawberry.field(description="Apps by name, page by page. Needs MANAGE_APPS.")
async def apps(
    info: Info,
    *,
    filter: Annotated[AppFilterInput | None, strawberry.argument(description="Which apps.")] = None,
    sort_by: Annotated[AppSortingInput | None, strawberry.argument(description="How to sort.")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> AppCountableConnection | None:
    info.context.viewer.require(Permission.MANAGE_APPS)
    condition, request = _condition(filter), requested(first, after, last, before)
    page = await info.context.read(statements.page, condition, _order(sort_by), request)
    count = partial(info.context.read, statements.count, condition)
    return seen(AppCountableConnection, connection(page, count))


@strawberry.field(
    description="One app; without an id the one that asks. Needs MANAGE_APPS, but for an app's own self."
)
async def app(
    info: Info,
    id: Annotated[strawberry.ID | None, strawberry.argument(description="The app's id.")] = None,
) -> App | None:
    own = info.context.viewer.app_id
    if own is None:
        info.context.viewer.require(Permission.MANAGE_APPS)
    key = own if id is None else ids.parse("App", id)
    if key != own:
        info.context.viewer.require(Permission.MANAGE_APPS)
    return None if key is None else seen(App, await info.context.loading.load(AppLoaders.by_id, key))


@strawberry.mutation(
    description="Let a program work with the shop, with permissions that whoever asks has too; it gets a "
    "first token. Needs MANAGE_APPS."
)
@answers(AppCreate)
async def app_create(
    info: Info, input: Annotated[AppInput, strawberry.argument(description="What it is to be.")]
) -> AppCreate:
    made, secret = await commands.create(info.context.shop, info.context.viewer, wish_of(input))
    return AppCreate(app=await _app(info, made), auth_token=secret)


@strawberry.mutation(
    description="Change what an app is called or may do; that holds from its next request on. "
    "Needs MANAGE_APPS."
)
@answers(AppUpdate)
async def app_update(
    info: Info,
    id: AppId,
    input: Annotated[AppInput, strawberry.argument(description="What it is to be.")],
) -> AppUpdate:
    info.context.viewer.require(Permission.MANAGE_APPS)
    app_id = ids.parse("App", id)
    await commands.update(info.context.shop, info.context.viewer, app_id, wish_of(input))
    return AppUpdate(app=await _app(info, app_id))


@strawberry.mutation(description="Let an app work with the shop again. Needs MANAGE_APPS.")
@answers(AppActivate)
async def app_activate(info: Info, id: AppId) -> AppActivate:
    return AppActivate(app=await _switched(info, id, is_active=True))


@strawberry.mutation(
    description="Let an app do nothing any more: from now on none of its tokens is good. Needs MANAGE_APPS."
)
@answers(AppDeactivate)
async def app_deactivate(info: Info, id: AppId) -> AppDeactivate:
    return AppDeactivate(app=await _switched(info, id, is_active=False))


@strawberry.mutation(
    description="Give an app one more token. It is told this once: only its hash is kept. Needs MANAGE_APPS."
)
@answers(AppTokenCreate)
async def app_token_create(
    info: Info, input: Annotated[AppTokenInput, strawberry.argument(description="The token.")]
) -> AppTokenCreate:
    info.context.viewer.require(Permission.MANAGE_APPS)
    app_id = ids.parse("App", input.app, field="app")
    made = await commands.create_token(info.context.shop, info.context.viewer, app_id, input.name or "")
    return AppTokenCreate(app_token=seen(AppToken, made.row), auth_token=made.secret)


@strawberry.mutation(description="Take a token away from an app, at once. Needs MANAGE_APPS.")
@answers(AppTokenDelete)
async def app_token_delete(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The token.")]
) -> AppTokenDelete:
    info.context.viewer.require(Permission.MANAGE_APPS)
    row = await commands.delete_token(info.context.shop, info.context.viewer, ids.parse("AppToken", id))
    return AppTokenDelete(app_token=seen(AppToken, row))


async def _switched(info: Info, id: str, *, is_active: bool) -> App:
    info.context.viewer.require(Permission.MANAGE_APPS)
    app_id = ids.parse("App", id)
    await commands.switch(info.context.shop, info.context.viewer, app_id, is_active=is_active)
    return await _app(info, app_id)


async def _app(info: Info, app_id: int) -> App:
    return seen(App, await info.context.loading.load(AppLoaders.by_id, app_id))


def _condition(given: AppFilterInput | None) -> Condition:
    held: list[Condition] = []
    if given is not None and given.search:
        held.append(Holds("named", {"text": given.search}))
    if given is not None and given.is_active is not None:
        held.append(Holds("active", {"is_active": given.is_active}))
    if given is not None and given.type is AppTypeEnum.THIRDPARTY:
        held.append(NEVER)
    return both(*held)


def _order(given: AppSortingInput | None) -> Keyset:
    if given is None:
        return statements.BY_NAME
    is_down = given.direction is OrderDirection.DESC
    if given.field is AppSortField.NAME:
        return statements.BY_NAME_DOWN if is_down else statements.BY_NAME
    return statements.BY_AGE_DOWN if is_down else statements.BY_AGE
