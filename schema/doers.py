"""Who did something: a user or an app."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from db.accounts import UserRow
from db.apps import AppRow
from loaders.accounts import AccountLoaders
from loaders.apps import AppLoaders
from schema.context import Context


class Signed(Protocol):
    """A row that says who did it; at most one of them."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def app_id(self) -> int | None: ...


async def doers(rows: Sequence[Signed], context: Context) -> list[UserRow | AppRow | None]:
    """Who did each: null for nobody, and for whom the viewer may not see."""
    return await who(context, [(row.user_id, row.app_id) for row in rows])


async def who(
    context: Context, signed: Sequence[tuple[int | None, int | None]]
) -> list[UserRow | AppRow | None]:
    """As ``doers``, of pairs of a user's id and an app's."""
    user_ids = [user_id for user_id, _ in signed if user_id is not None]
    app_ids = [app_id for _, app_id in signed if app_id is not None]
    users, apps = await asyncio.gather(
        context.loading.load_many(AccountLoaders.by_id, user_ids),
        context.loading.load_many(AppLoaders.by_id, app_ids),
    )
    user_of, app_of = dict(zip(user_ids, users, strict=True)), dict(zip(app_ids, apps, strict=True))
    return [
        user_of[user_id] if user_id is not None else None if app_id is None else app_of[app_id]
        for user_id, app_id in signed
    ]
